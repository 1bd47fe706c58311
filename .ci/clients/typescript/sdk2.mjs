// The TypeScript SDK 2.x, once per protocol revision.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

import { CAPABILITIES, CLIENT } from "./peer.mjs";

export { StdioClientTransport, StreamableHTTPClientTransport };
export const PACKAGE = "@modelcontextprotocol/client";

// The modes of connecting, each with the protocol revision that must be negotiated.
export const MODES = [
  ["auto", { versionNegotiation: { mode: "auto" } }, "2026-07-28"],
  ["pinned", { versionNegotiation: { mode: { pin: "2026-07-28" } } }, "2026-07-28"],
  ...["2025-11-25", "2025-06-18", "2025-03-26"].map((version) => [
    "legacy",
    { supportedProtocolVersions: [version] },
    version,
  ]),
];

// The error code for an unknown resource: this SDK maps the -32002 of older revisions to the current code.
export const NOT_FOUND = { legacy: -32602, modern: -32602 };

export const create = (options) => new Client(CLIENT, { capabilities: CAPABILITIES, ...options });
export const onRequest = (client, method, handler) => client.setRequestHandler(method, handler);
export const callTool = (client, params, options) => client.callTool(params, options);
export const revision = (client) => client.getNegotiatedProtocolVersion();
