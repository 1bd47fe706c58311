//! The log: one line for each request, and the request that a function's own lines belong to.

use std::sync::Arc;

use mcp_runtime::axum::{extract::Request, middleware, middleware::Next, response::Response};
use mcp_runtime::{
    Principal, Server, State, Version, prompt, prompts, resource, resources, tool, tools,
};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

use crate::http::client::{Call, Client, request};
use crate::process::child::{Process, probe};
use crate::support::gate::{Gate, settle, somebody};
use crate::support::logs::Logs;

const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[derive(State)]
struct App {
    gate: Arc<Gate>,
}

/// Moves money.
#[tool(destructive, rate_limit = "3/min", task = "optional")]
async fn pay(
    gate: &Arc<Gate>,
    to: String,
    #[arg(redact)] pin: Option<String>,
) -> Result<u32, String> {
    let _ = pin;
    tracing::warn!("paying");
    match to.as_str() {
        "nobody" => Err("there is no such account".to_owned()),
        "waits" => Ok(gate.pass().await),
        _ => Ok(gate.come()),
    }
}

/// One account.
#[resource("bank://accounts/{pin}")]
async fn account(#[arg(redact)] pin: String) -> Option<String> {
    (pin != "0000").then(|| "full".to_owned())
}

/// Asks for money.
#[prompt]
async fn ask(who: String) -> String {
    format!("Ask {who} for money.")
}

fn server() -> (Server<App>, Arc<Gate>) {
    let gate = Gate::new();
    let app = App {
        gate: Arc::clone(&gate),
    };
    let server = Server::new("bank", "1.0.0").state(app);
    let server = server
        .tools(tools![pay])
        .resources(resources![account])
        .prompts(prompts![ask]);
    (server, gate)
}

/// The lines about requests: their level, and their fields.
fn requests(logs: &Logs) -> Vec<(String, Value)> {
    let lines = logs.lines().into_iter();
    let about = lines.filter(|line| line["target"] == "mcp_runtime::request");
    about
        .map(|mut line| {
            (
                line["level"].as_str().unwrap().to_owned(),
                line["fields"].take(),
            )
        })
        .collect()
}

/// The fields of the last line about a request.
#[track_caller]
fn last(logs: &Logs) -> Value {
    requests(logs).pop().expect("a line about a request").1
}

async fn as_ann(mut request: Request, next: Next) -> Response {
    request
        .extensions_mut()
        .insert(Principal::new("ann", ["pay"]));
    next.run(request).await
}

