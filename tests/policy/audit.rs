//! `audit`: one record per call, whatever its outcome.

use std::sync::Arc;
use std::time::Duration;

use mcp_runtime::{Server, State, prompt, prompts, resource, resources, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

use crate::support::gate::{Gate, settle, somebody};
use crate::support::logs::Logs;

#[derive(State)]
struct App {
    gate: Arc<Gate>,
}

/// Moves money.
#[tool(destructive, timeout = "5s", rate_limit = "6/min", audit)]
async fn pay(
    gate: &Arc<Gate>,
    to: String,
    #[arg(redact)] pin: Option<String>,
) -> Result<u32, String> {
    let _ = pin;
    match to.as_str() {
        "nobody" => Err("there is no such account".to_owned()),
        "waits" => Ok(gate.pass().await),
        _ => Ok(gate.come()),
    }
}

/// Leaves no record.
#[tool(read_only)]
fn look() {}

fn records(logs: &Logs) -> Vec<Value> {
    logs.lines()
        .into_iter()
        .filter(|line| line["target"] == "mcp_runtime::audit")
        .map(|mut line| line["fields"].take())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn every_call_has_one_record() {
    for version in era::ALL {
        let logs = Logs::new();
        let gate = Gate::new();
        let server = Server::new("audit", "1.0.0")
            .state(App {
                gate: Arc::clone(&gate),
            })
            .tools(tools![look, pay]);
        let client = TestClient::with_version(server, version).await;
        client.call("look", json!({})).await.assert_ok();
        client
            .call("pay", json!({"pin": "1234", "to": "rent"}))
            .await
            .assert_ok();
        let client = client.principal(somebody("ann"));
        client
            .call("pay", json!({"to": "nobody"}))
            .await
            .assert_error("there is no such account");
        client
            .call("pay", json!({"too": "rent"}))
            .await
            .assert_error("`to` is missing");
        let _ = client.call("pay", json!(["rent"])).await;
        client
            .call("pay", json!({"to": "waits"}))
            .await
            .assert_error("timed out");
        let given_up = client.start("pay", json!({"to": "waits"}));
        gate.arrivals(3).await;
        given_up.cancel();
        settle().await;
        let _ = client.call("pay", json!({"to": "rent"})).await;
        client
            .call("pay", json!({"to": "rent"}))
            .await
            .assert_refused("rate limit");

        let records = records(&logs);
        let told: Vec<_> = records
            .iter()
            .map(|it| [&it["principal"], &it["arguments"], &it["outcome"]])
            .collect();
        assert_eq!(
            told,
            [
                [
                    &Value::Null,
                    &json!(r#"{"pin":"[redacted]","to":"rent"}"#),
                    &json!("ok")
                ],
                [&json!("ann"), &json!(r#"{"to":"nobody"}"#), &json!("error")],
                [
                    &json!("ann"),
                    &json!(r#"{"too":"[unknown argument]"}"#),
                    &json!("invalid_arguments")
                ],
                [
                    &json!("ann"),
                    &json!("[not an object]"),
                    &json!("invalid_arguments")
                ],
                [
                    &json!("ann"),
                    &json!(r#"{"to":"waits"}"#),
                    &json!("timeout")
                ],
                [
                    &json!("ann"),
                    &json!(r#"{"to":"waits"}"#),
                    &json!("cancelled")
                ],
                [&json!("ann"), &json!(r#"{"to":"rent"}"#), &json!("ok")],
                [
                    &json!("ann"),
                    &json!(r#"{"to":"rent"}"#),
                    &json!("rate_limited")
                ],
            ]
        );
        assert!(records.iter().all(|record| record["tool"] == "pay"));
        let took = Duration::from_secs_f64(records[4]["duration_ms"].as_f64().unwrap() / 1_000.0);
        assert!(
            (Duration::from_secs(5)..Duration::from_millis(5_010)).contains(&took),
            "{took:?}"
        );
    }
}

/// An account.
#[resource("bank://accounts/{id}", audit)]
async fn account(id: u32) -> Option<String> {
    (id < 10).then(|| id.to_string())
}

/// A reminder.
#[prompt(audit)]
async fn remind(whom: String) -> String {
    whom
}

#[tokio::test]
async fn reads_and_prompts_have_records_too() {
    let logs = Logs::new();
    let server = Server::new("audit", "1.0.0")
        .resources(resources![account])
        .prompts(prompts![remind]);
    let client = TestClient::new(server).await;
    client.read("bank://accounts/5").await.assert_ok();
    client
        .read("bank://accounts/50")
        .await
        .assert_rpc_error(-32602);
    client
        .prompt("remind", json!({ "whom": "ann" }))
        .await
        .assert_ok();
    let records = records(&logs);
    let told: Vec<_> = records
        .iter()
        .map(|it| [&it["arguments"], &it["outcome"]])
        .collect();
    assert_eq!(
        told,
        [
            [&json!(r#"{"id":"5"}"#), &json!("ok")],
            [&json!(r#"{"id":"50"}"#), &json!("error")],
            [&json!(r#"{"whom":"ann"}"#), &json!("ok")],
        ]
    );
    assert_eq!(
        (&records[0]["resource"], &records[2]["prompt"]),
        (&json!("account"), &json!("remind"))
    );
}

/// Copies everything.
#[tool(task = "required", audit)]
async fn copy(gate: &Arc<Gate>, from: String) -> u32 {
    let _ = from;
    gate.pass().await
}

#[tokio::test(start_paused = true)]
async fn a_task_has_one_record_when_it_ends() {
    let logs = Logs::new();
    let gate = Gate::new();
    let server = Server::new("audit", "1.0.0")
        .state(App {
            gate: Arc::clone(&gate),
        })
        .tools(tools![copy]);
    let client = TestClient::new(server).await.tasks();
    let client = client.principal(somebody("ann"));
    let task = client.start("copy", json!({"from": "here"})).task().await;
    gate.arrivals(1).await;
    assert!(records(&logs).is_empty());
    gate.open(1);
    task.ended().await;
    let given_up = client.start("copy", json!({"from": "there"})).task().await;
    gate.arrivals(1).await;
    given_up.cancel().await.assert_ok();
    settle().await;
    client
        .call("copy", json!({}))
        .await
        .assert_error("`from` is missing");
    let records = records(&logs);
    let told: Vec<_> = records
        .iter()
        .map(|it| [&it["principal"], &it["arguments"], &it["outcome"]])
        .collect();
    assert_eq!(
        told,
        [
            [&json!("ann"), &json!(r#"{"from":"here"}"#), &json!("ok")],
            [
                &json!("ann"),
                &json!(r#"{"from":"there"}"#),
                &json!("cancelled")
            ],
            [&json!("ann"), &json!("{}"), &json!("invalid_arguments")],
        ]
    );
}
