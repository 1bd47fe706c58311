//! `Host` and `Origin`: allowed and refused ones, and the texts of refusals.

use serde_json::json;

use super::client::{Call, Client};
use super::reply::Answer;
use crate::support::tools::server;

fn list() -> Call {
    Call::modern("tools/list", json!({}))
}

async fn with(headers: &[(&str, &str)]) -> Answer {
    let call = headers
        .iter()
        .fold(list(), |call, (name, value)| call.header(name, value));
    Client::new(server()).send(call).await
}

async fn published(headers: &[(&str, &str)]) -> Answer {
    let call = headers
        .iter()
        .fold(list(), |call, (name, value)| call.header(name, value));
    Client::new(server().public_url("https://mcp.example.com/mcp"))
        .send(call)
        .await
}

#[tokio::test(start_paused = true)]
async fn a_foreign_origin_is_forbidden() {
    for origin in [
        "http://evil.example.com",
        "https://localhost.evil.example.com",
        "http://127.0.0.1.evil.example.com",
        "file://",
        "nonsense",
        "",
    ] {
        let answer = with(&[("host", "localhost:8080"), ("origin", origin)]).await;
        answer.assert_error(403, -32600);
        assert_eq!(answer.message.get("id"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn an_origin_of_null_is_forbidden() {
    with(&[("host", "localhost:8080"), ("origin", "null")])
        .await
        .assert_error(403, -32600);
}

#[tokio::test(start_paused = true)]
async fn a_foreign_host_is_forbidden() {
    for host in [
        "evil.example.com",
        "evil.example.com:8080",
        "localhost.evil.example.com",
        "localhost@evil.example.com",
    ] {
        with(&[("host", host)]).await.assert_error(403, -32600);
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_that_cannot_be_read_is_forbidden() {
    for host in ["evil example", "http://localhost", "évil.example.com"] {
        with(&[("host", host)]).await.assert_error(403, -32600);
    }
}

#[tokio::test(start_paused = true)]
async fn loopback_and_addresses_are_allowed() {
    for host in [
        "localhost",
        "LOCALHOST:8080",
        "127.0.0.1:8080",
        "[::1]:8080",
        "10.0.0.7",
    ] {
        assert_eq!(with(&[("host", host)]).await.status, 200, "{host}");
    }
    for origin in [
        "http://localhost",
        "http://localhost:5173",
        "https://127.0.0.1:6274",
        "http://[::1]:3000",
    ] {
        assert_eq!(
            with(&[("host", "localhost:8080"), ("origin", origin)])
                .await
                .status,
            200,
            "{origin}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_public_url_is_allowed_as_host_and_origin() {
    let host = ("host", "mcp.example.com");
    assert_eq!(published(&[host]).await.status, 200);
    assert_eq!(
        published(&[host, ("origin", "https://mcp.example.com")])
            .await
            .status,
        200
    );
    assert_eq!(
        published(&[("host", "MCP.example.com:443")]).await.status,
        200
    );
    published(&[host, ("origin", "http://mcp.example.com")])
        .await
        .assert_error(403, -32600);
    published(&[host, ("origin", "https://mcp.example.com:8443")])
        .await
        .assert_error(403, -32600);
    published(&[("host", "other.example.com")])
        .await
        .assert_error(403, -32600);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_names_the_setting() {
    let answer = with(&[("host", "mcp.example.com")]).await;
    let text = answer.assert_error(403, -32600);
    assert!(
        text.contains("mcp.example.com") && text.contains("public_url"),
        "{text}"
    );
    let answer = with(&[("origin", "https://app.example.com")]).await;
    let text = answer.assert_error(403, -32600);
    assert!(
        text.contains("https://app.example.com") && text.contains("cors_origins"),
        "{text}"
    );
    let answer = with(&[("origin", "file://")]).await;
    let text = answer.assert_error(403, -32600);
    assert!(
        text.contains("serve the page over http") && !text.contains("cors_origins"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn following_the_advice_of_a_refusal_works() {
    let origin = ("origin", "https://app.example.com");
    let host = ("host", "shop.internal:8080");
    for (server, headers) in [
        (server().cors_origins(["https://app.example.com"]), [origin]),
        (server().allowed_hosts(["shop.internal"]), [host]),
        (server().public_url("http://shop.internal"), [host]),
    ] {
        let [(name, value)] = headers;
        let answer = Client::new(server).send(list().header(name, value)).await;
        assert_eq!(answer.status, 200, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_address_with_another_port_is_another_origin() {
    let host = ("host", "10.0.0.7:8080");
    let own = with(&[host, ("origin", "http://10.0.0.7:8080")]).await;
    assert_eq!(own.status, 200);
    for origin in [
        "http://10.0.0.7:9999",
        "http://10.0.0.7",
        "http://10.0.0.8:8080",
    ] {
        with(&[host, ("origin", origin)])
            .await
            .assert_error(403, -32600);
    }
}

#[tokio::test(start_paused = true)]
async fn every_route_has_the_guard_and_nosniff() {
    let client = Client::new(server());
    for path in ["/health", "/healthz", "/ready", "/metrics", "/mcp"] {
        let get = || Call::get().at(path);
        for (name, value) in [
            ("host", "evil.example.com"),
            ("origin", "http://evil.example.com"),
        ] {
            let reply = client.open(get().header(name, value)).await;
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            reply.answer().await.assert_error(403, -32600);
        }
        let reply = client.open(get().header("host", "localhost")).await;
        assert_ne!(reply.status, 403, "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
    }
    let reply = client.open(list()).await;
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
}

#[tokio::test(start_paused = true)]
async fn a_request_with_two_hosts_is_400() {
    let client = Client::new(server());
    let twice = list()
        .header("host", "localhost")
        .also("host", "localhost:8080");
    let elsewhere = list()
        .at("http://localhost/mcp")
        .header("host", "127.0.0.1");
    for call in [twice, elsewhere] {
        client.send(call).await.assert_error(400, -32600);
    }
    let same = list()
        .at("http://LOCALHOST/mcp")
        .header("host", "localhost");
    assert_eq!(client.send(same).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_long_name_is_not_repeated_in_full() {
    let origin = format!("https://{}.example.com", "a".repeat(100_000));
    let answer = with(&[("origin", &origin)]).await;
    let text = answer.assert_error(403, -32600);
    assert!(text.len() < 500, "{} bytes", text.len());
}

#[tokio::test(start_paused = true)]
async fn malformed_hosts_and_origins_stop_the_start() {
    for name in ["", "shop.internal:80", "https://shop.internal", "a b"] {
        let error = server().allowed_hosts([name]).check().unwrap_err();
        assert!(error.to_string().contains("allowed_hosts"), "{error}");
    }
    for origin in [
        "",
        "*",
        "app.example.com",
        "https://app.example.com/",
        "https://*.example.com",
        "https://u:p@app.example.com",
        "ftp://app.example.com",
    ] {
        let error = server().cors_origins([origin]).check().unwrap_err();
        assert!(error.to_string().contains("cors_origins"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_guard_precedes_every_method_and_every_stage() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    let evil = |call: Call| call.header("origin", "http://evil.example.com");
    client
        .send(evil(Call::post("{")))
        .await
        .assert_error(403, -32600);
    client
        .send(evil(Call::post("{}").header("content-type", "text/plain")))
        .await
        .assert_error(403, -32600);
    client
        .send(evil(Call::stream(&session)))
        .await
        .assert_error(403, -32600);
    client
        .send(evil(Call::delete(&session)))
        .await
        .assert_error(403, -32600);
    let still_there = client.send(Call::legacy(&session, "ping", json!({}))).await;
    assert_eq!(still_there.result(), &json!({}));
}

#[tokio::test(start_paused = true)]
async fn several_public_urls_are_allowed() {
    let server = server()
        .public_url("https://mcp.example.com")
        .public_url("http://world:8080");
    let client = Client::new(server);
    for (host, origin, status) in [
        ("mcp.example.com", "https://mcp.example.com", 200),
        ("world:8080", "http://world:8080", 200),
        ("world:8080", "https://world:8080", 403),
        ("other:8080", "http://world:8080", 403),
    ] {
        let call = list().header("host", host).header("origin", origin);
        assert_eq!(client.send(call).await.status, status, "{host} {origin}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_malformed_public_url_stops_the_start() {
    for url in [
        "mcp.example.com",
        "/mcp",
        "ftp://mcp.example.com",
        "",
        "https://mcp.example.com,http://world:8080",
        "https://*.example.com",
        "https://mcp.example.com?y#z",
        "https://ann:secret@mcp.example.com",
    ] {
        let error = server().public_url(url).check().unwrap_err().to_string();
        assert!(
            error.contains("public_url") && error.contains("https://mcp.example.com"),
            "{error}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn limits_that_admit_nothing_stop_the_start() {
    use mcp_runtime::Limits;
    use std::time::Duration;
    for (limits, name) in [
        (Limits::default().connections(0), "connections"),
        (
            Limits::default().connections_per_ip(0),
            "connections_per_ip",
        ),
        (Limits::default().headers(100), "headers"),
        (Limits::default().header_count(0), "header_count"),
        (Limits::default().bodies(0), "bodies"),
        (
            Limits::default().header_timeout(Duration::ZERO),
            "header_timeout",
        ),
        (
            Limits::default().body_timeout(Duration::ZERO),
            "body_timeout",
        ),
        (
            Limits::default().idle_timeout(Duration::MAX),
            "idle_timeout",
        ),
    ] {
        let error = server().limits(limits).check().unwrap_err().to_string();
        assert!(error.contains(&format!("limits.{name}")), "{error}");
    }
}
