// The TypeScript SDK 1.x, in its latest revision.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

import { CAPABILITIES, CLIENT } from "./peer.mjs";

export { StdioClientTransport, StreamableHTTPClientTransport };
export const PACKAGE = "@modelcontextprotocol/sdk";

// How the SDK is told to connect, and the protocol revision that must come of it.
export const MODES = [["legacy", {}, "2025-11-25"]];

// The code of the error for a resource that is not there.
export const NOT_FOUND = { legacy: -32002 };

const SCHEMAS = {
  "elicitation/create": ElicitRequestSchema,
  "sampling/createMessage": CreateMessageRequestSchema,
  "roots/list": ListRootsRequestSchema,
};

export const create = (options) => new Client(CLIENT, { capabilities: CAPABILITIES, ...options });
export const onRequest = (client, method, handler) => client.setRequestHandler(SCHEMAS[method], handler);
export const callTool = (client, params, options) => client.callTool(params, undefined, options);

// This SDK keeps the revision to itself, but for what its HTTP transport says in a header.
export const revision = (_, transport) => transport.protocolVersion ?? "2025-11-25";
