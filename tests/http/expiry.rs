//! The streams of a caller whose token expires: they end, and there are no further notifications.

use std::time::{Duration, SystemTime};

use mcp_runtime::Principal;
use mcp_runtime::axum::{Extension, Router};
use serde_json::json;
use tokio::time::{advance, timeout};

use super::client::{Call, Client, SUBSCRIPTION};
use crate::support::tools::server;

const HOUR: Duration = Duration::from_hours(1);

fn listen() -> Call {
    let wanted = json!({ "notifications": { "toolsListChanged": true } });
    Call::modern("subscriptions/listen", wanted)
}

/// Two callers of one server.
fn clients(one: Principal, other: Principal) -> (Client, Client) {
    let router: Router = server().into_router();
    let of = |who: Principal| Client::from(router.clone().layer(Extension(who)));
    (of(one), of(other))
}

fn ann() -> Principal {
    Principal::new("ann", [""; 0])
}

#[tokio::test(start_paused = true)]
async fn a_subscription_ends_with_its_result_when_the_token_expires() {
    let (client, _) = clients(ann().with_expiry(SystemTime::now() + HOUR), ann());
    let mut stream = client.open(listen()).await.stream();
    assert!(stream.next().await.is_some(), "the acknowledgement");
    advance(Duration::from_mins(59)).await;
    let change = Call::tool("change", json!({}));
    client.send(change).await.assert_text("changed");
    let told = stream.next().await.unwrap();
    assert_eq!(told["method"], "notifications/tools/list_changed");
    advance(Duration::from_secs(61)).await;
    let last = stream.next().await.unwrap();
    assert_eq!(last["result"]["_meta"][SUBSCRIPTION], 1, "{last:#}");
    assert_eq!(stream.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_a_session_ends_when_the_token_expires() {
    let (client, renewed) = clients(ann().with_expiry(SystemTime::now() + HOUR), ann());
    let session = client.initialize("2025-11-25").await;
    let stream = client.open(Call::stream(&session)).await.stream();
    advance(HOUR + Duration::from_secs(1)).await;
    let rest = timeout(Duration::from_mins(1), stream.rest()).await;
    assert_eq!(rest.unwrap(), Vec::<serde_json::Value>::new());
    // A client with a new token opens another stream.
    let again = renewed.open(Call::stream(&session)).await;
    assert_eq!(again.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_an_expiry_ends_after_a_day() {
    let (client, _) = clients(ann(), ann());
    let mut stream = client.open(listen()).await.stream();
    assert!(stream.next().await.is_some(), "the acknowledgement");
    advance(23 * HOUR).await;
    assert!(timeout(HOUR / 2, stream.next()).await.is_err());
    let last = timeout(HOUR, stream.next()).await.unwrap().unwrap();
    assert!(last.get("result").is_some(), "{last:#}");
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_opens_a_stream_that_ends_immediately() {
    let (client, _) = clients(ann().with_expiry(SystemTime::UNIX_EPOCH), ann());
    let messages = client.open(listen()).await.stream().rest().await;
    assert_eq!(messages.len(), 2, "{messages:#?}");
}
