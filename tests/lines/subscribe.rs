//! Subscriptions to resources over lines.

use mcp_testkit::{TestClient, era};
use serde_json::json;

use super::{SUBSCRIPTION, initialize, modern};
use crate::support::shelf::server;

#[tokio::test(start_paused = true)]
async fn a_legacy_process_is_notified_of_its_subscriptions() {
    for version in era::LEGACY {
        let client = TestClient::with_version(server(), version).await;
        client
            .call("touch", json!({ "uri": "shelf://books" }))
            .await
            .assert_ok();
        assert_eq!(
            *client
                .request("resources/subscribe", json!({ "uri": "shelf://books" }))
                .await
                .result(),
            json!({})
        );
        let mut lines = client.lines();
        let call = client.start("touch", json!({ "uri": "shelf://books" }));
        let told = [lines.next().await.unwrap(), lines.next().await.unwrap()];
        let params = json!({ "uri": "shelf://books" });
        let news = json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": params });
        assert!(told.contains(&news), "{told:#?}");
        assert!(
            told.iter().any(|line| &line["id"] == call.id()),
            "{told:#?}"
        );

        let unsubscribed = client.send("resources/unsubscribe", json!({ "uri": "shelf://books" }));
        assert_eq!(&lines.next().await.unwrap()["id"], unsubscribed.id());
        for _ in 0..2 {
            let call = client.start("touch", json!({ "uri": "shelf://books" }));
            assert_eq!(&lines.next().await.unwrap()["id"], call.id());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_handshake_begins_without_subscriptions() {
    for version in era::LEGACY {
        let client = TestClient::with_version(server(), version).await;
        let books = json!({ "uri": "shelf://books" });
        client
            .request("resources/subscribe", books.clone())
            .await
            .assert_ok();
        let mut lines = client.lines();
        lines.send(initialize(version.as_str()));
        assert_eq!(lines.next().await.unwrap()["id"], "init");
        for _ in 0..2 {
            let call = client.start("touch", books.clone());
            assert_eq!(&lines.next().await.unwrap()["id"], call.id());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_modern_one_listens() {
    let client = TestClient::raw(server(), era::MODERN);
    let mut lines = client.lines();
    let wanted = json!({ "resourceSubscriptions": ["shelf://books"] });
    lines.send(modern(
        json!(7),
        "subscriptions/listen",
        json!({ "notifications": wanted }),
    ));
    assert_eq!(
        lines.next().await.unwrap()["params"]["notifications"],
        wanted
    );
    lines.send(modern(
        json!("t"),
        "tools/call",
        json!({ "name": "touch", "arguments": { "uri": "shelf://books/9" } }),
    ));
    let told = [lines.next().await.unwrap(), lines.next().await.unwrap()];
    let params = json!({ "uri": "shelf://books/9", "_meta": { SUBSCRIPTION: 7 } });
    let news =
        json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": params });
    assert!(told.contains(&news), "{told:#?}");
}
