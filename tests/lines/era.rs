//! Both eras in one process.

use mcp_runtime::Version;
use mcp_testkit::era;
use serde_json::{Value, json};

use super::{CAPABILITIES, VERSION, bare, initialize, modern, raw};

#[tokio::test(start_paused = true)]
async fn the_removed_methods_do_not_exist_in_the_current_revision() {
    let client = raw();
    let mut lines = client.lines();
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
    ] {
        lines.send(modern(json!(method), method, json!({})));
        let reply = lines.next().await.unwrap();
        assert_eq!(
            (&reply["id"], &reply["error"]["code"]),
            (&json!(method), &json!(-32601))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn discover_is_answered_before_and_after_a_handshake() {
    let client = raw();
    let mut lines = client.lines();
    for id in [1, 2] {
        lines.send(modern(json!(id), "server/discover", json!({})));
        let reply = lines.next().await.unwrap();
        assert_eq!(
            (&reply["id"], &reply["result"]["resultType"]),
            (&json!(id), &json!("complete"))
        );
        lines.send(initialize("2025-11-25"));
        assert_eq!(
            lines.next().await.unwrap()["result"]["protocolVersion"],
            "2025-11-25"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn both_eras_are_served_in_one_process() {
    let client = raw();
    let mut lines = client.lines();
    lines.send(initialize("2025-06-18"));
    lines.next().await.unwrap();
    let call = json!({ "name": "add", "arguments": { "a": 1, "b": 2 } });
    for id in 0..3 {
        lines.send(modern(json!(id), "tools/call", call.clone()));
        let answer = lines.next().await.unwrap();
        assert_eq!(answer["result"]["resultType"], "complete");
        lines.send(bare(&json!(id), "tools/call", &call));
        let answer = lines.next().await.unwrap();
        let result = json!({ "content": [{ "type": "text", "text": "3" }] });
        assert_eq!(
            answer,
            json!({ "jsonrpc": "2.0", "id": id, "result": result })
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_of_no_era_gets_an_error_that_names_the_missing_metadata() {
    let client = raw();
    let mut lines = client.lines();
    for method in [
        "tools/list",
        "tools/call",
        "server/discover",
        "logging/setLevel",
    ] {
        lines.send(bare(&json!(1), method, &json!({})));
        let reply = lines.next().await.unwrap();
        let text = reply["error"]["message"].as_str().unwrap();
        assert_eq!(reply["error"]["code"], -32602, "{method}");
        assert!(
            text.contains(VERSION) && text.contains(CAPABILITIES),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_ping_is_answered_before_the_handshake_and_after() {
    let client = raw();
    let mut lines = client.lines();
    let pong = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    lines.send(bare(&json!(1), "ping", &json!({})));
    assert_eq!(lines.next().await, Some(pong.clone()));
    lines.send(initialize("2025-11-25"));
    lines.next().await.unwrap();
    lines.send(bare(&json!(1), "ping", &json!({})));
    assert_eq!(lines.next().await, Some(pong));
}

#[tokio::test(start_paused = true)]
async fn initialize_negotiates_each_older_revision_and_no_other() {
    let offers = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
        .map(|version| (version, version))
        .into_iter();
    for (asked, given) in offers.chain([("2026-07-28", "2025-11-25"), ("2025-01-01", "2025-11-25")])
    {
        let client = raw();
        let mut lines = client.lines();
        lines.send(initialize(asked));
        assert_eq!(
            lines.next().await.unwrap()["result"]["protocolVersion"],
            given
        );
    }
}

#[tokio::test(start_paused = true)]
async fn metadata_is_checked_as_over_http() {
    let client = raw();
    let mut lines = client.lines();
    let all = era::ALL.map(Version::as_str);
    for (meta, code, supported) in [
        (json!({ VERSION: "2026-07-28" }), -32602, Value::Null),
        (json!({ VERSION: 5, CAPABILITIES: {} }), -32602, Value::Null),
        (
            json!({ VERSION: "2026-07-28", CAPABILITIES: [] }),
            -32602,
            Value::Null,
        ),
        (
            json!({ VERSION: "2099-01-01", CAPABILITIES: {} }),
            -32022,
            json!(all),
        ),
        (
            json!({ VERSION: "2025-11-25", CAPABILITIES: {} }),
            -32022,
            json!(["2026-07-28"]),
        ),
    ] {
        lines.send(bare(&json!("x"), "tools/list", &json!({ "_meta": meta })));
        let reply = lines.next().await.unwrap();
        assert_eq!(
            (&reply["id"], &reply["error"]["code"]),
            (&json!("x"), &json!(code)),
            "{meta}"
        );
        assert_eq!(reply["error"]["data"]["supported"], supported);
    }
}

#[tokio::test(start_paused = true)]
async fn there_are_no_headers_to_mirror() {
    let client = raw();
    let mut lines = client.lines();
    lines.send(modern(
        json!(1),
        "tools/call",
        json!({ "name": "add", "arguments": { "a": 1, "b": 2 } }),
    ));
    assert_eq!(
        lines.next().await.unwrap()["result"]["content"][0]["text"],
        "3"
    );
}
