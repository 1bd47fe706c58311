// Checks of example-world, the same for every client.

import { check } from "./tally.mjs";

const TOOLS = ["search_countries", "country", "compare_countries", "rank_countries"];
const BURST = 5; // of rank_countries, and refilled at 5 a minute

const textOf = (result) => result.content.filter((block) => block.type === "text").map((block) => block.text).join("\n");

async function goodCalls(peer) {
  let result = await peer.call("search_countries", { query: "united", limit: 3 });
  const found = result.isError ? [] : JSON.parse(textOf(result)).countries;
  check("search_countries finds three countries", found.length === 3, result);
  const structured = JSON.stringify(result.structuredContent?.countries);
  if (peer.version === "2025-03-26") check("structured content is not sent to 2025-03-26", structured === undefined, result);
  else check("its structured content is the same", structured === JSON.stringify(found), result);

  for (const code of ["CH", "CHE"]) {
    result = await peer.call("country", { code });
    check(`country ${code} is Switzerland`, !result.isError && textOf(result).includes("Switzerland"), result);
  }

  result = await peer.call("compare_countries", { codes: ["AX", "CUW"] });
  const text = textOf(result);
  check("compare_countries keeps every letter", !result.isError && text.includes("Åland") && text.includes("Curaçao"), result);
}

async function badCalls(peer) {
  for (const [tool, args, names] of [
    ["search_countries", { query: "", limit: 500 }, ["query", "limit"]],
    ["search_countries", { query: "united", limit: "many" }, ["limit"]],
    ["country", {}, ["code"]],
    ["compare_countries", { codes: ["CH"] }, ["codes"]],
  ]) {
    const result = await peer.call(tool, args);
    const ok = result.isError === true && names.every((name) => textOf(result).includes(name));
    check(`${tool} ${JSON.stringify(args)} is a tool error that names ${names.join(" and ")}`, ok, result);
  }

  const outcome = await peer.call("no_such_tool", {}).catch((error) => error.code);
  check("an unknown tool is error -32602", outcome === -32602, outcome);
}

async function refusedCall(peer) {
  let answered = 0;
  let result;
  for (; answered < BURST + 2; answered += 1) {
    result = await peer.call("rank_countries", { by: "population", limit: 3 });
    if (result.isError) break;
  }
  const text = textOf(result);
  check(`rank_countries is refused after at most ${BURST} calls`, result.isError === true && answered <= BURST, [answered, text]);
  check("the refusal says `rate limit` and `retry in`", text.includes("rate limit") && text.includes("retry in"), text);

  result = await peer.call("country", { code: "JP" });
  check("other tools still answer", !result.isError && textOf(result).includes("Japan"), result);
}

export async function checks(peer) {
  check("says who it is", peer.server === "world", peer.server);
  const tools = await peer.list("listTools", "tools");
  const names = tools.map((tool) => tool.name);
  check("lists its tools", TOOLS.every((name) => names.includes(name)), names);
  check("describes every tool", tools.every((tool) => tool.description), tools);
  await goodCalls(peer);
  await badCalls(peer);
  await refusedCall(peer);
}
