//! A server with resources that change, for tests of subscriptions.

use mcp_runtime::{Context, Server, resource, resources, tool, tools};

/// Books.
#[resource("shelf://books")]
fn shelf() -> &'static str {
    "books"
}

/// Jewels.
#[resource("shelf://jewels", scopes("owner"))]
fn safe() -> &'static str {
    "jewels"
}

/// Says that the resource at a URI has changed.
#[tool]
fn touch(uri: String, cx: &Context) {
    cx.resource_updated(uri);
}

/// Says that all lists have changed.
#[tool]
fn rearrange(cx: &Context) {
    cx.tools_changed();
    cx.prompts_changed();
    cx.resources_changed();
}

pub(crate) fn server() -> Server {
    Server::new("shelf", "1.0.0")
        .resources(resources![shelf, safe])
        .tools(tools![touch, rearrange])
}
