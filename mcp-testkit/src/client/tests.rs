//! The assertions of the client fail when they should.

use mcp_runtime::{
    Confirm, Context, Server, ToolError, prompt, prompts, resource, resources, tool, tools,
};

use super::*;
use crate::script::Answer;

/// Adds two numbers.
#[tool(read_only)]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// Deletes it.
#[tool]
async fn delete(cx: &Context) -> Result<bool, ToolError> {
    Ok(cx.elicit::<Confirm>("confirm", "Really?").await?.yes())
}

/// A name that Claude rejects.
#[tool(name = "shop.search")]
fn search() {}

/// A note.
#[resource("note://{name}")]
fn note(#[arg(one_of("red", "blue"))] name: String) -> String {
    name
}

/// The notes.
#[resource("notes://all")]
fn notes() -> &'static str {
    "red, blue"
}

/// A greeting.
#[prompt]
fn greet(#[arg(one_of("Ann", "Bob"))] name: String) -> String {
    format!("Greet {name}.")
}

fn server() -> Server {
    Server::new("kit", "1.0.0")
        .tools(tools![add, delete])
        .resources(resources![note, notes])
        .prompts(prompts![greet])
        .page_size(1)
}

#[tokio::test]
async fn the_three_kinds_are_alike_in_every_revision() {
    for version in Version::ALL {
        let client = TestClient::with_version(server(), version).await;
        client
            .call("add", json!({ "a": 1, "b": 2 }))
            .await
            .assert_text("3");
        client.read("note://red").await.assert_text("red");
        client
            .prompt("greet", json!({ "name": "Ann" }))
            .await
            .assert_text("Greet Ann.");
        client
            .complete("greet", "name", "B")
            .await
            .assert_completions(["Bob"]);
        client
            .complete("note://{name}", "name", "")
            .await
            .assert_completions(["red", "blue"]);
        client
            .prompt("greet", json!({}))
            .await
            .assert_error("`name` is missing");
        client.read("note://green").await.assert_error("`name`");
    }
}

#[tokio::test]
async fn lists_are_those_of_all_pages() {
    let client = TestClient::new(server()).await;
    let names = |entries: Vec<Value>| -> Vec<String> {
        let names = entries.iter().filter_map(|entry| entry["name"].as_str());
        names.map(str::to_owned).collect()
    };
    assert_eq!(names(client.tools().await), ["add", "delete"]);
    assert_eq!(names(client.resources().await), ["notes"]);
    assert_eq!(names(client.templates().await), ["note"]);
    assert_eq!(names(client.prompts().await), ["greet"]);
}

#[tokio::test]
#[should_panic(expected = "there is no tool `sub` among")]
async fn a_tool_that_is_not_listed_fails() {
    TestClient::new(server()).await.tool("sub").await;
}

#[tokio::test]
#[should_panic(expected = "there is no metric mcp_nothing in")]
async fn a_metric_that_is_not_there_fails() {
    TestClient::new(server()).await.metric("mcp_nothing").await;
}

#[tokio::test]
#[should_panic(expected = "this test has no answer to")]
async fn a_question_without_an_answer_fails() {
    let client = TestClient::new(server()).await.on_sample(|_| json!("Hi"));
    let client = client.capabilities(json!({ "elicitation": {} }));
    let _ = client.call("delete", json!({})).await;
}

#[tokio::test]
async fn clones_share_the_connection_and_the_answers() {
    let client = TestClient::new(server()).await;
    let other = client.clone().on_elicit(|_| Answer::decline());
    other
        .call("delete", json!({}))
        .await
        .assert_error("declined");
    assert_eq!(client.asked().len(), 1);
}

#[tokio::test]
#[should_panic(expected = "the call is no task")]
async fn a_call_that_is_no_task_fails() {
    let client = TestClient::new(server()).await.tasks();
    client.start("add", json!({ "a": 1, "b": 2 })).task().await;
}

#[tokio::test]
#[should_panic(
    expected = "expected tools that every client accepts\n\n- `shop.search`: Claude rejects the name"
)]
async fn a_tool_that_a_client_rejects_fails() {
    let server = Server::new("kit", "1.0.0").tools(tools![search]);
    TestClient::new(server).await.assert_accepted().await;
}

#[tokio::test]
#[should_panic(expected = "the server cannot start: two tools are called `add`")]
async fn a_server_that_cannot_start_fails() {
    let _ = TestClient::new(server().tools(tools![add])).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "the server says nothing more")]
async fn a_silent_server_fails() {
    let client = TestClient::raw(server(), Version::LATEST);
    client.lines().next().await;
}
