//! A server with resources that change, for tests of subscriptions.

use std::sync::Arc;

use mcp_runtime::__private::{Declaration, ListedResource, Returns, Spec, Visitor};
use mcp_runtime::{Context, Server, tool, tools};

/// What is on the shelf.
struct Shelf;

/// What only an owner may read.
struct Safe;

impl ListedResource<()> for Shelf {
    fn visit(visitor: &mut impl Visitor<()>) {
        visitor.visit::<Self>();
    }
}

impl Declaration<()> for Shelf {
    type Args = ();
    type Output = &'static str;

    fn spec() -> Spec {
        Spec::resource("shelf", "Books.", "shelf://books")
    }

    fn args() {}

    fn returns() -> Returns<&'static str> {
        Returns::contents()
    }

    async fn call(_: &Arc<()>, _: &Context, (): ()) -> &'static str {
        "books"
    }
}

impl ListedResource<()> for Safe {
    fn visit(visitor: &mut impl Visitor<()>) {
        visitor.visit::<Self>();
    }
}

impl Declaration<()> for Safe {
    type Args = ();
    type Output = &'static str;

    fn spec() -> Spec {
        Spec::resource("safe", "Jewels.", "shelf://jewels").scopes(&["owner"])
    }

    fn args() {}

    fn returns() -> Returns<&'static str> {
        Returns::contents()
    }

    async fn call(_: &Arc<()>, _: &Context, (): ()) -> &'static str {
        "jewels"
    }
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
    Server::new("shelf", "1.0.0").resources((Shelf,)).resources((Safe,)).tools(tools![touch, rearrange])
}
