//! OpenTelemetry: the spans and metrics that a collector receives, and their cost for calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mcp_runtime::{Server, ShutdownHandle, prompt, prompts, resource, resources, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::json;

use crate::http::client::{Call, Client};
use crate::process::child::{Process, call, probe};
use crate::support::collector::{Attributes, Collector, Manner, SLACK, dead};
use crate::support::logs::Logs;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const OTHER: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "00f067aa0ba902b7";

/// Adds two numbers.
#[tool(read_only, scopes("add"))]
fn locked() {}

/// Adds two numbers.
#[tool(read_only)]
fn add(a: i64, b: i64) -> Result<i64, String> {
    a.checked_add(b).ok_or_else(|| "too much".to_owned())
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

fn server() -> Server {
    Server::new("bank", "1.2.3")
        .tools(tools![add, locked])
        .resources(resources![account])
        .prompts(prompts![ask])
}

/// The attributes, except for the caller's address.
fn pairs(attributes: &Attributes) -> Vec<(&str, &str)> {
    let pairs = attributes.iter();
    pairs.map(|(key, value)| (&**key, &**value)).collect()
}

/// Makes calls to the server over HTTP, and ends it, after which the collector has everything.
async fn exported(calls: impl IntoIterator<Item = Call>) -> Collector {
    let collector = Collector::new();
    let server = server().telemetry(&*collector.url);
    let end = server.shutdown_handle();
    let client = Client::new(server);
    for call in calls {
        client.send(call).await;
    }
    end.shutdown().await;
    collector
}

/// The call of `add` whose result is 3.
fn sum() -> Call {
    Call::tool("add", json!({ "a": 1, "b": 2 }))
}

/// Serves `server` over HTTP, and makes this number of calls.
async fn adding(server: Server, times: usize) -> (Client, ShutdownHandle) {
    let end = server.shutdown_handle();
    let client = Client::new(server);
    for _ in 0..times {
        client.send(sum()).await.assert_text("3");
    }
    (client, end)
}

fn parent(trace: &str) -> String {
    format!("00-{trace}-{SPAN}-01")
}

#[tokio::test]
async fn a_call_is_a_span_within_the_trace_that_its_meta_names() {
    let call = sum()
        .id(json!("a7"))
        .meta("traceparent", json!(parent(TRACE)))
        .header("traceparent", &parent(OTHER));
    let collector = exported([call]).await;
    let span = collector.span("tools/call add");
    assert_eq!((&*span.trace, &*span.parent, span.kind), (TRACE, SPAN, 2));
    assert_eq!(span.links, [OTHER], "the span of HTTP is linked");
    assert!(!span.failed);
    assert_eq!(
        pairs(&span.attributes),
        [
            ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", "add"),
            ("jsonrpc.request.id", "a7"),
            ("mcp.method.name", "tools/call"),
            ("mcp.protocol.version", "2026-07-28"),
            ("network.protocol.name", "http"),
        ]
    );
    assert_eq!(span.resource["service.name"], "bank");
    assert_eq!(span.resource["service.version"], "1.2.3");
}

#[tokio::test]
async fn a_call_without_a_trace_in_its_meta_is_within_that_of_the_http_header() {
    let call = sum();
    let in_header = call.clone().header("traceparent", &parent(OTHER));
    let malformed = call.meta("traceparent", json!("00-nonsense"));
    let collector = exported([in_header, malformed]).await;
    let spans = collector.spans();
    assert_eq!((&*spans[0].trace, &*spans[0].parent), (OTHER, SPAN));
    assert!(spans[0].links.is_empty());
    assert_eq!(spans[1].parent, "", "it is the first of a trace of its own");
}

#[tokio::test]
async fn a_trace_that_its_client_does_not_sample_is_not_exported() {
    let unsampled = format!("00-{TRACE}-{SPAN}-00");
    let call = sum();
    let collector = exported([call.meta("traceparent", json!(unsampled))]).await;
    assert!(collector.spans().is_empty());
    assert_eq!(
        collector.histogram("mcp.server.operation.duration")[0].0,
        1,
        "it is counted"
    );
}

#[tokio::test]
async fn prompts_and_resources_are_named_as_they_are_declared() {
    let prompt = Call::modern(
        "prompts/get",
        json!({ "name": "ask", "arguments": { "who": "ann" } }),
    );
    let uri = "bank://accounts/1234";
    let resource = Call::modern("resources/read", json!({ "uri": uri })).header("mcp-name", uri);
    let collector = exported([prompt, resource]).await;
    let prompt = collector.span("prompts/get ask");
    assert_eq!(prompt.attributes["gen_ai.prompt.name"], "ask");
    assert!(!prompt.attributes.contains_key("gen_ai.operation.name"));
    let resource = collector.span("resources/read");
    assert_eq!(
        resource.attributes["mcp.resource.uri"], "bank://accounts/{pin}",
        "a redacted argument is not exported"
    );
}

#[tokio::test]
async fn a_failure_is_named_by_its_kind() {
    let collector = exported([
        Call::tool("add", json!({ "a": i64::MAX, "b": 1 })),
        Call::tool("locked", json!({})),
        Call::modern("prompts/get", json!({ "name": "nobody" })),
    ])
    .await;
    let failed = collector.span("tools/call add");
    assert!(failed.failed);
    assert_eq!(failed.attributes["error.type"], "tool_error");
    assert!(!failed.attributes.contains_key("rpc.response.status_code"));
    let unknown = collector.span("prompts/get");
    assert!(unknown.failed);
    assert_eq!(unknown.attributes["error.type"], "-32602");
    assert_eq!(unknown.attributes["rpc.response.status_code"], "-32602");
    let points = collector.histogram("mcp.server.operation.duration");
    let errors: Vec<_> = points
        .iter()
        .map(|(count, it)| (*count, &*it["mcp.method.name"], &*it["error.type"]))
        .collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(
        errors.contains(&(1, "tools/call", "tool_error")),
        "{errors:?}"
    );
    assert!(errors.contains(&(1, "prompts/get", "-32602")), "{errors:?}");
}

#[tokio::test]
async fn no_text_of_a_caller_is_in_a_span_name_or_a_metric() {
    let collector = exported([
        Call::tool("evil", json!({})),
        Call::modern("evil/method", json!({})),
        Call::tool("add", json!({ "a": "evil" })).id(json!("evil".repeat(20))),
    ])
    .await;
    for span in collector.spans() {
        assert!(!span.name.contains("evil"), "{span:?}");
        assert!(span.attributes.values().all(|it| it.len() < 1_000));
    }
    let points = collector.histogram("mcp.server.operation.duration");
    assert_eq!(points.len(), 3);
    assert!(!format!("{points:?}").contains("evil"), "{points:?}");
}

#[tokio::test]
async fn a_session_is_measured_and_its_id_is_a_secret() {
    for version in era::LEGACY {
        let collector = Collector::new();
        let server = server().telemetry(&*collector.url);
        let end = server.shutdown_handle();
        let client = Client::new(server);
        let session = client.initialize(version.as_str()).await;
        let call = json!({ "name": "add", "arguments": { "a": 1, "b": 2 } });
        client
            .send(Call::legacy(&session, "tools/call", call))
            .await
            .assert_text("3");
        client.send(Call::delete(&session)).await;
        end.shutdown().await;
        let points = collector.histogram("mcp.server.session.duration");
        let labels = [("mcp.protocol.version", version.as_str())];
        assert_eq!((points.len(), points[0].0), (1, 1));
        assert_eq!(pairs(&points[0].1), labels);
        let span = collector.span("tools/call add");
        let id = &span.attributes["mcp.session.id"];
        assert!(id.len() == 16 && !session.contains(&**id), "{id}");
        collector.span("initialize");
    }
}

#[tokio::test]
async fn a_call_in_memory_has_the_network_transport_pipe() {
    let collector = Collector::new();
    let server = server().telemetry(&*collector.url);
    let end = server.shutdown_handle();
    let client = TestClient::new(server).await;
    client
        .call("add", json!({ "a": 1, "b": 2 }))
        .await
        .assert_text("3");
    end.shutdown().await;
    let span = collector.span("tools/call add");
    assert_eq!(span.attributes["network.transport"], "pipe");
}

#[tokio::test]
async fn the_last_spans_are_exported_after_the_functions_of_the_stop() {
    let collector = Arc::new(Collector::new());
    let arrived = Arc::new(AtomicUsize::new(usize::MAX));
    let server = server().telemetry(&*collector.url);
    let (asked, count) = (Arc::clone(&collector), Arc::clone(&arrived));
    let server = server.on_stop("closing", move |()| {
        count.store(asked.count(), Ordering::SeqCst);
        Box::pin(async { Ok(()) })
    });
    let (_client, end) = adding(server, 1).await;
    end.shutdown().await;
    assert_eq!(arrived.load(Ordering::SeqCst), 0, "not before");
    collector.span("tools/call add");
}

#[tokio::test]
async fn a_dead_collector_costs_calls_nothing_and_is_logged_once_a_minute() {
    let logs = Logs::new();
    let server = server().telemetry(dead());
    let begun = Instant::now();
    // More than the export queue holds.
    let (_client, end) = adding(server, 3_000).await;
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(30), "{took:?}");
    end.shutdown().await;
    let text = logs.text();
    let lines = text.matches("telemetry cannot be exported").count();
    assert_eq!(lines, 1, "{text}");
}