#[tokio::test(start_paused = true)]
async fn a_call_logs_one_line_with_every_known_field() {
    let logs = Logs::new();
    let router = server().0.into_router();
    let client = Client::from(router.route_layer(middleware::from_fn(as_ann)));
    let trace = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let call = Call::tool("pay", json!({ "to": "rent" }));
    client
        .send(
            call.clone()
                .id(json!("a7"))
                .meta("traceparent", json!(trace))
                .meta(CLIENT_INFO, json!({ "name": "desktop", "version": "2.1" })),
        )
        .await
        .assert_text("1");
    let mut lines = requests(&logs);
    assert_eq!(lines.len(), 1, "{lines:?}");
    let (level, mut line) = lines.remove(0);
    assert_eq!(level, "INFO");
    assert!(line["duration_ms"].take().as_f64().is_some());
    let expected = json!({
        "message": "request answered", "id": "\"a7\"", "method": "tools/call", "tool": "pay", "principal": "ann",
        "client": "desktop/2.1", "era": "2026-07-28", "outcome": "ok", "duration_ms": null, "trace_id": TRACE,
    });
    assert_eq!(line, expected);
    client.send(call.header("traceparent", &trace)).await;
    assert_eq!(last(&logs)["trace_id"], TRACE, "of the HTTP header");
    client
        .send(Call::tool("pay", json!({ "to": "rent" })).meta("traceparent", json!("00-zz-1-2")))
        .await;
    assert_eq!(last(&logs)["trace_id"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn every_revision_and_every_kind_logs_a_line() {
    for version in era::ALL {
        let logs = Logs::new();
        let client = TestClient::with_version(server().0, version).await;
        client
            .call("pay", json!({ "to": "rent" }))
            .await
            .assert_ok();
        let line = last(&logs);
        assert_eq!(
            [&line["tool"], &line["outcome"], &line["era"]],
            ["pay", "ok", version.as_str()]
        );
        client.read("bank://accounts/1234").await.assert_ok();
        let line = last(&logs);
        assert_eq!(
            [&line["resource"], &line["method"]],
            ["account", "resources/read"]
        );
        client
            .prompt("ask", json!({ "who": "Ann" }))
            .await
            .assert_ok();
        let line = last(&logs);
        assert_eq!([&line["prompt"], &line["method"]], ["ask", "prompts/get"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_has_the_outcome_of_the_call() {
    let logs = Logs::new();
    let (server, gate) = server();
    let client = TestClient::new(server).await;
    let _ = client.call("pay", json!({ "to": "nobody" })).await;
    assert_eq!(last(&logs)["outcome"], "error");
    let _ = client.call("pay", json!({})).await;
    assert_eq!(last(&logs)["outcome"], "invalid_arguments");
    let given_up = client.start("pay", json!({ "to": "waits" }));
    gate.arrivals(1).await;
    given_up.cancel();
    settle().await;
    let line = last(&logs);
    assert_eq!(
        [&line["outcome"], &line["message"], &line["tool"]],
        ["cancelled", "request cancelled", "pay"]
    );
    let _ = client.call("pay", json!({ "to": "rent" })).await;
    assert_eq!(last(&logs)["outcome"], "rate_limited");
    let _ = client.call("nonsense", json!({})).await;
    let line = last(&logs);
    assert_eq!(
        [&line["outcome"], &line["tool"], &line["message"]],
        ["error", "nonsense", "request refused"]
    );
    assert_eq!(line["code"], -32602);
}

#[tokio::test(start_paused = true)]
async fn lists_and_pings_are_logged_at_debug_and_their_refusals_are_not() {
    let logs = Logs::new();
    let client = TestClient::with_version(server().0, Version::V2025_11_25).await;
    for (method, params, level) in [
        ("tools/list", json!({}), "DEBUG"),
        ("resources/list", json!({}), "DEBUG"),
        ("ping", json!({}), "DEBUG"),
        ("tools/list", json!({ "cursor": "x" }), "INFO"),
        ("logging/setLevel", json!({ "level": "error" }), "INFO"),
    ] {
        let _ = client.request(method, params).await;
        let (found, line) = requests(&logs).pop().unwrap();
        assert_eq!((found.as_str(), &line["method"]), (level, &method.into()));
    }
    let (level, opened) = requests(&logs).remove(0);
    assert_eq!(
        (level.as_str(), &opened["method"]),
        ("INFO", &"initialize".into())
    );
    assert_eq!(opened["era"], "2025-11-25");
}

#[tokio::test(start_paused = true)]
async fn a_line_of_the_function_is_in_the_span_of_its_request() {
    let logs = Logs::new();
    let client = TestClient::new(server().0).await.principal(somebody("ann"));
    client
        .call("pay", json!({ "to": "rent" }))
        .await
        .assert_ok();
    let lines = logs.lines();
    let own = lines
        .iter()
        .find(|line| line["fields"]["message"] == "paying")
        .unwrap();
    let span = &own["span"];
    assert_eq!(
        [
            &span["name"],
            &span["method"],
            &span["tool"],
            &span["principal"],
            &span["era"]
        ],
        ["mcp", "tools/call", "pay", "ann", "2026-07-28"]
    );
    let line = lines
        .iter()
        .find(|line| line["target"] == "mcp_runtime::request" && line["fields"]["tool"] == "pay")
        .unwrap();
    assert_eq!(span["id"], line["fields"]["id"]);
    assert_eq!(line["span"], Value::Null, "it has the fields itself");
}

#[tokio::test(start_paused = true)]
async fn a_task_logs_a_line_when_it_begins_and_its_lines_are_in_the_span() {
    let logs = Logs::new();
    let client = TestClient::new(server().0).await.tasks();
    let task = client.start("pay", json!({ "to": "rent" })).task().await;
    task.ended().await;
    let line = requests(&logs)
        .into_iter()
        .find(|(_, line)| line["method"] == "tools/call")
        .unwrap()
        .1;
    assert_eq!([&line["tool"], &line["outcome"]], ["pay", "task"]);
    let lines = logs.lines();
    let own = lines
        .iter()
        .find(|line| line["fields"]["message"] == "paying")
        .unwrap();
    assert_eq!(own["span"]["tool"], "pay");
}

#[tokio::test(start_paused = true)]
async fn redacted_values_stay_out_of_the_log_and_texts_of_callers_are_cut() {
    let logs = Logs::new();
    let client = TestClient::new(server().0).await;
    client.read("bank://accounts/1234").await.assert_ok();
    let _ = client
        .call("pay", json!({ "to": "rent", "pin": "1234" }))
        .await;
    let long = "x".repeat(1_000);
    let _ = client.call(&long, json!({})).await;
    let _ = client.request(&long, json!({})).await;
    let client = client.principal(somebody(&long));
    let _ = client.call("pay", json!({ "to": "rent" })).await;
    let text = logs.text();
    assert!(!text.contains("1234"), "{text}");
    assert!(
        text.contains(&"x".repeat(200)) && !text.contains(&"x".repeat(201)),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_not_a_request_logs_a_line_too() {
    let logs = Logs::new();
    let client = Client::new(server().0);
    client.send(Call::post("{")).await;
    client
        .send(Call::post(request(json!(1), "tools/call", json!({}))))
        .await;
    let lines = logs.lines();
    let refused = lines
        .iter()
        .filter(|line| line["fields"]["message"] == "request refused");
    let codes: Vec<_> = refused
        .map(|line| line["fields"]["code"].as_i64())
        .collect();
    assert_eq!(codes.len(), 2, "{lines:?}");
    assert_eq!(codes[0], Some(-32700));
}

#[test]
fn text_and_json_have_the_line_and_the_span_over_stdio() {
    for (format, own, line) in [
        (
            "text",
            r#"mcp{id="s" method="tools/call" tool="hold" era="2026-07-28"}"#,
            r#"outcome="ok""#,
        ),
        ("json", r#""tool":"hold""#, r#""outcome":"ok""#),
    ] {
        let mut process = Process::start(probe().env("MCP_LOG_FORMAT", format));
        process.send(crate::process::child::call("s", "hold", json!({ "ms": 0 })));
        let said = process.hears("said by the tool");
        assert!(said.contains(own), "{said}");
        let told = process.hears("request answered");
        assert!(told.contains(line), "{told}");
    }
}
