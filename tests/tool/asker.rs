//! The client of a call: its name, its metadata, its session and its deadline.

use std::time::Duration;

use mcp_runtime::{Capability, Confirm, Context, Server, ToolError, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::json;
use tokio::time::{Instant, sleep};

/// Describes the client.
#[tool(task = "optional")]
async fn whoami(cx: &Context) -> String {
    let client = cx.client();
    format!(
        "{:?} {:?} {:?} {}",
        client.name(),
        client.title(),
        client.version(),
        client.capabilities().has(Capability::Roots)
    )
}

/// Returns a member of `_meta`.
#[tool(task = "optional")]
async fn meta(cx: &Context, key: String) -> String {
    cx.meta(&key).map_or("none".to_owned(), |it| it.to_string())
}

/// Returns the id of the session.
#[tool]
async fn session(cx: &Context) -> String {
    cx.session_id().unwrap_or("none").to_owned()
}

/// Returns the milliseconds that are left, after a second.
#[tool(timeout = "3s", read_only)]
async fn left(cx: &Context) -> Result<u128, &'static str> {
    sleep(Duration::from_secs(1)).await;
    let end = cx.deadline().ok_or("no deadline")?;
    Ok(end.duration_since(Instant::now()).as_millis())
}

/// Has no deadline.
#[tool]
async fn endless(cx: &Context) -> bool {
    cx.deadline().is_none()
}

/// Asks for an hour, and returns the milliseconds that are left.
#[tool(timeout = "3s")]
async fn asks(cx: &Context) -> Result<u128, ToolError> {
    let _sure: Confirm = cx.elicit("sure", "Sure?").await?;
    let end = cx.deadline().ok_or_else(|| ToolError::new("no deadline"))?;
    Ok(end.duration_since(Instant::now()).as_millis())
}

fn server() -> Server {
    Server::new("asker", "1.0.0").tools(tools![whoami, meta, session, left, endless, asks])
}

#[tokio::test(start_paused = true)]
async fn a_client_is_known_by_name_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let own = format!(
            "Some(\"mcp-testkit\") None Some({:?}) false",
            env!("CARGO_PKG_VERSION")
        );
        client.call("whoami", json!({})).await.assert_text(&own);
        let info = json!({ "name": "inspector", "title": "The Inspector", "version": "2.1" });
        let client = client
            .client_info(info)
            .capabilities(json!({ "roots": {} }));
        let told = "Some(\"inspector\") Some(\"The Inspector\") Some(\"2.1\") true";
        client.call("whoami", json!({})).await.assert_text(told);
    }
}

#[tokio::test(start_paused = true)]
async fn client_info_may_be_absent_or_malformed_and_long_texts_are_cut() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        for info in [json!(null), json!("x"), json!([]), json!({ "name": 7 })] {
            let client = client.clone().client_info(info);
            let told = "None None None false";
            client.call("whoami", json!({})).await.assert_text(told);
        }
        let client = client.client_info(json!({ "name": "x\n".repeat(10_000) }));
        let told = format!("Some({:?}) None None false", "x".repeat(128));
        client.call("whoami", json!({})).await.assert_text(&told);
    }
}

#[tokio::test(start_paused = true)]
async fn the_meta_of_a_request_is_readable_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let told = |key| {
            let meta = json!({ "com.example/trace": { "id": [1, "é\n"] } });
            let arguments = json!({ "key": key });
            let params = json!({ "name": "meta", "arguments": arguments, "_meta": meta });
            client.request("tools/call", params)
        };
        told("com.example/trace")
            .await
            .assert_text(r#"{"id":[1,"é\n"]}"#);
        told("com.example/other").await.assert_text("none");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_knows_its_client_and_the_meta_of_its_request() {
    let client = TestClient::new(server()).await.tasks();
    let client = client.client_info(json!({ "name": "worker" }));
    let told = r#"Some("worker") None None false"#;
    client.call("whoami", json!({})).await.assert_text(told);
    let params = json!({
        "name": "meta", "arguments": { "key": "k\"e" }, "_meta": { "k\"e": "v", "l": 1 }
    });
    let task = client.send("tools/call", params).task().await;
    let ended = task.ended().await;
    assert_eq!(ended["result"]["content"][0]["text"], "\"v\"");
}

#[tokio::test(start_paused = true)]
async fn a_session_has_an_id_and_the_modern_revision_none() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let reply = client.call("session", json!({})).await;
        let id = reply.text().clone();
        if version.is_legacy() {
            assert_eq!(id.len(), 32, "{id}");
            client.call("session", json!({})).await.assert_text(&id);
            let other = TestClient::with_version(server(), version).await;
            let other = other.call("session", json!({})).await;
            assert_ne!(other.text(), id);
        } else {
            assert_eq!(id, "none");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_knows_its_deadline_and_a_user_s_time_does_not_count() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let left = client.call("left", json!({})).await;
        let left: u64 = left.text().parse().unwrap();
        assert!((1_900..=2_000).contains(&left), "{left}");
        client.call("endless", json!({})).await.assert_text("true");
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_moves_while_waiting_for_the_client() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        if !client.version().is_legacy() || version.as_str() >= "2025-06-18" {
            let client = client.on_elicit(|_| json!({ "confirm": true }));
            let left = client.call("asks", json!({})).await;
            let left: u64 = left.text().parse().unwrap();
            assert!(left > 2_900, "{left}");
        }
    }
}
