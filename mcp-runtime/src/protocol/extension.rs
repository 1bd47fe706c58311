//! Ids of extensions, by which both sides agree on features beyond the core of the protocol.

/// Skills (SEP-2640): folders of instructions for agents, served as resources.
pub(crate) const SKILLS: &str = "io.modelcontextprotocol/skills";

/// MCP Apps (SEP-1865): pages that a client shows with a tool's results.
pub(crate) const UI: &str = "io.modelcontextprotocol/ui";

/// The media type of the pages of [`UI`].
pub(crate) const VIEW_MIME_TYPE: &str = "text/html;profile=mcp-app";

/// Tasks (SEP-2663): calls that continue after their response.
pub(crate) const TASKS: &str = "io.modelcontextprotocol/tasks";
