//! Subscriptions to resources: `resources/subscribe` in sessions, `resourceSubscriptions` of a listen request.

use mcp_runtime::Server;
use mcp_runtime::axum::{Extension, Router};
use serde_json::{Value, json};

use super::client::{Call, Client, SUBSCRIPTION};
use super::reply::Events;
use crate::support::shelf::server;
use crate::support::tools;

const LEGACY: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];

fn subscribe(session: &str, uri: &str) -> Call {
    Call::legacy(session, "resources/subscribe", json!({ "uri": uri }))
}

fn unsubscribe(session: &str, uri: &str) -> Call {
    Call::legacy(session, "resources/unsubscribe", json!({ "uri": uri }))
}

fn listen(notifications: Value) -> Call {
    Call::modern(
        "subscriptions/listen",
        json!({ "notifications": notifications }),
    )
}

async fn touch(client: &Client, uri: &str) {
    let answer = client
        .send(Call::tool("touch", json!({ "uri": uri })))
        .await;
    assert_eq!(answer.result()["isError"], Value::Null, "{answer:?}");
}

fn updated(uri: &str) -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": { "uri": uri } })
}

async fn session(client: &Client, version: &str) -> (String, Events) {
    let session = client.initialize(version).await;
    let stream = client.open(Call::stream(&session)).await.stream();
    (session, stream)
}

#[tokio::test(start_paused = true)]
async fn a_session_is_notified_of_its_subscriptions_on_its_own_stream() {
    let client = Client::new(server());
    for version in LEGACY {
        let (session, mut stream) = session(&client, version).await;
        let answer = client.send(subscribe(&session, "shelf://books")).await;
        assert_eq!(
            answer.message,
            json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
            "{version}"
        );
        for uri in [
            "shelf://other",
            "shelf://booksellers",
            "shelf://books",
            "shelf://books/1",
            "shelf://books",
        ] {
            touch(&client, uri).await;
        }
        assert_eq!(stream.next().await, Some(updated("shelf://books")));
        assert_eq!(stream.next().await, Some(updated("shelf://books/1")));

        let answer = client.send(unsubscribe(&session, "shelf://books")).await;
        assert_eq!(
            answer.message,
            json!({ "jsonrpc": "2.0", "id": 1, "result": {} })
        );
        touch(&client, "shelf://books").await;
        client.open(Call::delete(&session)).await;
        assert_eq!(stream.rest().await, Vec::<Value>::new());
    }
}

#[tokio::test(start_paused = true)]
async fn changes_without_a_reader_are_sent_later_and_once() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    client
        .send(subscribe(&session, "shelf://books"))
        .await
        .result();
    for _ in 0..100 {
        touch(&client, "shelf://books").await;
    }
    let mut stream = client.open(Call::stream(&session)).await.stream();
    assert_eq!(stream.next().await, Some(updated("shelf://books")));
    client.open(Call::delete(&session)).await;
    assert_eq!(stream.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn subscriptions_of_sessions_are_independent() {
    let client = Client::new(server());
    let ((one, mut told), (_, mut other)) = (
        session(&client, "2025-11-25").await,
        session(&client, "2025-11-25").await,
    );
    client.send(subscribe(&one, "shelf://books")).await.result();
    touch(&client, "shelf://books").await;
    assert_eq!(told.next().await, Some(updated("shelf://books")));
    assert!(other.event().await.unwrap().message.is_null());
    assert!(
        other.frame().await.unwrap().starts_with(':'),
        "only a heartbeat comes"
    );
}

#[tokio::test(start_paused = true)]
async fn the_target_of_a_subscription_must_be_a_uri() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    for params in [
        json!({}),
        json!({ "uri": 1 }),
        json!({ "uri": "" }),
        json!({ "uri": "not a uri" }),
    ] {
        let call = Call::legacy(&session, "resources/subscribe", params);
        assert!(
            client
                .send(call)
                .await
                .assert_error(200, -32602)
                .contains("uri")
        );
    }
    client
        .send(Call::legacy(&session, "resources/unsubscribe", json!({})))
        .await
        .assert_error(200, -32602);
    client
        .send(unsubscribe(&session, "shelf://never"))
        .await
        .result();
}

#[tokio::test(start_paused = true)]
async fn a_session_subscribes_to_a_thousand_resources_at_most() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    for number in 0..1000 {
        client
            .send(subscribe(&session, &format!("shelf://{number}")))
            .await
            .result();
    }
    assert!(
        client
            .send(subscribe(&session, "shelf://more"))
            .await
            .assert_error(200, -32602)
            .contains("1000")
    );
    client.send(subscribe(&session, "shelf://7")).await.result();
    client
        .send(unsubscribe(&session, "shelf://7"))
        .await
        .result();
    client
        .send(subscribe(&session, "shelf://more"))
        .await
        .result();
}

#[tokio::test(start_paused = true)]
async fn a_server_without_resources_has_no_subscriptions() {
    let client = Client::new(tools::server());
    let session = client.initialize("2025-11-25").await;
    client
        .send(subscribe(&session, "shelf://books"))
        .await
        .assert_error(200, -32601);
    client
        .send(unsubscribe(&session, "shelf://books"))
        .await
        .assert_error(200, -32601);
}

