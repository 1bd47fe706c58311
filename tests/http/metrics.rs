//! `/metrics`: every series from the start, a closed set of labels, and what moves them.

use std::collections::BTreeMap;

use serde_json::json;

use super::client::{Call, Client};
use crate::support::tools::server;

/// The series and their values, and the whole text.
async fn scrape(client: &Client) -> (BTreeMap<String, f64>, String) {
    let (status, text) = client.get("/metrics").await;
    assert_eq!(status, 200);
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let series = samples.map(|line| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    });
    (series.collect(), text)
}

#[tokio::test(start_paused = true)]
async fn the_format_is_open_metrics() {
    let client = Client::new(server());
    let reply = client.open(Call::get().at("/metrics")).await;
    assert!(
        reply
            .header("content-type")
            .starts_with("application/openmetrics-text; version=1.0.0")
    );
    let text = reply.text().await;
    assert!(text.ends_with("# EOF\n"), "{text}");
    assert!(text.contains("# TYPE mcp_tool_invocations counter"));
}

#[tokio::test(start_paused = true)]
async fn every_series_is_there_at_zero_before_anything_happens() {
    let (series, text) = scrape(&Client::new(server())).await;
    assert!(series.iter().all(|(_, value)| *value == 0.0), "{text}");
    for tool in ["add", "work", "hold"] {
        for outcome in [
            "ok",
            "error",
            "invalid_arguments",
            "rate_limited",
            "timeout",
            "panic",
            "cancelled",
        ] {
            let name =
                format!(r#"mcp_tool_invocations_total{{tool="{tool}",outcome="{outcome}"}}"#);
            assert!(series.contains_key(&name), "{name}");
        }
        for name in [
            "mcp_rate_limit_rejections_total",
            "mcp_argument_coercions_total",
            "mcp_arguments_ignored_total",
            "mcp_tool_duration_seconds_count",
        ] {
            assert!(
                series.contains_key(&format!(r#"{name}{{tool="{tool}"}}"#)),
                "{name} of {tool}"
            );
        }
    }
    for method in [
        "server/discover",
        "initialize",
        "ping",
        "tools/list",
        "tools/call",
        "subscriptions/listen",
        "other",
    ] {
        assert!(
            series.contains_key(&format!(r#"mcp_requests_total{{method="{method}"}}"#)),
            "{method}"
        );
        assert!(
            series.contains_key(&format!(
                r#"mcp_request_duration_seconds_count{{method="{method}"}}"#
            )),
            "{method}"
        );
    }
    for code in [
        -32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022,
    ] {
        assert!(
            series.contains_key(&format!(r#"mcp_errors_total{{code="{code}"}}"#)),
            "{code}"
        );
    }
    for gauge in [
        "mcp_active_connections",
        "mcp_active_sessions",
        "mcp_log_lines_dropped_total",
    ] {
        assert!(series.contains_key(gauge), "{gauge}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_that_a_caller_writes_becomes_a_label() {
    let client = Client::new(server());
    let (before, _) = scrape(&client).await;
    client
        .send(Call::tool("secret-tool", json!({})))
        .await
        .assert_error(200, -32602);
    client
        .send(Call::modern("secret/method", json!({})))
        .await
        .assert_error(404, -32601);
    client
        .send(Call::tool("add", json!({ "secret-argument": 1 })))
        .await;
    let session = client.initialize("2025-11-25").await;
    client
        .send(Call::legacy(&session, "secret/method", json!({})))
        .await
        .assert_error(200, -32601);
    let (after, text) = scrape(&client).await;
    assert!(!text.contains("secret"), "{text}");
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    assert_eq!(after[r#"mcp_errors_total{code="-32601"}"#], 2.0);
}

#[tokio::test(start_paused = true)]
async fn every_request_is_counted_by_its_method_in_both_eras() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    client
        .send(Call::modern("server/discover", json!({})))
        .await;
    client.send(Call::legacy(&session, "ping", json!({}))).await;
    client
        .send(Call::legacy(&session, "tools/list", json!({})))
        .await;
    client.send(Call::modern("tools/list", json!({}))).await;
    client
        .send(Call::tool("add", json!({ "a": 1, "b": 2 })))
        .await;
    client
        .open(Call::modern(
            "subscriptions/listen",
            json!({ "notifications": {} }),
        ))
        .await;
    client.send(Call::modern("nonsense", json!({}))).await;
    let (series, text) = scrape(&client).await;
    for (method, count) in [
        ("initialize", 1.0),
        ("server/discover", 1.0),
        ("ping", 1.0),
        ("tools/list", 2.0),
        ("tools/call", 1.0),
        ("subscriptions/listen", 1.0),
        ("other", 1.0),
    ] {
        assert_eq!(
            series[&format!(r#"mcp_requests_total{{method="{method}"}}"#)],
            count,
            "{method}\n{text}"
        );
    }
    assert_eq!(
        series[r#"mcp_request_duration_seconds_count{method="tools/call"}"#],
        1.0
    );
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_by_what_came_of_them() {
    let client = Client::new(server());
    client
        .send(Call::tool("add", json!({ "a": 1, "b": 2 })))
        .await;
    client
        .send(Call::tool("add", json!({ "a": 1, "b": "2" })))
        .await;
    client
        .send(Call::tool("add", json!({ "a": 1, "b": "two" })))
        .await;
    let (series, _) = scrape(&client).await;
    assert_eq!(
        series[r#"mcp_tool_invocations_total{tool="add",outcome="ok"}"#],
        2.0
    );
    assert_eq!(
        series[r#"mcp_tool_invocations_total{tool="add",outcome="invalid_arguments"}"#],
        1.0
    );
    assert_eq!(series[r#"mcp_argument_coercions_total{tool="add"}"#], 1.0);
    assert_eq!(
        series[r#"mcp_tool_duration_seconds_count{tool="add"}"#],
        3.0
    );
    assert_eq!(
        series[r#"mcp_tool_duration_seconds_count{tool="work"}"#],
        0.0
    );
}

#[tokio::test(start_paused = true)]
async fn refusals_are_counted_by_their_code() {
    let client = Client::new(server());
    client.send(Call::post("{")).await;
    client.send(Call::post("{}")).await;
    client
        .send(Call::modern("tools/list", json!({})).without("mcp-method"))
        .await;
    client
        .send(Call::modern("tools/list", json!({ "cursor": "x" })))
        .await;
    let (series, _) = scrape(&client).await;
    for code in [-32700, -32600, -32020, -32602] {
        assert_eq!(
            series[&format!(r#"mcp_errors_total{{code="{code}"}}"#)],
            1.0,
            "{code}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn sessions_are_counted_while_they_are_open() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    client.initialize("2025-06-18").await;
    assert_eq!(scrape(&client).await.0["mcp_active_sessions"], 2.0);
    client.open(Call::delete(&session)).await;
    assert_eq!(scrape(&client).await.0["mcp_active_sessions"], 1.0);
}

#[tokio::test(start_paused = true)]
async fn sessions_that_are_idle_are_not_counted_any_more() {
    let minute = std::time::Duration::from_mins(1);
    let client = Client::new(server().max_sessions(10).session_idle(minute));
    let (idle, streaming) = (
        client.initialize("2025-11-25").await,
        client.initialize("2025-11-25").await,
    );
    let stream = client.open(Call::stream(&streaming)).await;
    tokio::time::advance(minute).await;
    assert_eq!(scrape(&client).await.0["mcp_active_sessions"], 1.0);
    assert_eq!(
        client
            .send(Call::legacy(&idle, "ping", json!({})))
            .await
            .status,
        404
    );
    drop(stream);
    assert_eq!(
        scrape(&client).await.0["mcp_active_sessions"],
        1.0,
        "idle since its stream has ended"
    );
    tokio::time::advance(minute).await;
    assert_eq!(scrape(&client).await.0["mcp_active_sessions"], 0.0);
}