#[tokio::test]
async fn a_shutdown_waits_five_seconds_for_a_collector_that_does_not_respond() {
    let collector = Collector::with_manner(Manner::NeverAnswers);
    let logs = Logs::new();
    let server = server().telemetry(&*collector.url);
    let (_client, end) = adding(server, 1).await;
    let begun = Instant::now();
    end.shutdown().await;
    let took = begun.elapsed();
    assert!(collector.count() > 0, "it was asked");
    assert!(
        (Duration::from_secs(4)..Duration::from_secs(5) + SLACK).contains(&took),
        "{took:?}"
    );
    assert!(logs.text().contains("the last telemetry was not exported"));
}

#[tokio::test]
async fn a_collector_that_refuses_is_logged() {
    let collector = Collector::with_manner(Manner::Refuses);
    let logs = Logs::new();
    let server = server().telemetry(&*collector.url);
    let (_client, end) = adding(server, 1).await;
    end.shutdown().await;
    let text = logs.text();
    assert!(text.contains("the collector responds with 403"), "{text}");
}

#[test]
fn a_server_outside_of_a_runtime_and_a_malformed_url_are_refused() {
    let error = std::panic::catch_unwind(|| {
        drop(server().telemetry("http://127.0.0.1:4318").into_router());
    });
    let error = *error.unwrap_err().downcast::<String>().unwrap();
    assert!(error.contains("within its runtime"), "{error}");
    for wrong in ["localhost:4318", "grpc://localhost:4317", "collector"] {
        let error = server().telemetry(wrong).check().unwrap_err();
        let text = error.to_string();
        assert!(text.contains("telemetry") && text.contains(wrong), "{text}");
    }
}

