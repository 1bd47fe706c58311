//! Custom types with rules as arguments and results, in a crate with only `mcp-runtime` and `tokio`.
#![deny(warnings)]

use std::collections::BTreeMap;

use mcp_runtime::{Json, Server, model, tool, tools};

/// By what to sort.
#[model]
#[derive(Clone, Copy, Debug, Default)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// By name.
    #[default]
    Name,
    SizeFirst,
}

/// Where to look.
#[model]
#[derive(Debug)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Place {
    Town { name: String },
    Box { number: u32 },
    Anywhere,
}

/// A page of results.
#[model(input)]
struct Paging {
    /// From 1.
    #[validate(range(min = 1, message = "the first page is 1"))]
    page: u32,
    #[validate(length(min = 1, max = 9))]
    tags: Vec<String>,
    #[serde(default)]
    order: Order,
}

/// What to look for.
#[model(input)]
#[serde(deny_unknown_fields)]
struct Query {
    #[validate(nested)]
    paging: Paging,
    place: Place,
    #[validate(email)]
    mail: Option<String>,
}

/// What was found.
#[model(output)]
struct Found<T> {
    rows: Vec<T>,
    by_size: BTreeMap<u32, String>,
}

/// Finds things.
#[tool(read_only)]
async fn find(query: Query) -> Json<Found<String>> {
    let Query { paging: Paging { page, tags, order }, place, mail } = query;
    let rows = vec![format!("{page} {tags:?} {order:?} {place:?} {mail:?}")];
    Json(Found { rows, by_size: BTreeMap::from([(3, "three".to_owned())]) })
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    Server::new("stranger", env!("CARGO_PKG_VERSION")).tools(tools![find]).run().await
}
