//! Invalid requests, and the error for each.

use serde_json::{Value, json};

use super::client::{Call, Client, request};
use super::reply::Answer;
use crate::support::tools::server;

async fn post(body: &str) -> Answer {
    Client::new(server()).send(Call::post(body)).await
}

/// The response to a ping with this id, with its error code only.
async fn with_id(id: Value) -> Answer {
    post(&request(id, "tools/list", json!({}))).await
}

#[tokio::test(start_paused = true)]
async fn invalid_json_is_a_parse_error_without_id() {
    for body in [
        "",
        "{",
        "nonsense",
        r#"{"jsonrpc":"2.0","id":1,"method":"ping"} {}"#,
    ] {
        let answer = post(body).await;
        answer.assert_error(400, -32700);
        assert_eq!(answer.message.get("id"), None, "{body}");
        assert_eq!(answer.message["jsonrpc"], "2.0");
    }
}

#[tokio::test(start_paused = true)]
async fn invalid_utf_8_is_a_parse_error() {
    let text = Call::modern("tools/list", json!({ "cursor": "*" }))
        .text()
        .to_owned();
    let body: Vec<u8> = text
        .bytes()
        .map(|byte| if byte == b'*' { 0xff } else { byte })
        .collect();
    let answer = Client::new(server())
        .send(Call::modern("tools/list", json!({})).body(body))
        .await;
    answer.assert_error(400, -32700);
    assert_eq!(answer.message.get("id"), None);
}

#[tokio::test(start_paused = true)]
async fn an_id_of_null_is_an_invalid_request() {
    let answer = with_id(Value::Null).await;
    answer.assert_error(400, -32600);
    assert_eq!(answer.message.get("id"), None);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_a_bool_an_object_or_an_array_is_an_invalid_request() {
    for id in [json!(true), json!({}), json!([1])] {
        let answer = with_id(id).await;
        answer.assert_error(400, -32600);
        assert_eq!(answer.message.get("id"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_cannot_be_echoed_is_neither_an_id_nor_a_token() {
    let client = Client::new(server());
    for bad in [r#""\ud800""#, r#""a\udc00b""#, "1e999", "-1e999"] {
        let call = Call::modern("tools/list", json!({}));
        let id = call
            .text()
            .replacen("\"id\":1", &format!("\"id\":{bad}"), 1);
        let answer = client.send(call.clone().body(id)).await;
        answer.assert_error(400, -32600);
        assert_eq!(answer.message.get("id"), None, "{bad}");
        let token = call.progress_token(json!("TOKEN"));
        let text = token.text().replacen("\"TOKEN\"", bad, 1);
        client
            .send(token.body(text))
            .await
            .assert_error(400, -32602);
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_is_echoed_as_it_was_written() {
    let client = Client::new(server());
    for id in [
        "1.0",
        "-7",
        "0",
        "\"\"",
        "\"seven\"",
        "1e3",
        "9007199254740993",
    ] {
        let body = Call::modern("tools/list", json!({})).text().replacen(
            "\"id\":1",
            &format!("\"id\":{id}"),
            1,
        );
        let reply = client
            .open(Call::modern("tools/list", json!({})).body(body))
            .await;
        let text = reply.text().await;
        assert!(
            text.starts_with(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"#)),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_echoes_the_id_wherever_it_can_be_read() {
    let unknown_jsonrpc = post(r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#).await;
    unknown_jsonrpc.assert_error(400, -32600);
    assert_eq!(unknown_jsonrpc.message["id"], "a");

    let no_method = post(r#"{"jsonrpc":"2.0","id":7}"#).await;
    no_method.assert_error(400, -32600);
    assert_eq!(no_method.message["id"], 7);

    let positional = post(r#"{"jsonrpc":"2.0","id":8,"method":"ping","params":[1]}"#).await;
    positional.assert_error(400, -32600);
    assert_eq!(positional.message["id"], 8);

    for envelope in [
        r#""jsonrpc":"2.0","method":7"#,
        r#""jsonrpc":"2.0","method":null"#,
        r#""jsonrpc":"2.0","method":["ping"]"#,
        r#""jsonrpc":2.0,"method":"ping""#,
        r#""jsonrpc":null,"method":"ping""#,
        r#""method":"ping""#,
        r#""jsonrpc":"2.0","method":"ping","params":"x""#,
        r#""jsonrpc":"2.0","method":"ping","params":true"#,
    ] {
        for body in [
            format!(r#"{{"id":"x",{envelope}}}"#),
            format!(r#"{{{envelope},"id":"x"}}"#),
        ] {
            let answer = post(&body).await;
            answer.assert_error(400, -32600);
            assert_eq!(answer.message["id"], "x", "{body}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_without_jsonrpc_is_an_invalid_request() {
    post(r#"{"id":1,"method":"ping"}"#)
        .await
        .assert_error(400, -32600);
    post(r#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#)
        .await
        .assert_error(400, -32600);
}

#[tokio::test(start_paused = true)]
async fn a_scalar_is_an_invalid_request() {
    for body in ["1", "\"ping\"", "null", "true"] {
        post(body).await.assert_error(400, -32600);
    }
}

#[tokio::test(start_paused = true)]
async fn an_array_is_an_invalid_request_in_the_current_revision() {
    let member = request(json!(1), "tools/list", json!({}));
    let client = Client::new(server());
    let call = Call::post(format!("[{member}]")).header("mcp-protocol-version", "2026-07-28");
    let answer = client.send(call).await;
    answer.assert_error(400, -32600);
    assert_eq!(answer.message.get("id"), None);
    client
        .send(Call::post("[]"))
        .await
        .assert_error(400, -32600);
}

#[tokio::test(start_paused = true)]
async fn a_response_without_a_session_is_refused() {
    post(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#)
        .await
        .assert_error(400, -32600);
}

#[tokio::test(start_paused = true)]
async fn a_response_in_a_session_is_accepted() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    let call =
        Call::post(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#).header("mcp-session-id", &session);
    let reply = client.open(call).await;
    assert_eq!((reply.status, reply.text().await.as_str()), (202, ""));
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_id_is_null_only_where_the_schema_requires_one() {
    let client = Client::new(server());
    for (version, id) in [
        ("2025-03-26", Some(&Value::Null)),
        ("2025-06-18", Some(&Value::Null)),
        ("2025-11-25", None),
    ] {
        let answer = client
            .send(Call::post("{").header("mcp-protocol-version", version))
            .await;
        answer.assert_error(400, -32700);
        assert_eq!(answer.message.get("id"), id, "{version}");
    }
}
