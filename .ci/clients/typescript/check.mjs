// Tests a server with one of the official TypeScript SDKs, once per protocol revision that the SDK supports.
//
//     check.mjs 1|2 world|fixtures stdio <command> [argument ...]
//     check.mjs 1|2 world|fixtures http <url>

import { readFileSync } from "node:fs";

import { Peer } from "./peer.mjs";
import { check, end } from "./tally.mjs";

const [major, what, kind, ...target] = process.argv.slice(2);
if (!["1", "2"].includes(major) || !["world", "fixtures"].includes(what) || !["stdio", "http"].includes(kind) || !target.length) {
  console.error("usage: check.mjs 1|2 world|fixtures stdio <command> [argument ...] | http <url>");
  process.exit(2);
}
const sdk = await import(`./sdk${major}.mjs`);
const { checks } = await import(`./${what}.mjs`);
const manifest = new URL(`node_modules/${sdk.PACKAGE}/package.json`, import.meta.url);
const { version: installed } = JSON.parse(readFileSync(manifest, "utf8"));

async function run(peer, transport, revision) {
  await peer.connect(transport);
  check(`speaks ${revision}`, peer.version === revision, peer.version);
  await checks(peer);
}

async function close(peer) {
  const closing = performance.now();
  await peer.close();
  if (kind === "http") return;
  const seconds = (performance.now() - closing) / 1000; // the SDK waits 2 s before it sends SIGTERM
  check("exits by itself at the end of its input", seconds < 1.9, `${seconds.toFixed(1)} s`);
}

for (const [mode, options, revision] of sdk.MODES) {
  console.log(`typescript ${installed}, ${what}, ${kind}, ${mode} ${revision}`);
  const peer = new Peer(sdk, sdk.create(options));
  const transport =
    kind === "http"
      ? new sdk.StreamableHTTPClientTransport(new URL(target[0]))
      : new sdk.StdioClientTransport({ command: target[0], args: target.slice(1) });
  try {
    await run(peer, transport, revision);
  } catch (error) {
    check("runs to the end", false, `${error.stack}`); // the next revision is still tried
  }
  await close(peer);
}
process.exit(end());
