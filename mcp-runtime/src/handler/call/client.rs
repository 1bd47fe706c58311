//! The self-description of the client of a call.

use crate::protocol::ClientCapabilities;
use crate::protocol::client_info::ClientNames;

/// The client that sent a request, as it describes itself ([`Context::client`](crate::Context::client)).
///
/// None of this is verified: it is for display, logs and workarounds. The verified caller is the
/// [`Principal`](crate::Principal). Texts are cut to 128 characters each, and control characters are left out.
///
/// ```
/// use mcp_runtime::{Context, tool};
///
/// /// Tells which program this is.
/// #[tool(read_only)]
/// fn whoami(cx: &Context) -> String {
///     let client = cx.client();
///     format!("{} {}", client.name().unwrap_or("?"), client.version().unwrap_or(""))
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ClientInfo<'a> {
    pub(super) names: Option<&'a ClientNames>,
    pub(super) capabilities: &'a ClientCapabilities,
}

impl<'a> ClientInfo<'a> {
    /// The name of the program, such as `claude-ai`; `None` if it gave none.
    pub fn name(&self) -> Option<&'a str> {
        self.names?.name.as_deref()
    }

    /// The name for people; `None` if it gave none.
    pub fn title(&self) -> Option<&'a str> {
        self.names?.title.as_deref()
    }

    /// The version of the program; `None` if it gave none.
    pub fn version(&self) -> Option<&'a str> {
        self.names?.version.as_deref()
    }

    /// The capabilities that it declared.
    pub fn capabilities(&self) -> &'a ClientCapabilities {
        self.capabilities
    }
}
