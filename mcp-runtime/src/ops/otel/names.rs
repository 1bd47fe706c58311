//! Names of the [conventions for
//! MCP](https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md) of OpenTelemetry,
//! as of November 2026. Their status is *development*: a change there is a change here.

pub(crate) const METHOD: &str = "mcp.method.name";
pub(crate) const PROTOCOL_VERSION: &str = "mcp.protocol.version";
/// Of spans only, as a digest: the id itself is a secret of its client.
pub(crate) const SESSION_ID: &str = "mcp.session.id";
/// Of spans only. It is the declared URI or template: a URI may contain arguments that `redact` hides.
pub(crate) const RESOURCE_URI: &str = "mcp.resource.uri";
pub(crate) const TOOL: &str = "gen_ai.tool.name";
pub(crate) const PROMPT: &str = "gen_ai.prompt.name";
pub(crate) const OPERATION: &str = "gen_ai.operation.name";
/// The value of [`OPERATION`] for a tool.
pub(crate) const EXECUTE_TOOL: &str = "execute_tool";
/// Of spans only.
pub(crate) const REQUEST_ID: &str = "jsonrpc.request.id";
pub(crate) const STATUS_CODE: &str = "rpc.response.status_code";
pub(crate) const ERROR_TYPE: &str = "error.type";
/// The value of [`ERROR_TYPE`] for a result with `isError`.
pub(crate) const TOOL_ERROR: &str = "tool_error";
pub(crate) const TRANSPORT: &str = "network.transport";
pub(crate) const NETWORK_PROTOCOL: &str = "network.protocol.name";
/// Of spans only.
pub(crate) const CLIENT_ADDRESS: &str = "client.address";

/// The duration of an operation of the server, in seconds.
pub(super) const OPERATION_DURATION: &str = "mcp.server.operation.duration";
/// The duration of a session, in seconds.
pub(super) const SESSION_DURATION: &str = "mcp.server.session.duration";
/// The upper bounds of the buckets of both.
pub(super) const BUCKETS: [f64; 14] = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0,
];
