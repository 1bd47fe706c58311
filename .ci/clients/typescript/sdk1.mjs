// The TypeScript SDK 1.x, in its latest revision.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

import { CAPABILITIES, CLIENT } from "./peer.mjs";

export { StdioClientTransport, StreamableHTTPClientTransport };
export const PACKAGE = "@modelcontextprotocol/sdk";

// The modes of connecting, each with the protocol revision that must be negotiated.
export const MODES = [["legacy", {}, "2025-11-25"]];

// The error code for an unknown resource.
export const NOT_FOUND = { legacy: -32002 };

const SCHEMAS = {
  "elicitation/create": ElicitRequestSchema,
  "sampling/createMessage": CreateMessageRequestSchema,
  "roots/list": ListRootsRequestSchema,
};

export const create = (options) => new Client(CLIENT, { capabilities: CAPABILITIES, ...options });
export const onRequest = (client, method, handler) => client.setRequestHandler(SCHEMAS[method], handler);
export const callTool = (client, params, options) => client.callTool(params, undefined, options);

// This SDK exposes the negotiated revision only as a header of its HTTP transport.
export const revision = (_, transport) => transport.protocolVersion ?? "2025-11-25";
