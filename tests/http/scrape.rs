//! The bodies of `/metrics`: compressed for a client that accepts gzip, whole in pieces for others.

use std::io::Read as _;

use flate2::read::GzDecoder;
use mcp_runtime::axum::http::Method;
use mcp_runtime::{DynamicTool, Server};
use serde_json::json;

use super::client::{Call, Client};
use super::reply::Reply;
use crate::support::tools::server;

const OPEN_METRICS: &str = "application/openmetrics-text";

/// A scrape by a client that prefers OpenMetrics and sends this `Accept-Encoding`.
fn accepting(encoding: &str) -> Call {
    let call = Call::get().at("/metrics").header("accept", OPEN_METRICS);
    call.header("accept-encoding", encoding)
}

/// Returns the text of a compressed response.
async fn decoded(reply: Reply) -> String {
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-encoding"), "gzip");
    let (bytes, mut text) = (reply.bytes().await, String::new());
    let mut decoder = GzDecoder::new(bytes.as_slice());
    decoder.read_to_string(&mut text).unwrap();
    assert!(decoder.into_inner().is_empty(), "nothing after the end");
    text
}

/// Returns the text without the lines about the process, which differ between two scrapes.
fn of_server(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines.filter(|line| !line.starts_with("process_")).collect()
}

/// A server whose metrics are several pieces of text.
fn large() -> Server {
    let named = |number| {
        DynamicTool::new(format!("tool_{number}"), json!({ "type": "object" }))
            .description("Does nothing.")
            .handler(|_cx, _arguments| async {})
    };
    let tools = (0..250).map(named);
    tools.fold(Server::new("large", "1.0.0"), Server::tool)
}

#[tokio::test(start_paused = true)]
async fn the_text_is_compressed_for_a_client_that_accepts_it() {
    let client = Client::new(server());
    for accept in [OPEN_METRICS, "text/plain"] {
        let call = |encoding| accepting(encoding).header("accept", accept);
        let plain = client.open(call("identity")).await;
        assert!(!plain.headers.contains_key("content-encoding"));
        for encoding in [
            // Prometheus.
            "gzip",
            // Browsers.
            "gzip, deflate, br, zstd",
            "deflate;q=1.0, X-GZIP;q=0.5",
            "*",
            "*;q=0, gzip",
        ] {
            let reply = client.open(call(encoding)).await;
            for name in ["content-type", "vary", "cache-control"] {
                assert_eq!(reply.header(name), plain.header(name), "{encoding}");
            }
            assert_eq!(reply.header("vary"), "accept, accept-encoding");
            let text = decoded(reply).await;
            assert_eq!(text.ends_with("# EOF\n"), accept == OPEN_METRICS);
            assert!(text.contains("# TYPE mcp_tool_invocations"), "{text}");
        }
        let plain = plain.text().await;
        let text = decoded(client.open(call("gzip")).await).await;
        assert_eq!(of_server(&text), of_server(&plain));
    }
}

#[tokio::test(start_paused = true)]
async fn the_text_is_plain_for_a_client_that_refuses_gzip_or_cannot_be_understood() {
    let client = Client::new(server());
    let none = accepting("gzip").without("accept-encoding");
    let twice = accepting("gzip").also("accept-encoding", "gzip;q=0");
    let foreign = accepting("").bytes("accept-encoding", b"gzip, \xff");
    let refusing = [
        "",
        "identity",
        "br",
        "gzip;q=0",
        "gzip;q=0, *",
        "gzip;q=0.1, identity",
        "*;q=0",
        "identity;q=0",
    ];
    let malformed = [
        "gzip;q=2",
        "gzip;q=high",
        "gzip;",
        "gzip;level=9",
        "\"gzip\"",
        "gzip br",
    ];
    let named = refusing.into_iter().chain(malformed).map(accepting);
    for call in named.chain([none, twice, foreign]) {
        let reply = client.open(call).await;
        assert_eq!(reply.status, 200);
        assert!(!reply.headers.contains_key("content-encoding"));
        assert_eq!(reply.header("vary"), "accept, accept-encoding");
        assert!(reply.text().await.ends_with("# EOF\n"));
    }
}

#[tokio::test(start_paused = true)]
async fn several_lines_of_the_header_are_one_list() {
    let client = Client::new(server());
    let call = accepting("br").also("accept-encoding", "gzip;q=0.5");
    decoded(client.open(call).await).await;
}

#[tokio::test(start_paused = true)]
async fn a_head_request_has_the_headers_of_the_coding_and_no_body() {
    let client = Client::new(large());
    let head = |encoding: &str| {
        let call = Call::of(Method::HEAD).at("/metrics");
        call.header("accept-encoding", encoding)
    };
    let (compressed, plain) = (
        client.open(head("gzip")).await,
        client.open(head("identity")).await,
    );
    assert_eq!(compressed.header("content-encoding"), "gzip");
    assert!(!plain.headers.contains_key("content-encoding"));
    let length = |reply: &Reply| reply.header("content-length").parse::<usize>().unwrap();
    assert!(length(&plain) > 200_000, "{}", length(&plain));
    assert!(length(&compressed) * 5 < length(&plain));
    for reply in [compressed, plain] {
        let media_type = "text/plain; version=0.0.4; charset=utf-8";
        assert_eq!(reply.header("content-type"), media_type);
        assert_eq!(reply.text().await, "");
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_text_arrives_whole_in_pieces() {
    let client = Client::new(large());
    let mut body = client.open(accepting("identity")).await.pieces();
    let mut pieces = Vec::new();
    while let Some(piece) = body.frame().await {
        pieces.push(piece);
    }
    assert!(pieces.len() >= 3, "{}", pieces.len());
    assert!(pieces.iter().all(|piece| piece.len() <= 128 * 1024));
    let compressed = decoded(client.open(accepting("gzip")).await).await;
    assert_eq!(of_server(&pieces.concat()), of_server(&compressed));
}

#[tokio::test(start_paused = true)]
async fn a_scrape_counts_nothing() {
    let client = Client::new(server());
    let before = decoded(client.open(accepting("gzip")).await).await;
    client.open(accepting("gzip;q=2")).await.text().await;
    let after = decoded(client.open(accepting("gzip")).await).await;
    assert_eq!(of_server(&before), of_server(&after));
}

#[tokio::test(start_paused = true)]
async fn texts_that_are_not_read_are_counted_for_their_caller() {
    // A quarter is less than one text, which is sent nevertheless.
    let client = Client::new(large().max_held(1_000_000));
    let scrape = async || client.open(accepting("identity")).await;
    let unread = scrape().await;
    assert_eq!(unread.status, 200);
    let refused = scrape().await;
    assert_eq!(refused.header("retry-after"), "10");
    let text = refused.answer().await.assert_error(429, -32603).to_owned();
    assert!(text.contains("results wait to be read"), "{text}");
    let text = unread.text().await;
    assert!(text.ends_with("# EOF\n"));
    drop(scrape().await);
    let series = scrape().await.text().await;
    let counted = "mcp_requests_refused_total{limit=\"unread_results\"} 1\n";
    assert!(series.contains(counted), "{series}");
}
