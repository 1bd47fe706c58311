//! Types for arguments and results, with the runtime as the only dependency.
#![deny(missing_docs, warnings)]

use mcp_runtime::{Json, Server, model, tool, tools};

/// By what to sort.
#[model(input)]
#[derive(Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// By name.
    Name,
    /// By size.
    Size,
}

/// Rows.
#[model]
pub struct Page {
    /// How many.
    pub rows: u32,
    /// What comes next.
    pub next: Option<Box<Page>>,
}

/// One page.
#[tool(read_only)]
pub async fn page(order: Order, before: Option<Page>) -> Json<Page> {
    let rows = match order {
        Order::Name => 1,
        Order::Size => 2,
    };
    Json(Page {
        rows,
        next: before.map(Box::new),
    })
}

#[test]
fn compiles() {
    assert!(
        Server::new("pages", "1")
            .tools(tools![page])
            .check()
            .is_ok()
    );
}
