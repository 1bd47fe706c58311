//! `params._meta`: the required and the optional members of a modern request.

use serde_json::{Value, json};

use super::client::{CAPABILITIES, Call, Client, LOG_LEVEL, SERVER_INFO, VERSION};
use crate::support::tools::server;

const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";

/// Asserts a refusal with 400, -32602 and the id; returns the text.
async fn refusal(call: Call) -> String {
    let answer = Client::new(server()).send(call.id(json!(9))).await;
    assert_eq!(answer.message["id"], 9);
    answer.assert_error(400, -32602).to_owned()
}

fn list() -> Call {
    Call::modern("tools/list", json!({}))
}

#[tokio::test(start_paused = true)]
async fn params_are_required() {
    let text =
        refusal(list().edit(|message| drop(message.as_object_mut().unwrap().remove("params"))))
            .await;
    assert!(
        text.contains(VERSION) && text.contains(CAPABILITIES),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn meta_is_required() {
    let text = refusal(list().edit(|message| message["params"] = json!({}))).await;
    assert!(
        text.contains(VERSION) && text.contains(CAPABILITIES),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn meta_must_be_an_object() {
    refusal(list().edit(|message| message["params"]["_meta"] = json!("2026-07-28"))).await;
}

#[tokio::test(start_paused = true)]
async fn the_version_is_required() {
    let text =
        refusal(list().edit(|message| message["params"]["_meta"] = json!({ CAPABILITIES: {} })))
            .await;
    assert!(text.contains(VERSION), "{text}");
}

#[tokio::test(start_paused = true)]
async fn the_version_must_be_a_string() {
    for version in [json!(20_260_728), Value::Null, json!(["2026-07-28"])] {
        let text = refusal(list().meta(VERSION, version)).await;
        assert!(text.contains(VERSION), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_capabilities_are_required() {
    let text = refusal(
        list().edit(|message| message["params"]["_meta"] = json!({ VERSION: "2026-07-28" })),
    )
    .await;
    assert!(text.contains(CAPABILITIES), "{text}");
}

#[tokio::test(start_paused = true)]
async fn the_capabilities_must_be_an_object() {
    for capabilities in [json!([]), json!("all"), Value::Null, json!(true)] {
        let text = refusal(list().meta(CAPABILITIES, capabilities)).await;
        assert!(text.contains(CAPABILITIES), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_log_level_is_refused() {
    let text = refusal(list().meta(LOG_LEVEL, json!("loud"))).await;
    assert!(text.contains(LOG_LEVEL), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_progress_token_is_a_string_or_a_number() {
    for token in [json!(true), json!({}), Value::Null] {
        refusal(list().progress_token(token)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn client_info_is_optional() {
    let client = Client::new(server());
    for call in [
        list(),
        list().meta(CLIENT_INFO, json!({ "name": "x", "version": "1" })),
        list().meta("other", json!(1)),
    ] {
        let answer = client.send(call).await;
        assert_eq!(
            (answer.status, &answer.result()["resultType"]),
            (200, &json!("complete"))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn every_modern_result_has_its_type_and_the_server_info() {
    let client = Client::new(server());
    let calls = [
        Call::modern("server/discover", json!({})),
        list(),
        Call::tool("add", json!({ "a": 1, "b": 2 })),
        Call::tool("add", json!({ "a": "x" })),
    ];
    for call in calls {
        let answer = client.send(call).await;
        assert_eq!(answer.result()["resultType"], "complete", "{answer:#?}");
        assert_eq!(
            answer.result()["_meta"][SERVER_INFO]["version"],
            "1.2.3",
            "{answer:#?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn only_cacheable_results_have_a_ttl() {
    let client = Client::new(server());
    for (call, cached) in [
        (Call::modern("server/discover", json!({})), true),
        (list(), true),
        (Call::tool("add", json!({ "a": 1, "b": 2 })), false),
    ] {
        let answer = client.send(call).await;
        assert_eq!(answer.result()["ttlMs"].is_u64(), cached, "{answer:#?}");
        assert_eq!(
            answer.result()["cacheScope"] == "private",
            cached,
            "{answer:#?}"
        );
    }
}
