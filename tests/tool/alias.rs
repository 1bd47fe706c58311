//! Aliases of arguments: accepted, not shown.

use mcp_runtime::{Prompt, Server, model, prompt, prompts, tool, tools};
use mcp_testkit::TestClient;
use serde_json::json;

/// Searches.
#[tool]
async fn search(
    #[arg(alias("q", "search_text"), length = 1..=5)] query: String,
    #[arg(alias("max"))] limit: Option<u8>,
    #[arg(alias("token"), redact)] secret: Option<String>,
) -> Result<String, String> {
    match secret {
        Some(secret) => Err(format!("no access with {secret}")),
        None => Ok(format!("{query} {limit:?}")),
    }
}

/// Reviews.
#[prompt]
async fn review(#[arg(alias("subject"))] topic: String) -> Prompt {
    Prompt::new().user(topic)
}

/// A part of a list.
#[model(input)]
struct Paging {
    page: u32,
}

/// Has a name twice.
#[tool]
async fn clash(#[arg(alias("page"))] at: u8, #[arg(flatten)] paging: Paging) -> u32 {
    paging.page + u32::from(at)
}

async fn client() -> TestClient {
    let server = Server::new("aliases", "1.0.0")
        .tools(tools![search])
        .prompts(prompts![review]);
    TestClient::new(server).await
}

#[tokio::test(start_paused = true)]
async fn an_alias_is_accepted_and_not_in_the_schema() {
    let client = client().await;
    for name in ["query", "q", "search_text"] {
        let reply = client
            .call("search", json!({ name: "a", "max": "3" }))
            .await;
        reply.assert_text("a Some(3)");
    }
    let properties = client.tool("search").await["inputSchema"]["properties"].clone();
    let names: Vec<_> = properties.as_object().unwrap().keys().collect();
    assert_eq!(names, ["query", "limit", "secret"]);
    let reply = client.prompt("review", json!({ "subject": "a" })).await;
    assert_eq!(reply.messages()[0]["content"]["text"], "a");
}

#[tokio::test(start_paused = true)]
async fn an_argument_under_two_names_is_refused_with_a_text() {
    let client = client().await;
    for (arguments, problem) in [
        (
            json!({ "query": "a", "q": "b" }),
            "`query` and `q` are the same argument; send `query` only",
        ),
        (
            json!({ "q": "a", "search_text": "a" }),
            "`q` and `search_text` are the same argument; send `q` only",
        ),
    ] {
        client.call("search", arguments).await.assert_error(problem);
    }
}

#[tokio::test(start_paused = true)]
async fn problems_and_completions_have_the_name_of_the_schema() {
    let client = client().await;
    let reply = client.call("search", json!({ "q": "abcdef" })).await;
    reply.assert_error("`query` must have 1 to 5 characters, has 6");
    let reply = client.call("search", json!({ "serch_text": "a" })).await;
    reply.assert_error("`serch_text` is not an argument; did you mean `query`?");
    reply.assert_error("`query` is missing (a string)");
}

#[tokio::test(start_paused = true)]
async fn a_redacted_value_is_hidden_by_any_name() {
    for name in ["secret", "token"] {
        let arguments = json!({ "q": "a", name: "hunter2" });
        let reply = client().await.call("search", arguments).await;
        reply.assert_error("no access with [redacted]");
    }
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "two arguments are called `page`")]
async fn an_alias_that_is_a_member_of_a_group_stops_the_start() {
    TestClient::new(Server::new("clash", "1.0.0").tools(tools![clash])).await;
}
