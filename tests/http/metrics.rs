//! `/metrics`: every series from the start, closed sets of labels, and the events that are counted.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use mcp_runtime::{Server, tool, tools};
use serde_json::json;
use tower::ServiceExt as _;

use super::client::{Call, Client};
use crate::support::tools::{add, server, watched};

/// Returns the series and their values, and the whole text.
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
async fn the_format_is_open_metrics_for_a_client_that_prefers_it() {
    let client = Client::new(server());
    for accept in [
        // Prometheus.
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text",
        "text/plain;q=0.2, Application/OpenMetrics-Text; q=0.3",
    ] {
        let call = Call::get().at("/metrics").header("accept", accept);
        let reply = client.open(call).await;
        assert!(
            reply
                .header("content-type")
                .starts_with("application/openmetrics-text; version=1.0.0"),
            "{accept}"
        );
        let text = reply.text().await;
        assert!(text.ends_with("# EOF\n"), "{text}");
        assert!(text.contains("# TYPE mcp_tool_invocations counter"));
    }
}

#[tokio::test(start_paused = true)]
async fn requests_are_counted_by_client_if_enabled_and_names_are_bounded() {
    let named = |name: &str| {
        let info = json!({ "name": name, "version": "1" });
        Call::modern("tools/list", json!({})).meta("io.modelcontextprotocol/clientInfo", info)
    };
    let plain = Client::new(server());
    plain.send(named("desktop")).await;
    assert!(
        !scrape(&plain)
            .await
            .1
            .contains("mcp_client_requests_total{")
    );
    let client = Client::new(server().client_names(true));
    client.send(Call::modern("tools/list", json!({}))).await;
    for name in ["desktop", "desktop", "a\"b", "caf\u{e9}", &"x".repeat(65)] {
        client.send(named(name)).await;
    }
    for number in 0..60 {
        client.send(named(&format!("made up {number}"))).await;
    }
    let (series, text) = scrape(&client).await;
    let count = |name: &str| series[&format!("mcp_client_requests_total{{client=\"{name}\"}}")];
    assert_eq!(
        (count("desktop"), count("_none"), count("a\\\"b")),
        (2.0, 1.0, 1.0)
    );
    assert_eq!(count("_other"), 14.0, "{text}");
    let written = text.matches("mcp_client_requests_total{").count();
    assert_eq!(written, 52, "50, and two for the rest");
}

/// Adds nothing.
#[tool(
    rate_limit = "1/min",
    timeout = "5s",
    concurrency(max = 1),
    scopes("all"),
    max_output = "1KB"
)]
async fn limited() {}

#[tokio::test(start_paused = true)]
async fn a_policy_has_series_if_it_is_declared() {
    let (series, _) = scrape(&Client::new(server().tools(tools![limited]))).await;
    let outcome = |tool: &str, outcome: &str| {
        format!(r#"mcp_tool_invocations_total{{tool="{tool}",outcome="{outcome}"}}"#)
    };
    for name in [
        "rate_limited",
        "timeout",
        "busy",
        "forbidden",
        "output_too_large",
    ] {
        assert_eq!(series.get(&outcome("limited", name)), Some(&0.0), "{name}");
        assert!(!series.contains_key(&outcome("add", name)), "{name}");
    }
    let rejections = |tool: &str| format!("mcp_rate_limit_rejections_total{{tool=\"{tool}\"}}");
    assert!(series.contains_key(&rejections("limited")));
    assert!(!series.contains_key(&rejections("add")));
}

#[tokio::test(start_paused = true)]
async fn a_tool_without_policies_is_at_most_eighteen_lines_of_a_scrape() {
    let (series, text) = scrape(&Client::new(server())).await;
    let own = series.keys().filter(|name| name.contains("tool=\"add\""));
    assert!(own.count() <= 18, "{text}");
}

#[test]
fn a_scrape_is_rendered_outside_of_the_workers() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let router = server().into_router();
        let ask = |path: &str| {
            let request = Call::get().at(path).into_request();
            Box::pin(router.clone().oneshot(request))
        };
        // The hooks of the start have run after this.
        ask("/ready").await.unwrap();
        let (release, held) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || held.recv());
        let mut scrapes = [ask("/metrics"), ask("/metrics")];
        for scrape in &mut scrapes {
            assert!(
                scrape.now_or_never().is_none(),
                "the other threads are busy"
            );
        }
        assert!(ask("/healthz").now_or_never().is_some());
        release.send(()).unwrap();
        for scrape in scrapes {
            assert_eq!(scrape.await.unwrap().status(), 200);
        }
    });
}

