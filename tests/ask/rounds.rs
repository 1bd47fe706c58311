//! The rounds of a call in the modern revision: input requests, request states, refusals.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mcp_runtime::{Confirm, Context, Principal, Sample, Server, ToolError, tool, tools};
use mcp_testkit::{Reply, TestClient};
use serde_json::{Value, json};

/// Asks two things, one after the other.
#[tool]
async fn book(cx: &Context, room: String) -> Result<String, ToolError> {
    let name: String = cx.elicit("name", "Who?").await?;
    let sure: Confirm = cx.elicit("sure", format!("{name} in {room}?")).await?;
    Ok(format!("{name} {room} {}", sure.yes()))
}

/// Asks three questions concurrently.
#[tool]
async fn survey(cx: &Context) -> Result<String, ToolError> {
    let name = cx.elicit::<String>("name", "Who?");
    let capital = cx.sample(
        "capital",
        Sample::new("The capital of France?").max_tokens(10),
    );
    let (name, capital, roots) = tokio::join!(name, capital, cx.roots());
    Ok(format!("{} {} {}", name?, capital?.text(), roots?.len()))
}

static CHARGED: AtomicU32 = AtomicU32::new(0);

/// Charges, and asks afterwards.
#[tool]
async fn charge(cx: &Context) -> Result<String, ToolError> {
    let receipt: u32 = cx
        .once("charge", async {
            CHARGED.fetch_add(1, Ordering::Relaxed) + 1
        })
        .await;
    let note: String = cx.elicit("note", "What for?").await?;
    Ok(format!("receipt {receipt} for {note}"))
}

/// Asks two different things under one key.
#[tool]
async fn confused(cx: &Context) -> Result<String, ToolError> {
    let _first: String = cx.elicit("name", "Who?").await?;
    Ok(cx.elicit::<String>("name", "And who else?").await?)
}

/// Asks in the middle of what is to happen once.
#[tool]
async fn hasty(cx: &Context) -> Result<String, ToolError> {
    cx.try_once("once", async {
        Ok(cx.elicit::<String>("name", "Who?").await?)
    })
    .await
}

fn server() -> Server {
    Server::new("rooms", "1.0.0").tools(tools![book, survey, charge, confused, hasty])
}

async fn client() -> TestClient {
    TestClient::new(server())
        .await
        .capabilities(json!({"elicitation": {}, "sampling": {}, "roots": {}}))
}

/// Calls `tool` for a round with these responses and this state.
async fn round(
    client: &TestClient,
    tool: &str,
    arguments: Value,
    answers: Value,
    state: Option<&Value>,
) -> Reply {
    let mut params = json!({ "name": tool, "arguments": arguments, "inputResponses": answers });
    if let Some(state) = state {
        params["requestState"] = state.clone();
    }
    client.request("tools/call", params).await
}

fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

fn keys(reply: &Reply) -> Vec<String> {
    assert_eq!(
        reply.result()["resultType"],
        "input_required",
        "{:#}",
        reply.response()
    );
    reply.result()["inputRequests"]
        .as_object()
        .map(|asked| asked.keys().cloned().collect())
        .unwrap_or_default()
}

fn state(reply: &Reply) -> Value {
    assert!(
        reply.result()["requestState"].is_string(),
        "{:#}",
        reply.response()
    );
    reply.result()["requestState"].clone()
}

fn message(reply: &Reply) -> &str {
    reply.response()["error"]["message"]
        .as_str()
        .unwrap_or_default()
}

fn room() -> Value {
    json!({"room": "blue"})
}

