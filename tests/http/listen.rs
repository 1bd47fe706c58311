//! `subscriptions/listen`: an acknowledgement first, then only the requested changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mcp_runtime::{Server, State, tool, tools};
use serde_json::{Value, json};

use super::client::{Call, Client, SUBSCRIPTION};
use crate::support::tools::server;

fn listen(notifications: Value) -> Call {
    Call::modern(
        "subscriptions/listen",
        json!({ "notifications": notifications }),
    )
}

async fn change(client: &Client) {
    client
        .send(Call::tool("change", json!({})))
        .await
        .assert_text("changed");
}

fn acknowledged(id: &Value, notifications: &Value) -> Value {
    let params = json!({ "_meta": { SUBSCRIPTION: id }, "notifications": notifications });
    json!({ "jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": params })
}

fn changed(id: &Value) -> Value {
    let params = json!({ "_meta": { SUBSCRIPTION: id } });
    json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed", "params": params })
}

#[tokio::test(start_paused = true)]
async fn the_acknowledgement_comes_first_then_the_changes() {
    let client = Client::new(server());
    let mut stream = client
        .open(listen(json!({ "toolsListChanged": true })))
        .await
        .stream();
    change(&client).await;
    assert_eq!(
        stream.next().await,
        Some(acknowledged(
            &json!(1),
            &json!({ "toolsListChanged": true })
        ))
    );
    assert_eq!(stream.next().await, Some(changed(&json!(1))));
    change(&client).await;
    assert_eq!(stream.next().await, Some(changed(&json!(1))));
}

#[tokio::test(start_paused = true)]
async fn the_id_keeps_its_type() {
    let client = Client::new(server());
    for id in [json!(7), json!("7"), json!("a b")] {
        let mut stream = client
            .open(listen(json!({ "toolsListChanged": true })).id(id.clone()))
            .await
            .stream();
        assert_eq!(
            stream.next().await,
            Some(acknowledged(&id, &json!({ "toolsListChanged": true })))
        );
        change(&client).await;
        assert_eq!(stream.next().await, Some(changed(&id)));
    }
}

#[tokio::test(start_paused = true)]
async fn lists_that_the_server_does_not_have_are_not_acknowledged() {
    let client = Client::new(server());
    let wanted = json!({
        "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true,
        "resourceSubscriptions": ["file:///a"], "unheardOf": true,
    });
    let mut stream = client.open(listen(wanted)).await.stream();
    assert_eq!(
        stream.next().await,
        Some(acknowledged(
            &json!(1),
            &json!({ "toolsListChanged": true })
        ))
    );
}

#[tokio::test(start_paused = true)]
async fn changes_outside_of_the_filter_are_not_sent() {
    let client = Client::new(server());
    for wanted in [
        json!({}),
        json!({ "toolsListChanged": false }),
        json!({ "promptsListChanged": true }),
    ] {
        let mut stream = client.open(listen(wanted)).await.stream();
        assert_eq!(
            stream.next().await,
            Some(acknowledged(&json!(1), &json!({})))
        );
        change(&client).await;
        let frame = stream.frame().await.unwrap();
        assert!(frame.starts_with(':'), "only a heartbeat comes: {frame:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_subscriptions_are_distinguished() {
    let client = Client::new(server());
    let wanted = json!({ "toolsListChanged": true });
    let mut one = client
        .open(listen(wanted.clone()).id(json!("one")))
        .await
        .stream();
    let mut other = client
        .open(listen(wanted).id(json!("other")))
        .await
        .stream();
    for stream in [&mut one, &mut other] {
        assert_eq!(
            stream.next().await.unwrap()["method"],
            "notifications/subscriptions/acknowledged"
        );
    }
    change(&client).await;
    assert_eq!(one.next().await, Some(changed(&json!("one"))));
    assert_eq!(other.next().await, Some(changed(&json!("other"))));
    drop(one);
    change(&client).await;
    assert_eq!(other.next().await, Some(changed(&json!("other"))));
}

#[tokio::test(start_paused = true)]
async fn unread_changes_coalesce() {
    let client = Client::new(server());
    let mut stream = client
        .open(listen(json!({ "toolsListChanged": true })))
        .await
        .stream();
    for _ in 0..100 {
        change(&client).await;
    }
    stream.next().await;
    assert_eq!(stream.next().await, Some(changed(&json!(1))));
    assert!(stream.frame().await.unwrap().starts_with(':'));
}

#[tokio::test(start_paused = true)]
async fn messages_of_other_requests_are_not_on_the_stream() {
    let client = Client::new(server());
    let mut stream = client
        .open(listen(json!({ "toolsListChanged": true })).progress_token(json!("t")))
        .await
        .stream();
    stream.next().await;
    client
        .open(Call::tool("work", json!({})).progress_token(json!("t")))
        .await
        .stream()
        .rest()
        .await;
    assert!(stream.frame().await.unwrap().starts_with(':'));
}

/// Says when nothing holds on to its server any more.
#[derive(State)]
struct Held {
    gone: Arc<AtomicBool>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::SeqCst);
    }
}

/// Holds on to its server.
#[tool]
async fn keep(held: &Held) {
    let _ = held;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_disconnects_leaves_nothing_behind() {
    let gone = Arc::new(AtomicBool::new(false));
    let client = Client::new(
        Server::new("held", "1.0.0")
            .state(Held {
                gone: Arc::clone(&gone),
            })
            .tools(tools![keep]),
    );
    let mut stream = client
        .open(listen(json!({ "toolsListChanged": true })))
        .await
        .stream();
    stream.next().await.unwrap();
    drop(client);
    assert!(!gone.load(Ordering::SeqCst), "the stream is open");
    drop(stream);
    tokio::task::yield_now().await;
    assert!(gone.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn the_filter_of_a_subscription_is_required() {
    let client = Client::new(server());
    for params in [
        json!({}),
        json!({ "notifications": true }),
        json!({ "notifications": ["toolsListChanged"] }),
    ] {
        let answer = client
            .send(Call::modern("subscriptions/listen", params))
            .await;
        assert!(answer.assert_error(200, -32602).contains("notifications"));
    }
}
