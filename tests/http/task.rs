//! Tasks over HTTP: statuses, and the header for routing to the instance that runs one.

use mcp_runtime::{Server, tool, tools};
use serde_json::{Value, json};

use super::client::{CAPABILITIES, Call, Client};

const EXTENSION: &str = "io.modelcontextprotocol/tasks";
const METHODS: [&str; 3] = ["tasks/get", "tasks/update", "tasks/cancel"];

/// May be a task.
#[tool(task = "optional")]
async fn job() -> &'static str {
    "done"
}

/// Is always a task.
#[tool(task = "required")]
async fn long() -> &'static str {
    "done"
}

fn client() -> Client {
    Client::new(Server::new("tasks", "1.0.0").tools(tools![job, long]))
}

/// A request of a client that supports tasks.
fn able(method: &str, params: Value) -> Call {
    Call::modern(method, params).meta(CAPABILITIES, json!({ "extensions": { EXTENSION: {} } }))
}

fn of(method: &str, id: &str) -> Call {
    able(method, json!({ "taskId": id, "inputResponses": {} }))
}

async fn begun(client: &Client) -> String {
    let answer = client
        .send(able("tools/call", json!({ "name": "job" })))
        .await;
    assert_eq!(
        (answer.status, &answer.result()["resultType"]),
        (200, &json!("task"))
    );
    answer.result()["taskId"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn the_name_header_is_the_task_id() {
    let client = client();
    let id = begun(&client).await;
    for method in METHODS {
        client.send(of(method, &id)).await.assert_error(400, -32020);
        for other in ["x", &id.to_uppercase(), "=?base64?!?="] {
            let other = if other == id { "other" } else { other };
            client
                .send(of(method, &id).header("mcp-name", other))
                .await
                .assert_error(400, -32020);
        }
        let answer = client
            .send(of(method, &id).header("mcp-name", &format!(" {id} ")))
            .await;
        assert_eq!(
            (answer.status, &answer.result()["resultType"]),
            (200, &json!("complete")),
            "{method}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_without_tasks_gets_400() {
    let client = client();
    let id = begun(&client).await;
    let required = json!({ "requiredCapabilities": { "extensions": { EXTENSION: {} } } });
    let mut calls = METHODS
        .map(|method| Call::modern(method, json!({ "taskId": id })).header("mcp-name", &id))
        .to_vec();
    calls.push(Call::tool("long", json!({})));
    calls.push(Call::modern(
        "subscriptions/listen",
        json!({ "notifications": { "taskIds": [id] } }),
    ));
    for call in calls {
        let answer = client.send(call).await;
        answer.assert_error(400, -32021);
        assert_eq!(answer.message["error"]["data"], required);
    }
    client
        .send(Call::tool("job", json!({})))
        .await
        .assert_text("done");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_task_and_a_removed_method() {
    let client = client();
    for method in METHODS {
        client
            .send(of(method, "x").header("mcp-name", "x"))
            .await
            .assert_error(200, -32602);
    }
    for method in ["tasks/list", "tasks/result"] {
        client
            .send(of(method, "x").header("mcp-name", "x"))
            .await
            .assert_error(404, -32601);
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_outlives_its_connection_and_is_notified_on_a_stream() {
    let client = client();
    let id = begun(&client).await;
    let ended = client
        .send(of("tasks/get", &id).header("mcp-name", &id))
        .await;
    assert!(["working", "completed"].contains(&ended.result()["status"].as_str().unwrap()));
    let wanted = json!({ "notifications": { "taskIds": [id, "x"] } });
    let mut stream = client
        .open(able("subscriptions/listen", wanted))
        .await
        .stream();
    let granted = stream.next().await.unwrap()["params"]["notifications"]["taskIds"].clone();
    assert!(granted == json!([id]) || granted == json!([]), "{granted}");
}
