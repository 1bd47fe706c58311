// Drives example-world with the official TypeScript SDK, once per protocol revision.
//
//     check_world.mjs stdio <command> [argument ...]
//     check_world.mjs http <url>

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

// How the SDK is told to connect, and the protocol revision that must come of it.
const MODES = [
  ["auto", { versionNegotiation: { mode: "auto" } }, "2026-07-28"],
  ["pinned", { versionNegotiation: { mode: { pin: "2026-07-28" } } }, "2026-07-28"],
  ...["2025-11-25", "2025-06-18", "2025-03-26"].map((version) => [
    "legacy",
    { supportedProtocolVersions: [version] },
    version,
  ]),
];
const TOOLS = ["search_countries", "country", "compare_countries", "rank_countries"];
const BURST = 5; // of rank_countries, and refilled at 5 a minute

let passed = 0;
let failed = 0;

function check(name, ok, seen) {
  if (ok) {
    passed += 1;
    console.log(`  ok    ${name}`);
  } else {
    failed += 1;
    console.log(`  FAIL  ${name}\n        got: ${JSON.stringify(seen)}`);
  }
}

const textOf = (result) => result.content.filter((block) => block.type === "text").map((block) => block.text).join("\n");
const call = (client, name, args) => client.callTool({ name, arguments: args });

async function goodCalls(client, version) {
  let result = await call(client, "search_countries", { query: "united", limit: 3 });
  const found = result.isError ? [] : JSON.parse(textOf(result)).countries;
  check("search_countries finds three countries", found.length === 3, result);
  const structured = JSON.stringify(result.structuredContent?.countries);
  if (version === "2025-03-26") check("structured content is not sent to 2025-03-26", structured === undefined, result);
  else check("its structured content is the same", structured === JSON.stringify(found), result);

  for (const code of ["CH", "CHE"]) {
    result = await call(client, "country", { code });
    check(`country ${code} is Switzerland`, !result.isError && textOf(result).includes("Switzerland"), result);
  }

  result = await call(client, "compare_countries", { codes: ["AX", "CUW"] });
  const text = textOf(result);
  check("compare_countries keeps every letter", !result.isError && text.includes("Åland") && text.includes("Curaçao"), result);
}

async function badCalls(client) {
  for (const [tool, args, names] of [
    ["search_countries", { query: "", limit: 500 }, ["query", "limit"]],
    ["search_countries", { query: "united", limit: "many" }, ["limit"]],
    ["country", {}, ["code"]],
    ["compare_countries", { codes: ["CH"] }, ["codes"]],
  ]) {
    const result = await call(client, tool, args);
    const ok = result.isError === true && names.every((name) => textOf(result).includes(name));
    check(`${tool} ${JSON.stringify(args)} is a tool error that names ${names.join(" and ")}`, ok, result);
  }

  const outcome = await call(client, "no_such_tool", {}).catch((error) => error.code);
  check("an unknown tool is error -32602", outcome === -32602, outcome);
}

async function refusedCall(client) {
  let answered = 0;
  let result;
  for (; answered < BURST + 2; answered += 1) {
    result = await call(client, "rank_countries", { by: "population", limit: 3 });
    if (result.isError) break;
  }
  const text = textOf(result);
  check(`rank_countries is refused after at most ${BURST} calls`, result.isError === true && answered <= BURST, [answered, text]);
  check("the refusal says `rate limit` and `retry in`", text.includes("rate limit") && text.includes("retry in"), text);

  result = await call(client, "country", { code: "JP" });
  check("other tools still answer", !result.isError && textOf(result).includes("Japan"), result);
}

async function run(client, transport, version) {
  await client.connect(transport, { timeout: 30_000 });
  check(`speaks ${version}`, client.getNegotiatedProtocolVersion() === version, client.getNegotiatedProtocolVersion());
  check("says who it is", client.getServerVersion()?.name === "world", client.getServerVersion());
  const { tools } = await client.listTools();
  const names = tools.map((tool) => tool.name);
  check("lists its tools", TOOLS.every((name) => names.includes(name)), names);
  check("describes every tool", tools.every((tool) => tool.description), tools);
  await goodCalls(client, version);
  await badCalls(client);
  await refusedCall(client);
  if (transport.terminateSession) await transport.terminateSession();
}

async function close(client, kind) {
  const closing = performance.now();
  await client.close();
  if (kind === "http") return;
  const seconds = (performance.now() - closing) / 1000; // the SDK waits 2 s before it sends SIGTERM
  check("exits by itself at the end of its input", seconds < 1.9, `${seconds.toFixed(1)} s`);
}

const [kind, ...target] = process.argv.slice(2);
if (!["stdio", "http"].includes(kind) || target.length === 0) {
  console.error("usage: check_world.mjs stdio <command> [argument ...] | http <url>");
  process.exit(2);
}
for (const [mode, options, version] of MODES) {
  console.log(`typescript, ${kind}, ${mode} ${version}`);
  const client = new Client({ name: "check-world", version: "1.0.0" }, options);
  const transport =
    kind === "http"
      ? new StreamableHTTPClientTransport(new URL(target[0]))
      : new StdioClientTransport({ command: target[0], args: target.slice(1) });
  try {
    await run(client, transport, version);
  } catch (error) {
    check("runs to the end", false, `${error}`); // the next revision is still tried
  }
  await close(client, kind);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
