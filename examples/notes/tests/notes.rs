//! Tests of the server through a client.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use example_notes::Notes;
use mcp_runtime::Server;
use mcp_testkit::TestClient;
use serde_json::{Value, json};

#[mcp_testkit::server]
fn server() -> Server<Notes> {
    example_notes::server()
}

async fn write(client: &TestClient, path: &str, text: &str, tags: &[&str]) {
    let arguments = json!({ "path": path, "text": text, "tags": tags });
    client.call("write_note", arguments).await.assert_ok();
}

fn paths(found: &Value) -> Vec<&str> {
    let notes = found["notes"].as_array().unwrap().iter();
    notes.map(|note| note["path"].as_str().unwrap()).collect()
}

#[mcp_testkit::test(eras = "all")]
async fn a_note_is_written_read_and_listed(client: TestClient) {
    let arguments =
        json!({ "path": "garden/roses", "text": "# Roses\n\nRed.", "tags": ["garden"] });
    let reply = client.call("write_note", arguments.clone()).await;
    reply.assert_text("wrote the new note `garden/roses`");
    client
        .call("write_note", arguments)
        .await
        .assert_text("wrote `garden/roses`");
    client
        .read("note://garden/roses")
        .await
        .assert_text("# Roses\n\nRed.");
    let resources = client.resources().await;
    let uris: Vec<_> = resources
        .iter()
        .map(|it| it["uri"].as_str().unwrap())
        .collect();
    assert_eq!(
        uris,
        ["notes:recent", "note://garden/roses", "note://welcome"]
    );
    assert_eq!(resources[1]["name"], "Roses");
}

#[mcp_testkit::test]
async fn other_names_of_arguments_are_understood(client: TestClient) {
    let arguments = json!({ "name": "a", "content": "# A" });
    client.call("write_note", arguments).await.assert_ok();
    let reply = client.call("search_notes", json!({ "q": "# a" })).await;
    assert_eq!(paths(&reply.structured()), ["a"]);
}

#[mcp_testkit::test]
async fn notes_are_searched_by_words_tags_and_age(client: TestClient) {
    write(&client, "b", "# Bees", &["garden", "animals"]).await;
    write(&client, "a", "# Ants and bees", &["animals"]).await;
    for (arguments, found) in [
        (json!({ "query": "BEES" }), vec!["a", "b"]),
        (json!({ "tags": ["animals", "garden"] }), vec!["b"]),
        (
            json!({ "query": "bees", "order": "recent" }),
            vec!["a", "b"],
        ),
        (json!({ "query": "bees", "limit": 1, "page": 2 }), vec!["b"]),
        (json!({ "query": "wasps" }), vec![]),
    ] {
        let reply = client.call("search_notes", arguments).await;
        assert_eq!(paths(&reply.structured()), found);
    }
}

#[mcp_testkit::test]
async fn an_edit_says_what_it_needs(client: TestClient) {
    write(&client, "a", "# A\n\none two two\n\n## B\n\nold", &[]).await;
    let edit = |edit: Value| client.call("edit_note", json!({ "path": "a", "edit": edit }));
    let reply = edit(json!({ "kind": "replace", "find": "two", "text": "2", "expected": 1 })).await;
    reply.assert_error("`two` is there 2 times, and 1 were expected");
    let reply = edit(json!({ "kind": "section", "heading": "B", "text": "new" })).await;
    assert_eq!(
        reply.structured()["text"],
        "# A\n\none two two\n\n## B\nnew"
    );
    edit(json!({ "kind": "append", "text": "end" }))
        .await
        .assert_ok();
    let reply = edit(json!({ "kind": "apend", "text": "x" })).await;
    reply.assert_error("did you mean \"append\"?");
    edit(json!({ "kind": "replace", "find": "x" }))
        .await
        .assert_error("`edit.text` is missing");
}

#[mcp_testkit::test(eras = "2025-11-25")]
async fn a_note_is_deleted_only_when_the_user_agrees(client: TestClient) {
    let refusing = client.clone().on_elicit(|_| json!({ "confirm": false }));
    let path = json!({ "path": "welcome" });
    refusing
        .call("delete_note", path.clone())
        .await
        .assert_text("kept");
    let agreeing = client.on_elicit(|_| json!({ "confirm": true }));
    agreeing
        .call("delete_note", path.clone())
        .await
        .assert_text("deleted `welcome`");
    agreeing
        .call("delete_note", path)
        .await
        .assert_error("there is no note");
}

#[mcp_testkit::test]
async fn a_prompt_brings_the_notes_along(client: TestClient) {
    write(&client, "a", "# Bees", &["garden"]).await;
    let reply = client
        .prompt("continue_topic", json!({ "topic": "garden" }))
        .await;
    assert_eq!(reply.messages().len(), 3);
    client
        .complete("note://{+path}", "path", "we")
        .await
        .assert_completions(["welcome"]);
    client
        .read("notes:recent")
        .await
        .assert_text("# Recent notes\n\n- [Bees](note://a)\n- [Welcome](note://welcome)");
}

#[mcp_testkit::test]
async fn every_client_takes_the_tools(client: TestClient) {
    client.assert_accepted().await;
}
