//! Tests of the server through a client.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use example_files::Desk;
use mcp_runtime::Server;
use mcp_testkit::{TestClient, hold_time};
use serde_json::{Value, json};

#[mcp_testkit::server]
fn server() -> Server<Desk> {
    example_files::server(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/desk"))
}

async fn fetch(client: &TestClient, path: &str) {
    let _time = hold_time();
    client
        .call("fetch", json!({ "path": path, "part": "size" }))
        .await
        .assert_ok();
}

fn uris(resources: &[Value]) -> Vec<&str> {
    resources
        .iter()
        .map(|it| it["uri"].as_str().unwrap())
        .collect()
}

#[mcp_testkit::test(eras = "all")]
async fn what_was_fetched_is_listed_and_read(client: TestClient) {
    assert_eq!(client.resources().await, Vec::<Value>::new());
    fetch(&client, "prices.csv").await;
    fetch(&client, "letters/first.txt").await;
    let resources = client.resources().await;
    assert_eq!(
        uris(&resources),
        ["cache://letters-first.txt", "cache://prices.csv"]
    );
    client
        .read("cache://letters-first.txt")
        .await
        .assert_text("Dear Ann,\nplease come.\n");
    client
        .call("forget", json!({ "name": "prices.csv" }))
        .await
        .assert_text("true");
    assert_eq!(client.resources().await.len(), 1);
}

#[mcp_testkit::test]
async fn nothing_outside_of_the_folder_is_fetched(client: TestClient) {
    let _time = hold_time();
    for path in ["../Cargo.toml", "/etc/passwd", "a/../../x"] {
        let reply = client.call("fetch", json!({ "path": path })).await;
        reply.assert_error("a path below the folder");
    }
    let reply = client.call("fetch", json!({ "path": "none.txt" })).await;
    reply.assert_error("there is no file `none.txt`");
}

#[mcp_testkit::test]
async fn texts_and_tables_are_worked_on_by_enums_with_data(client: TestClient) {
    fetch(&client, "prices.csv").await;
    let table =
        |table: Value| client.call("table", json!({ "name": "prices.csv", "table": table }));
    table(json!({ "operation": "sum", "column": "price" }))
        .await
        .assert_text("7.5");
    table(json!({ "operation": "cell", "row": "2", "column": "what" }))
        .await
        .assert_text("pears");
    table(json!({ "operation": "columns" }))
        .await
        .assert_text("what\nprice");
    table(json!({ "operation": "total" }))
        .await
        .assert_error("`table.operation` must be one of");
    table(json!({ "operation": "sum" }))
        .await
        .assert_error("`table.column` is missing");
    let steps = json!([{ "do": "grep", "text": "p" }, { "do": "sort", "descending": true }, { "do": "head", "lines": 1 }]);
    let reply = client
        .call("edit_text", json!({ "name": "prices.csv", "steps": steps }))
        .await;
    reply.assert_text("what,price");
}

#[mcp_testkit::test(eras = "all")]
async fn a_recipe_becomes_a_tool(client: TestClient) {
    let steps = json!([{ "do": "case", "to": "upper" }]);
    let recipe = json!({ "name": "shout", "steps": steps });
    client
        .call("teach", recipe.clone())
        .await
        .assert_text("`shout` is a tool now");
    client
        .call("teach", recipe)
        .await
        .assert_error("two tools are called `shout`");
    client
        .call("shout", json!({ "text": "hey" }))
        .await
        .assert_text("HEY");
    client
        .call("shout", json!({}))
        .await
        .assert_error("`text` is missing");
    client
        .call("unteach", json!({ "name": "fetch" }))
        .await
        .assert_error("not taught");
    client
        .call("unteach", json!({ "name": "shout" }))
        .await
        .assert_text("true");
    client
        .call("shout", json!({ "text": "hey" }))
        .await
        .assert_rpc_error(-32602);
}

#[mcp_testkit::test]
async fn every_client_takes_the_tools(client: TestClient) {
    client.assert_accepted().await;
}