#[tokio::test(start_paused = true)]
async fn an_input_request_is_a_result_of_its_own_type() {
    let first = client().await.call("book", room()).await;
    let asked = &first.result()["inputRequests"]["name"];
    assert_eq!(asked["method"], "elicitation/create");
    assert_eq!(asked["params"]["mode"], "form");
    assert_eq!(asked["params"]["message"], "Who?");
    let form = json!({"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]});
    assert_eq!(asked["params"]["requestedSchema"], form);
    assert!(first.result().get("content").is_none());
}

#[tokio::test(start_paused = true)]
async fn later_rounds_have_the_earlier_responses() {
    let client = client().await;
    let first = client.call("book", room()).await;
    assert_eq!(keys(&first), ["name"]);
    let answers = json!({"name": accept(json!({"answer": "Ann"}))});
    let second = round(&client, "book", room(), answers, Some(&state(&first))).await;
    assert_eq!(keys(&second), ["sure"]);
    assert_eq!(
        second.result()["inputRequests"]["sure"]["params"]["message"],
        "Ann in blue?"
    );
    assert_ne!(state(&first), state(&second));
    let answers =
        json!({"sure": accept(json!({"confirm": true})), "name": accept(json!({"answer": "Bob"}))});
    let third = round(&client, "book", room(), answers, Some(&state(&second))).await;
    third.assert_text("Ann blue true");
}

#[tokio::test(start_paused = true)]
async fn concurrent_input_requests_are_one_round() {
    let client = client().await;
    let first = client.call("survey", json!({})).await;
    assert_eq!(keys(&first), ["name", "capital", "client_roots"]);
    let some = json!({"capital": {"role": "assistant", "model": "m", "content": {"type": "text", "text": "Paris"}}});
    let second = round(&client, "survey", json!({}), some, Some(&state(&first))).await;
    assert_eq!(keys(&second), ["name", "client_roots"]);
    let rest = json!({"name": accept(json!({"answer": "Ann"})), "client_roots": {"roots": [{"uri": "file:///a"}]}});
    round(&client, "survey", json!({}), rest, Some(&state(&second)))
        .await
        .assert_text("Ann Paris 1");
}

#[tokio::test(start_paused = true)]
async fn a_first_call_with_all_responses_needs_no_state() {
    let answers = json!({
        "unknown": 5, "name": accept(json!({"answer": "Ann", "more": 1})), "sure": accept(json!({"confirm": false})),
    });
    round(&client().await, "book", room(), answers, None)
        .await
        .assert_text("Ann blue false");
}

#[tokio::test(start_paused = true)]
async fn a_response_under_another_key_is_ignored() {
    let reply = round(
        &client().await,
        "book",
        room(),
        json!({"nmae": accept(json!({"answer": "Ann"}))}),
        None,
    )
    .await;
    assert_eq!(keys(&reply), ["name"]);
}

#[tokio::test(start_paused = true)]
async fn malformed_responses_are_refused() {
    let client = client().await;
    for answers in [Value::Null, json!(5), json!([]), json!("name")] {
        round(&client, "book", room(), answers, None)
            .await
            .assert_rpc_error(-32602);
    }
    for answer in [
        json!(12345),
        json!(null),
        json!([]),
        json!({}),
        json!({"action": "yes"}),
        json!("accept"),
    ] {
        let reply = round(&client, "book", room(), json!({"name": answer}), None).await;
        assert!(
            message(&reply).starts_with("`inputResponses.name`: "),
            "{:#}",
            reply.response()
        );
        reply.assert_rpc_error(-32602);
    }
    for content in [
        json!({}),
        json!({"answer": 5}),
        json!({"answer": null}),
        json!([]),
        json!(1),
        json!(null),
    ] {
        let reply = round(
            &client,
            "book",
            room(),
            json!({"name": accept(content)}),
            None,
        )
        .await;
        reply.assert_rpc_error(-32602);
    }
    for (key, answer) in [
        ("capital", json!({"role": "assistant"})),
        ("client_roots", json!({"roots": 1})),
    ] {
        round(&client, "survey", json!({}), json!({key: answer}), None)
            .await
            .assert_rpc_error(-32602);
    }
}

#[tokio::test(start_paused = true)]
async fn a_forged_state_or_one_of_another_call_is_refused() {
    let client = client().await;
    let ours = state(&client.call("book", room()).await);
    let refused = async |client: &TestClient, arguments: Value, state: Value, says: &str| {
        let answers = json!({"name": accept(json!({"answer": "Ann"}))});
        let reply = round(client, "book", arguments, answers, Some(&state)).await;
        reply.assert_rpc_error(-32602);
        assert!(message(&reply).contains(says), "{}", message(&reply));
        assert!(
            message(&reply).contains("start the call again"),
            "{}",
            message(&reply)
        );
    };
    let tampered = format!("{}-TAMPERED", ours.as_str().unwrap());
    refused(
        &client,
        room(),
        tampered.into(),
        "was not made by this server, or was changed",
    )
    .await;
    refused(&client, room(), "x".into(), "was not made by this server").await;
    refused(
        &client,
        json!({"room": "red"}),
        ours.clone(),
        "another name or other arguments",
    )
    .await;
    round(&client, "charge", json!({}), json!({}), Some(&ours))
        .await
        .assert_rpc_error(-32602);
    round(&client, "book", room(), json!({}), Some(&json!(5)))
        .await
        .assert_rpc_error(-32602);
    let bob = client.clone().principal(Principal::new("bob", [""; 0]));
    refused(&bob, room(), ours.clone(), "was made for another caller").await;
    tokio::time::advance(Duration::from_mins(10)).await;
    refused(&client, room(), ours, "has expired").await;
}

#[tokio::test(start_paused = true)]
async fn a_state_is_valid_for_the_same_arguments_however_they_are_written() {
    let client = client().await;
    let first = state(&client.call("book", room()).await);
    let answers = json!({"name": accept(json!({"answer": "Ann"}))});
    let same = json!({"room": "blue", "nothing": null});
    let reply = round(&client, "book", same, answers, Some(&first)).await;
    reply.assert_ok();
}

#[tokio::test(start_paused = true)]
async fn a_once_block_runs_once() {
    let client = client().await;
    let first = client.call("charge", json!({})).await;
    let second = round(
        &client,
        "charge",
        json!({}),
        json!({}),
        Some(&state(&first)),
    )
    .await;
    assert_eq!(keys(&second), ["note"]);
    let answers = json!({"note": accept(json!({"answer": "tea"}))});
    let third = round(&client, "charge", json!({}), answers, Some(&state(&second))).await;
    third.assert_text("receipt 1 for tea");
    assert_eq!(CHARGED.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_without_capabilities_gets_an_error_with_all_of_them() {
    let client = TestClient::new(server()).await;
    let reply = client.call("book", room()).await;
    reply.assert_rpc_error(-32021);
    assert_eq!(
        reply.response()["error"]["data"]["requiredCapabilities"],
        json!({"elicitation": {}})
    );
    let reply = client.call("survey", json!({})).await;
    let all = json!({"elicitation": {}, "sampling": {}, "roots": {}});
    assert_eq!(
        reply.response()["error"]["data"]["requiredCapabilities"],
        all
    );
    // With a response there is no input request.
    let answers =
        json!({"name": accept(json!({"answer": "Ann"})), "sure": accept(json!({"confirm": true}))});
    round(&client, "book", room(), answers, None)
        .await
        .assert_text("Ann blue true");
    let urls_only = client.capabilities(json!({"elicitation": {"url": {}}}));
    urls_only
        .call("book", room())
        .await
        .assert_rpc_error(-32021);
}

#[mcp_testkit::test(eras = "all", server = server())]
async fn asking_in_a_way_that_cannot_work_says_so(client: TestClient) {
    if client.version() <= mcp_runtime::Version::V2025_03_26 {
        return;
    }
    let client = client.on_elicit(|_| json!({"answer": "Ann"}));
    client
        .call("confused", json!({}))
        .await
        .assert_error("two different input requests have the key `name`");
    client
        .call("hasty", json!({}))
        .await
        .assert_error("`name` is requested inside a `once` block");
}

#[tokio::test(start_paused = true)]
async fn rounds_are_counted_as_a_separate_outcome() {
    let client = client().await;
    client.call("book", room()).await.result();
    client.call("book", room()).await.result();
    let series = r#"mcp_tool_invocations_total{tool="book",outcome="input_required"}"#;
    assert_eq!(client.metric(series).await, 2.0);
}

#[tokio::test(start_paused = true)]
async fn instances_with_the_same_keys_share_their_calls() {
    let (first, second) = (vec![1; 32], vec![2; 32]);
    let instance = async |keys: &[&Vec<u8>]| {
        let client = TestClient::new(server().state_keys(keys.iter().copied().cloned())).await;
        client.capabilities(json!({"elicitation": {}}))
    };
    let (old, new, other) = (
        instance(&[&first]).await,
        instance(&[&second, &first]).await,
        client().await,
    );
    let answers = || json!({"name": accept(json!({"answer": "Ann"})), "sure": accept(json!({"confirm": true}))});
    let before = state(&old.call("book", room()).await);
    round(&new, "book", room(), answers(), Some(&before))
        .await
        .assert_text("Ann blue true");
    round(&other, "book", room(), answers(), Some(&before))
        .await
        .assert_rpc_error(-32602);
    let after = state(&new.call("book", room()).await);
    round(&old, "book", room(), answers(), Some(&after))
        .await
        .assert_rpc_error(-32602);
    let short = server()
        .state_keys([vec![1; 32], vec![7; 31]])
        .check()
        .unwrap_err()
        .to_string();
    assert!(
        short.contains("secret 2 has 31 bytes; each needs at least 32"),
        "{short}"
    );
}