/// A process over stdio that makes one call of `brief` and ends; returns its exit code.
fn call_brief(environment: &[(&str, &str)]) -> Option<i32> {
    brief(environment).ends().0
}

/// The same, at the end of its input.
fn brief(environment: &[(&str, &str)]) -> Process {
    let mut process = Process::start(probe().envs(environment.iter().copied()));
    process.send(call("1", "brief", json!({})));
    process.receive();
    process.close();
    process
}

#[test]
fn the_line_of_a_call_names_the_trace_that_its_export_begins() {
    let collector = Collector::new();
    let mut process = brief(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)]);
    let line = process.hears("request answered");
    process.assert_success();
    let trace = collector.span("tools/call brief").trace;
    assert!(line.contains(&trace), "{trace}: {line}");
}

#[test]
fn a_process_follows_the_variables_of_opentelemetry() {
    let collector = Collector::new();
    let code = call_brief(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=seven"),
        ("OTEL_SERVICE_NAME", "ours"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "deployment.environment.name=test",
        ),
        ("MCP_TELEMETRY_OTLP", "http://127.0.0.1:9"),
    ]);
    assert_eq!(code, Some(0));
    let span = collector.span("tools/call brief");
    assert_eq!(span.resource["service.name"], "ours");
    assert_eq!(span.resource["deployment.environment.name"], "test");
    assert_eq!(span.attributes["network.transport"], "pipe");
    let inner = collector.span("resting");
    assert_eq!((&inner.trace, &inner.parent), (&span.trace, &span.id));
    let headers = collector.headers("x-tenant");
    assert!(headers.len() == collector.count() && headers.iter().all(|it| it == "seven"));
    let points = collector.histogram("mcp.server.operation.duration");
    assert_eq!(points.len(), 1);
}

#[test]
fn a_sampler_and_switches_of_the_environment_apply() {
    for (name, value) in [
        ("OTEL_TRACES_SAMPLER", "always_off"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ] {
        let collector = Collector::new();
        let code = call_brief(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
            (name, value),
        ]);
        assert_eq!(code, Some(0));
        assert!(collector.spans().is_empty(), "{name}");
        assert_eq!(
            collector.histogram("mcp.server.operation.duration").len(),
            1
        );
    }
    let collector = Collector::new();
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", &*collector.url);
    assert_eq!(
        call_brief(&[endpoint, ("OTEL_SDK_DISABLED", "true")]),
        Some(0)
    );
    assert_eq!(collector.count(), 0);
    let traces = format!("{}/v1/traces", collector.url);
    let only = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*traces);
    assert_eq!(call_brief(&[only]), Some(0));
    collector.span("tools/call brief");
    assert!(
        collector
            .histogram("mcp.server.operation.duration")
            .is_empty()
    );
}

#[test]
fn unsupported_variables_stop_the_start() {
    for (name, value, help) in [
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "collector:4317",
            "absolute URL",
        ),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
        (
            "OTEL_TRACES_SAMPLER",
            "jaeger_remote",
            "parentbased_traceidratio",
        ),
    ] {
        let mut command = probe();
        command
            .env("MCP_TELEMETRY_OTLP", "http://127.0.0.1:9")
            .env(name, value);
        let process = Process::start(&mut command);
        let line = process.hears(name);
        assert!(line.contains(value), "{line}");
        let rest: String = std::iter::from_fn(|| process.says()).collect();
        assert!(format!("{line}{rest}").contains(help), "{line}{rest}");
    }
}
