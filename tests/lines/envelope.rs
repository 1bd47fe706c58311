//! Invalid lines.

use serde_json::{Value, json};

use super::{bare, initialize, modern, raw};

/// Returns the response to this line.
async fn reply(line: &str) -> Value {
    let client = raw();
    let mut lines = client.lines();
    lines.send(line);
    lines.next().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn invalid_json_is_a_parse_error_without_id() {
    for line in ["{", "nonsense", r#"{"jsonrpc":"2.0",}"#] {
        let reply = reply(line).await;
        assert_eq!(
            (&reply["error"]["code"], reply.get("id")),
            (&json!(-32700), None),
            "{line}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_parse_error_the_next_line_is_read() {
    let client = raw();
    let mut lines = client.lines();
    lines.send("{");
    lines.send(modern(json!(2), "tools/list", json!({})));
    assert_eq!(lines.next().await.unwrap()["error"]["code"], -32700);
    let listed = lines.next().await.unwrap();
    assert_eq!(
        (&listed["id"], &listed["result"]["resultType"]),
        (&json!(2), &json!("complete"))
    );
}

#[tokio::test(start_paused = true)]
async fn an_id_of_another_kind_is_an_invalid_request() {
    for id in [Value::Null, json!(true), json!({}), json!([])] {
        let reply = reply(&bare(&id, "ping", &json!({}))).await;
        assert_eq!(
            (&reply["error"]["code"], reply.get("id")),
            (&json!(-32600), None)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_is_echoed_as_it_was_written() {
    for id in [json!(0), json!(-5), json!("text"), json!("")] {
        assert_eq!(
            reply(&modern(id.clone(), "tools/list", json!({}))).await["id"],
            id
        );
    }
    let line = modern(json!(1), "tools/list", json!({})).replacen("\"id\":1", "\"id\":1.0", 1);
    assert!(reply(&line).await["id"].is_f64());
}

#[tokio::test(start_paused = true)]
async fn jsonrpc_must_be_2_0() {
    let reply = reply(r#"{"jsonrpc":"1.0","id":3,"method":"ping"}"#).await;
    assert_eq!(
        (&reply["error"]["code"], &reply["id"]),
        (&json!(-32600), &json!(3))
    );
}

#[tokio::test(start_paused = true)]
async fn an_array_is_an_invalid_request_in_every_revision_but_one() {
    let batch = format!("[{}]", modern(json!(1), "tools/list", json!({})));
    assert_eq!(reply(&batch).await["error"]["code"], -32600);
    for version in ["2025-11-25", "2025-06-18"] {
        let client = raw();
        let mut lines = client.lines();
        lines.send(initialize(version));
        assert_eq!(
            lines.next().await.unwrap()["result"]["protocolVersion"],
            version
        );
        lines.send(batch.clone());
        assert_eq!(
            lines.next().await.unwrap()["error"]["code"],
            -32600,
            "{version}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn notifications_and_responses_are_never_answered() {
    let client = raw();
    let mut lines = client.lines();
    lines.send(r#"{"jsonrpc":"2.0","method":"notifications/unheard-of"}"#);
    lines.send(r#"{"jsonrpc":"2.0","method":"tools/list","params":{}}"#);
    lines.send(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
    lines.send(r#"{"jsonrpc":"2.0","id":2,"error":{"code":1,"message":"no"}}"#);
    lines.send(modern(json!("last"), "tools/list", json!({})));
    assert_eq!(lines.next().await.unwrap()["id"], "last");
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_id_is_null_only_where_the_schema_requires_one() {
    for (version, id) in [
        ("2025-03-26", Some(&Value::Null)),
        ("2025-06-18", Some(&Value::Null)),
        ("2025-11-25", None),
    ] {
        let client = raw();
        let mut lines = client.lines();
        lines.send(initialize(version));
        lines.next().await.unwrap();
        lines.send("{");
        let reply = lines.next().await.unwrap();
        assert_eq!(
            (&reply["error"]["code"], reply.get("id")),
            (&json!(-32700), id),
            "{version}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn concurrent_calls_do_not_interfere() {
    let client = raw();
    let mut lines = client.lines();
    lines.send(modern(
        json!("held"),
        "tools/call",
        json!({ "name": "hold" }),
    ));
    lines.send(modern(
        json!("quick"),
        "tools/call",
        json!({ "name": "add", "arguments": { "a": 1, "b": 2 } }),
    ));
    let first = lines.next().await.unwrap();
    assert_eq!(
        (&first["id"], &first["result"]["content"][0]["text"]),
        (&json!("quick"), &json!("3"))
    );
}