#[tokio::test(start_paused = true)]
async fn other_clients_get_the_classic_text_format() {
    let client = Client::new(server());
    let get = || Call::get().at("/metrics");
    for call in [
        get(),
        get().header("accept", "*/*"),
        get().header("accept", "text/plain"),
        get().header("accept", "application/openmetrics-text;q=0.1, text/plain"),
        get().header("accept", "application/openmetrics-text;q=0"),
    ] {
        let reply = client.open(call).await;
        let media_type = "text/plain; version=0.0.4; charset=utf-8";
        assert_eq!(reply.header("content-type"), media_type);
        let text = reply.text().await;
        assert!(
            !text.contains("# EOF") && !text.contains("# UNIT"),
            "{text}"
        );
        assert!(text.contains("# TYPE mcp_tool_invocations_total counter\n"));
        assert!(text.contains("# HELP mcp_tool_invocations_total Tool calls by outcome"));
        for line in text.lines() {
            let comment = line.starts_with("# HELP ") || line.starts_with("# TYPE ");
            assert!(comment || !line.starts_with('#'), "{line}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_series_exists_at_zero_from_the_start() {
    let (series, text) = scrape(&Client::new(server())).await;
    let own = |name: &str| name.starts_with("process_") || name.starts_with("mcp_build_info");
    let zero = |(name, value): (&String, &f64)| own(name) || *value == 0.0;
    assert!(series.iter().all(zero), "{text}");
    assert_eq!(series[r#"mcp_build_info{version="1.2.3"}"#], 1.0);
    for tool in ["add", "work", "hold"] {
        for outcome in ["ok", "error", "invalid_arguments", "panic", "cancelled"] {
            let name =
                format!(r#"mcp_tool_invocations_total{{tool="{tool}",outcome="{outcome}"}}"#);
            assert!(series.contains_key(&name), "{name}");
        }
        for name in [
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
        "mcp_active_streams",
        "mcp_active_calls",
        "mcp_log_lines_dropped_total",
        "mcp_audit_records_dropped_total",
    ] {
        assert!(series.contains_key(gauge), "{gauge}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_text_of_a_caller_becomes_a_label() {
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
async fn calls_are_counted_by_their_outcome() {
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

#[tokio::test(start_paused = true)]
async fn streams_and_calls_are_counted_while_they_last() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let active = async || {
        let (series, _) = scrape(&client).await;
        (series["mcp_active_streams"], series["mcp_active_calls"])
    };
    let listen = json!({ "notifications": { "toolsListChanged": true } });
    let listening = client
        .open(Call::modern("subscriptions/listen", listen))
        .await;
    assert_eq!(active().await, (1.0, 0.0));
    let call = Call::tool("hold", json!({})).progress_token(json!("t"));
    let held = client.open(call).await;
    assert_eq!(watch.next().await, "begun");
    assert_eq!(active().await, (2.0, 1.0));
    drop(listening);
    watch.release();
    held.stream().rest().await;
    assert_eq!(active().await, (0.0, 0.0));
}

/// Depends on something that fails.
#[tool(breaker(failures = 1, cooldown = "10s"))]
async fn depend(fails: bool) -> Result<&'static str, std::io::Error> {
    if fails {
        return Err(std::io::ErrorKind::TimedOut.into());
    }
    Ok("done")
}

#[tokio::test(start_paused = true)]
async fn a_breaker_shows_its_state() {
    let client = Client::new(Server::new("broken", "1.0.0").tools(tools![depend, add]));
    let state = async || scrape(&client).await.0[r#"mcp_breaker_state{tool="depend"}"#];
    assert_eq!(state().await, 0.0);
    client
        .send(Call::tool("depend", json!({ "fails": true })))
        .await;
    assert_eq!(state().await, 2.0);
    tokio::time::advance(std::time::Duration::from_secs(10)).await;
    client
        .send(Call::tool("depend", json!({ "fails": false })))
        .await;
    assert_eq!(state().await, 0.0);
    let (series, _) = scrape(&client).await;
    assert!(!series.contains_key(r#"mcp_breaker_state{tool="add"}"#));
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn the_process_metrics_show_its_resources() {
    let (series, text) = scrape(&Client::new(server())).await;
    for (name, least) in [
        ("process_cpu_seconds_total", 0.0),
        ("process_resident_memory_bytes", 1e6),
        ("process_virtual_memory_bytes", 1e6),
        ("process_open_fds", 3.0),
        ("process_max_fds", 3.0),
        ("process_start_time_seconds", 1e9),
    ] {
        assert!(series[name] >= least, "{name}\n{text}");
    }
    assert!(series["process_open_fds"] < series["process_max_fds"]);
}