#[tokio::test(start_paused = true)]
async fn the_current_revision_has_listen_instead() {
    let client = Client::new(server());
    for method in ["resources/subscribe", "resources/unsubscribe"] {
        client
            .send(Call::modern(method, json!({ "uri": "shelf://books" })))
            .await
            .assert_error(404, -32601);
    }
    let mut stream = client
        .open(listen(
            json!({ "resourceSubscriptions": ["shelf://books", "shelf://x"] }),
        ))
        .await
        .stream();
    let granted = &stream.next().await.unwrap()["params"]["notifications"];
    assert_eq!(
        granted,
        &json!({ "resourceSubscriptions": ["shelf://books", "shelf://x"] })
    );
    for uri in [
        "shelf://other",
        "shelf://books",
        "shelf://books/2",
        "shelf://books",
    ] {
        touch(&client, uri).await;
    }
    for uri in ["shelf://books", "shelf://books/2"] {
        let params = json!({ "uri": uri, "_meta": { SUBSCRIPTION: 1 } });
        let told = json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": params });
        assert_eq!(stream.next().await, Some(told));
    }
    assert!(
        stream.frame().await.unwrap().starts_with(':'),
        "only a heartbeat comes"
    );
}

#[tokio::test(start_paused = true)]
async fn the_targets_of_listen_must_be_uris_up_to_a_maximum() {
    let client = Client::new(server());
    let many: Vec<String> = (0..1001)
        .map(|number| format!("shelf://{number}"))
        .collect();
    for wanted in [
        json!(true),
        json!("shelf://books"),
        json!([1]),
        json!(["not a uri"]),
        json!(many),
    ] {
        client
            .send(listen(json!({ "resourceSubscriptions": wanted })))
            .await
            .assert_error(200, -32602);
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_may_not_read_a_resource_is_not_notified_of_it() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    client
        .send(subscribe(&session, "shelf://jewels"))
        .await
        .assert_error(403, -32600);
    let wanted = json!({ "resourceSubscriptions": ["shelf://jewels", "shelf://books"] });
    let mut stream = client.open(listen(wanted.clone())).await.stream();
    let granted = &stream.next().await.unwrap()["params"]["notifications"];
    assert_eq!(
        granted,
        &json!({ "resourceSubscriptions": ["shelf://books"] })
    );

    let owner = mcp_runtime::Principal::new("owner", ["owner"]);
    let router: Router = server().into_router().layer(Extension(owner));
    let client = Client::from(router);
    let session = client.initialize("2025-11-25").await;
    client
        .send(subscribe(&session, "shelf://jewels"))
        .await
        .result();
    let mut stream = client.open(listen(wanted.clone())).await.stream();
    assert_eq!(
        stream.next().await.unwrap()["params"]["notifications"],
        wanted
    );
}

#[tokio::test(start_paused = true)]
async fn every_list_of_the_server_is_declared_as_changing() {
    let client = Client::new(server());
    let (_, mut stream) = session(&client, "2025-11-25").await;
    let wanted = json!({ "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true });
    let mut listening = client.open(listen(wanted)).await.stream();
    let granted = &listening.next().await.unwrap()["params"]["notifications"];
    assert_eq!(
        granted,
        &json!({ "toolsListChanged": true, "resourcesListChanged": true })
    );
    client
        .send(Call::tool("rearrange", json!({})))
        .await
        .result();
    for method in [
        "notifications/tools/list_changed",
        "notifications/resources/list_changed",
    ] {
        assert_eq!(
            stream.next().await,
            Some(json!({ "jsonrpc": "2.0", "method": method }))
        );
        let params = json!({ "_meta": { SUBSCRIPTION: 1 } });
        assert_eq!(
            listening.next().await,
            Some(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_notifier_works_outside_of_a_call_and_for_a_mounted_server() {
    let part = server();
    let (own, whole) = (part.notifier(), Server::new("whole", "1.0.0"));
    let notifier = whole.notifier();
    let client = Client::new(whole.mount("part", part));
    let (session, mut stream) = session(&client, "2025-11-25").await;
    client
        .send(subscribe(&session, "shelf://books"))
        .await
        .result();
    for notifier in [own, notifier.clone()] {
        notifier.resource_updated("shelf://books");
        assert_eq!(stream.next().await, Some(updated("shelf://books")));
        notifier.resources_changed();
        assert_eq!(
            stream.next().await.unwrap()["method"],
            "notifications/resources/list_changed"
        );
        notifier.tools_changed();
        assert_eq!(
            stream.next().await.unwrap()["method"],
            "notifications/tools/list_changed"
        );
        notifier.prompts_changed();
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_shuts_down_sends_pending_changes_before_it_ends_the_streams() {
    for version in LEGACY {
        let server = server();
        let shutdown = server.shutdown_handle();
        let client = Client::new(server);
        let (session, own) = session(&client, version).await;
        client.send(subscribe(&session, "shelf://books")).await;
        let wanted = json!({ "resourceSubscriptions": ["shelf://books"] });
        let mut listening = client.open(listen(wanted)).await.stream();
        listening.next().await;
        for uri in ["shelf://books", "shelf://books/1", "shelf://books"] {
            touch(&client, uri).await;
        }
        shutdown.shutdown().await;
        assert_eq!(
            own.rest().await,
            ["shelf://books", "shelf://books/1"].map(updated),
            "{version}"
        );
        let told = listening.rest().await;
        let uris: Vec<_> = told.iter().map(|it| it["params"]["uri"].as_str()).collect();
        assert_eq!(
            uris,
            [Some("shelf://books"), Some("shelf://books/1"), None],
            "{told:?}"
        );
        assert_eq!(told[2]["result"]["resultType"], "complete", "{told:?}");
    }
}
