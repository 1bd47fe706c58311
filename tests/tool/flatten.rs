//! The members of a struct as arguments.

use mcp_runtime::{Server, model, tool, tools};
use mcp_testkit::TestClient;
use serde_json::{Value, json};

/// A part of a list.
#[model]
#[derive(Debug)]
struct Paging {
    /// The page, from 1.
    #[validate(range(min = 1, max = 9))]
    page: u32,
    /// The items of a page.
    #[serde(default = "ten")]
    size: u8,
    after: Option<Place>,
}

/// A place in a list.
#[model]
#[derive(Debug)]
struct Place {
    x: u8,
}

fn ten() -> u8 {
    10
}

/// Searches.
#[tool]
async fn search(
    /// The words.
    query: String,
    #[arg(flatten)] paging: Paging,
) -> String {
    format!("{query} {paging:?}")
}

/// All arguments of a tool.
#[model]
#[derive(Debug)]
#[serde(rename_all = "camelCase")]
struct Edit {
    file_name: String,
    dry_run: Option<bool>,
}

/// Edits.
#[tool]
async fn edit(#[arg(flatten)] args: Edit) -> String {
    format!("{args:?}")
}

/// May page.
#[tool]
async fn list(#[arg(flatten)] paging: Option<Paging>) -> String {
    format!("{paging:?}")
}

/// A login.
#[model(input)]
struct Login {
    password: String,
}

/// Fails.
#[tool]
async fn login(#[arg(flatten, redact)] login: Login) -> Result<(), String> {
    Err(format!("refused {}", login.password))
}

/// Pages twice.
#[tool]
async fn twice(page: u8, #[arg(flatten)] paging: Paging) -> u32 {
    paging.page + u32::from(page)
}

/// One of two.
#[model(input)]
#[serde(tag = "kind")]
enum Either {
    One { a: u8 },
    Two { b: u8 },
}

/// Takes either.
#[tool]
async fn either(#[arg(flatten)] either: Either) -> u8 {
    match either {
        Either::One { a: it } | Either::Two { b: it } => it,
    }
}

async fn client() -> TestClient {
    let tools = tools![search, edit, list, login];
    TestClient::new(Server::new("groups", "1.0.0").tools(tools)).await
}

#[tokio::test(start_paused = true)]
async fn members_are_arguments_in_the_schema() {
    let client = client().await;
    let schema = client.tool("search").await["inputSchema"].clone();
    let place = json!({
        "type": "object", "description": "A place in a list.", "required": ["x"],
        "properties": { "x": { "type": "integer", "minimum": 0, "maximum": 255 } },
        "additionalProperties": false,
    });
    let properties = json!({
        "query": { "type": "string", "description": "The words." },
        "page": { "type": "integer", "minimum": 1, "maximum": 9, "description": "The page, from 1." },
        "size": {
            "type": "integer", "minimum": 0, "maximum": 255, "default": 10,
            "description": "The items of a page.",
        },
        "after": place,
    });
    assert_eq!(schema["properties"], properties);
    assert_eq!(schema["required"], json!(["query", "page"]));
    assert_eq!(schema["additionalProperties"], false);
    let schema = client.tool("edit").await["inputSchema"].clone();
    assert_eq!(schema["required"], json!(["fileName"]));
    let schema = client.tool("list").await["inputSchema"].clone();
    assert_eq!(schema.get("required"), None);
}

#[tokio::test(start_paused = true)]
async fn members_are_decoded_and_coerced() {
    let client = client().await;
    let reply = client
        .call("search", json!({ "query": "a", "page": "2" }))
        .await;
    reply.assert_text("a Paging { page: 2, size: 10, after: None }");
    let reply = client
        .call("edit", json!({ "fileName": "a", "dryRun": true }))
        .await;
    reply.assert_text("Edit { file_name: \"a\", dry_run: Some(true) }");
    client.call("list", json!({})).await.assert_text("None");
    let reply = client.call("list", json!({ "page": 1 })).await;
    reply.assert_text("Some(Paging { page: 1, size: 10, after: None })");
}

#[tokio::test(start_paused = true)]
async fn problems_are_at_the_paths_of_the_members() {
    let client = client().await;
    let cases: [(&str, Value, &[&str]); 4] = [
        (
            "search",
            json!({ "size": 256, "after": { "x": 1, "y": 2 } }),
            &[
                "`query` is missing (a string)",
                "`page` is missing (an integer)",
                "`size` must be at most 255, was 256",
                "`after.y` is not a known member; the members are `x`",
            ],
        ),
        (
            "search",
            json!({ "query": "a", "page": 0 }),
            &["`page` must be from 1 to 9, was 0"],
        ),
        (
            "search",
            json!({ "query": "a", "page": 1, "sise": 5 }),
            &["`sise` is not an argument; did you mean `size`?"],
        ),
        (
            "list",
            json!({ "size": 5 }),
            &["`page` is missing (an integer)"],
        ),
    ];
    for (tool, arguments, problems) in cases {
        let reply = client.call(tool, arguments).await;
        for problem in problems {
            reply.assert_error(format!("- {problem}"));
        }
        assert_eq!(
            reply.text().matches("\n- ").count(),
            problems.len(),
            "{}",
            reply.text()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn members_of_a_redacted_group_are_hidden() {
    let reply = client()
        .await
        .call("login", json!({ "password": "hunter2" }))
        .await;
    reply.assert_error("refused [redacted]");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "two arguments are called `page`")]
async fn a_member_with_the_name_of_an_argument_stops_the_start() {
    TestClient::new(Server::new("clash", "1.0.0").tools(tools![twice])).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "`#[arg(flatten)]` needs a struct with named fields")]
async fn an_enum_cannot_be_flattened() {
    TestClient::new(Server::new("either", "1.0.0").tools(tools![either])).await;
}
