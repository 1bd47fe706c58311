//! Streams of sessions that a client loses, closes and resumes.

use std::time::Duration;

use mcp_runtime::{Context, Server, tool, tools};
use serde_json::{Value, json};

use super::client::{Call, Client};
use super::reply::{Event, Events};
use crate::support::tools::{server, watched};

const LEGACY: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// Reports so often, and lets others run now and then.
#[tool]
async fn count(to: u32, cx: &Context) -> &'static str {
    for done in 1..=to {
        cx.progress(f64::from(done), None, "");
        tokio::task::yield_now().await;
    }
    "counted"
}

/// Lets its client go, and reports afterwards.
#[tool]
async fn patient(cx: &Context) -> &'static str {
    cx.close_stream();
    tokio::time::sleep(Duration::from_secs(10)).await;
    cx.progress(1.0, None, "still here");
    "done at last"
}

/// Reports three times, with this many bytes each.
#[tool]
async fn verbose(bytes: usize, cx: &Context) -> &'static str {
    for done in 1..=3 {
        cx.progress(f64::from(done), None, "x".repeat(bytes));
        tokio::task::yield_now().await;
    }
    "reported"
}

fn own() -> Client {
    Client::new(Server::new("streams", "1.0.0").tools(tools![count, patient, verbose]))
}

fn tool(session: &str, name: &str, arguments: Value) -> Call {
    Call::legacy(
        session,
        "tools/call",
        json!({ "name": name, "arguments": arguments }),
    )
    .progress_token(json!("t"))
}

fn hold(session: &str) -> Call {
    tool(session, "hold", json!({}))
}

fn text(message: &Value) -> &str {
    message["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("no result: {message}"))
}

fn is_progress(event: &Event) -> bool {
    event.message["method"] == "notifications/progress"
}

async fn resumed(client: &Client, session: &str, event: &str) -> Events {
    client.open(Call::resume(session, event)).await.stream()
}

#[tokio::test(start_paused = true)]
async fn the_first_event_has_an_id_to_resume_with_where_clients_support_it() {
    let client = Client::new(server());
    for version in LEGACY {
        let session = client.initialize(version).await;
        let streams = [tool(&session, "work", json!({})), Call::stream(&session)];
        for call in streams {
            let is_call = call.text().contains("work");
            let mut stream = client.open(call).await.stream();
            if version == "2025-11-25" {
                let first = stream.event().await.unwrap();
                assert_eq!(
                    (&first.message, first.retry.as_deref()),
                    (&Value::Null, Some("1000"))
                );
                assert!(first.id().bytes().all(|byte| (0x21..=0x7e).contains(&byte)));
            }
            if is_call {
                let mut ids = Vec::new();
                while let Some(event) = stream.event().await {
                    assert!(
                        event.message.is_object() && event.retry.is_none(),
                        "{version}: {event:?}"
                    );
                    ids.push(event.id().to_owned());
                }
                assert_eq!(ids.len(), 4);
                ids.dedup();
                assert_eq!(ids.len(), 4);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_lost_the_connection_of_a_call_resumes_it() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    for version in LEGACY {
        let session = client.initialize(version).await;
        let mut stream = client.open(hold(&session)).await.stream();
        let mut event = stream.event().await.unwrap();
        if version == "2025-11-25" {
            event = stream.event().await.unwrap();
        }
        assert!(is_progress(&event));
        drop(stream);
        assert_eq!(watch.next().await, "begun");

        let mut stream = resumed(&client, &session, event.id()).await;
        watch.release();
        let answer = stream.event().await.unwrap();
        assert_eq!(
            (text(&answer.message), &answer.message["id"]),
            ("released", &json!(1)),
            "{version}"
        );
        assert!(stream.event().await.is_none(), "the answer is the last");
        assert_eq!(watch.next().await, "finished");
    }
}

#[tokio::test(start_paused = true)]
async fn delivered_events_are_replayed_from_any_position() {
    let client = own();
    let session = client.initialize("2025-11-25").await;
    let mut stream = client
        .open(tool(&session, "count", json!({ "to": 3 })))
        .await
        .stream();
    let mut events = Vec::new();
    while let Some(event) = stream.event().await {
        events.push(event);
    }
    assert_eq!(events.len(), 5, "{events:?}");
    for (place, event) in events.iter().enumerate() {
        let messages = resumed(&client, &session, event.id()).await.rest().await;
        let expected: Vec<Value> = events[place + 1..]
            .iter()
            .map(|event| event.message.clone())
            .collect();
        assert_eq!(messages, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_stream_of_the_event_is_replayed() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-11-25").await;
    let mut general = client.open(Call::stream(&session)).await.stream();
    let mut one = client.open(hold(&session).id(json!("one"))).await.stream();
    let mut other = client
        .open(hold(&session).id(json!("other")))
        .await
        .stream();
    let first = [
        general.event().await,
        one.event().await,
        other.event().await,
    ]
    .map(Option::unwrap);
    assert!(first.iter().all(|event| event.message.is_null()));
    client
        .send(Call::legacy(
            &session,
            "tools/call",
            json!({ "name": "change" }),
        ))
        .await
        .assert_text("changed");
    assert_eq!(
        general.event().await.unwrap().message["method"],
        "notifications/tools/list_changed"
    );
    drop((general, one, other));
    assert_eq!((watch.next().await, watch.next().await), ("begun", "begun"));
    watch.release();
    watch.release();

    for (event, id) in [(&first[1], "one"), (&first[2], "other")] {
        let messages = resumed(&client, &session, event.id()).await.rest().await;
        assert_eq!(messages.len(), 2, "{messages:#?}");
        assert_eq!(
            (&messages[0]["method"], &messages[1]["id"]),
            (&json!("notifications/progress"), &json!(id))
        );
    }
    let mut general = resumed(&client, &session, first[0].id()).await;
    assert_eq!(
        general.event().await.unwrap().message["method"],
        "notifications/tools/list_changed"
    );
    assert_eq!(client.open(Call::delete(&session)).await.status, 204);
    assert_eq!(general.rest().await, Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn the_stream_of_the_session_continues_after_it_was_resumed() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    let change = || Call::legacy(&session, "tools/call", json!({ "name": "change" }));
    let first = client
        .open(Call::stream(&session))
        .await
        .stream()
        .event()
        .await
        .unwrap();
    client.send(change()).await.assert_text("changed");
    let mut stream = resumed(&client, &session, first.id()).await;
    let told = stream.event().await.unwrap();
    assert_eq!(told.message["method"], "notifications/tools/list_changed");
    client.send(change()).await.assert_text("changed");
    let again = stream.event().await.unwrap();
    assert_eq!(again.message, told.message);
    assert_ne!(again.id(), told.id());
}

#[tokio::test(start_paused = true)]
async fn a_new_reader_of_a_stream_replaces_the_previous_one() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-11-25").await;
    let mut before = client.open(Call::stream(&session)).await.stream();
    before.event().await.unwrap();
    let mut after = client.open(Call::stream(&session)).await.stream();
    assert!(before.event().await.is_none());
    client
        .send(Call::legacy(
            &session,
            "tools/call",
            json!({ "name": "change" }),
        ))
        .await
        .assert_text("changed");
    assert_eq!(
        after.next().await.unwrap()["method"],
        "notifications/tools/list_changed"
    );

    let mut before = client.open(hold(&session)).await.stream();
    let first = before.event().await.unwrap();
    assert_eq!(watch.next().await, "begun");
    let mut after = resumed(&client, &session, first.id()).await;
    assert!(before.event().await.is_none());
    watch.release();
    assert!(is_progress(&after.event().await.unwrap()));
    assert_eq!(text(&after.event().await.unwrap().message), "released");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_event_is_refused() {
    let client = own();
    let (session, other) = (
        client.initialize("2025-11-25").await,
        client.initialize("2025-11-25").await,
    );
    let mut stream = client
        .open(tool(&session, "count", json!({ "to": 1 })))
        .await
        .stream();
    let first = stream.event().await.unwrap().id().to_owned();
    for event in [
        "",
        "x",
        "1",
        "1.",
        "1.9",
        "0.1",
        "2.0",
        "1.-1",
        "1.18446744073709551615",
        "99999999999999999999.1",
    ] {
        let refused = client.send(Call::resume(&session, event)).await;
        assert!(
            refused.assert_error(400, -32600).contains("Last-Event-ID"),
            "{event}"
        );
    }
    client
        .send(Call::resume(&other, &first))
        .await
        .assert_error(400, -32600);
    client
        .send(Call::resume("gone", &first))
        .await
        .assert_error(404, -32600);
}

#[tokio::test(start_paused = true)]
async fn the_kept_events_of_a_stream_are_bounded() {
    let client = own();
    let session = client.initialize("2025-11-25").await;
    let mut stream = client
        .open(tool(&session, "count", json!({ "to": 1000 })))
        .await
        .stream();
    let mut ids = Vec::new();
    while let Some(event) = stream.event().await {
        ids.push(event.id().to_owned());
    }
    assert_eq!(
        ids.len(),
        1 + 1000 + 1,
        "a client that keeps up misses nothing"
    );
    client
        .send(Call::resume(&session, &ids[0]))
        .await
        .assert_error(400, -32600);
    client
        .send(Call::resume(&session, &ids[1001 - 257]))
        .await
        .assert_error(400, -32600);
    let kept = resumed(&client, &session, &ids[1001 - 256])
        .await
        .rest()
        .await;
    assert_eq!((kept.len(), text(&kept[255])), (256, "counted"));
}

#[tokio::test(start_paused = true)]
async fn the_kept_events_of_all_streams_of_a_session_are_bounded_in_bytes() {
    let client = own();
    let session = client.initialize("2025-11-25").await;
    let mut firsts = Vec::new();
    for bytes in [50_000, 40_000] {
        let call = tool(&session, "verbose", json!({ "bytes": bytes }));
        let mut stream = client.open(call).await.stream();
        firsts.push(stream.event().await.unwrap().id().to_owned());
        assert_eq!(
            stream.rest().await.len(),
            4,
            "a client that keeps up misses nothing"
        );
    }
    // 150,000 and 120,000 bytes are more than 256 KiB: the older ones were removed.
    let lost = client.send(Call::resume(&session, &firsts[0])).await;
    lost.assert_error(400, -32600);
    let kept = resumed(&client, &session, &firsts[1]).await.rest().await;
    assert_eq!((kept.len(), text(&kept[3])), (4, "reported"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_reconnect_misses_notifications_but_not_the_response() {
    let client = own();
    let session = client.initialize("2025-11-25").await;
    let mut stream = client
        .open(tool(&session, "count", json!({ "to": 1000 })))
        .await
        .stream();
    let first = stream.event().await.unwrap();
    drop(stream);
    let stream = resumed(&client, &session, first.id()).await;
    // The call continues without a reader.
    for _ in 0..3000 {
        tokio::task::yield_now().await;
    }
    let messages = stream.rest().await;
    assert_eq!((messages.len(), text(&messages[256])), (257, "counted"));
    assert_eq!(messages[255]["params"]["progress"], 256);
}

#[tokio::test(start_paused = true)]
async fn ended_streams_are_removed_after_five_minutes_or_when_there_are_many() {
    let client = own();
    let session = client.initialize("2025-11-25").await;
    let count = || tool(&session, "count", json!({ "to": 1 }));
    let mut ids = Vec::new();
    for _ in 0..33 {
        let mut stream = client.open(count()).await.stream();
        ids.push(stream.event().await.unwrap().id().to_owned());
        assert_eq!(stream.rest().await.len(), 2);
    }
    client
        .send(Call::resume(&session, &ids[0]))
        .await
        .assert_error(400, -32600);
    assert_eq!(
        resumed(&client, &session, &ids[1]).await.rest().await.len(),
        2
    );
    tokio::time::advance(Duration::from_mins(5)).await;
    client
        .send(Call::resume(&session, &ids[32]))
        .await
        .assert_error(400, -32600);
}

#[tokio::test(start_paused = true)]
async fn the_stream_of_a_running_call_is_kept_while_others_are_evicted() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-11-25").await;
    let mut stream = client.open(hold(&session)).await.stream();
    let first = stream.event().await.unwrap();
    assert_eq!(watch.next().await, "begun");
    drop(stream);
    for _ in 0..40 {
        client
            .open(tool(&session, "work", json!({})))
            .await
            .stream()
            .rest()
            .await;
    }
    tokio::time::advance(Duration::from_mins(6)).await;
    watch.release();
    let messages = resumed(&client, &session, first.id()).await.rest().await;
    assert_eq!(text(messages.last().unwrap()), "released");
}

#[tokio::test(start_paused = true)]
async fn a_call_may_close_its_stream_and_the_client_resumes_for_the_response() {
    let client = own();
    let session = client.initialize("2025-11-25").await;
    let begun = tokio::time::Instant::now();
    let mut stream = client
        .open(tool(&session, "patient", json!({})))
        .await
        .stream();
    let first = stream.event().await.unwrap();
    assert_eq!(
        (&first.message, first.retry.as_deref()),
        (&Value::Null, Some("1000"))
    );
    assert!(stream.event().await.is_none(), "the connection ends");
    assert_eq!(begun.elapsed(), Duration::ZERO, "at once");
    let messages = resumed(&client, &session, first.id()).await.rest().await;
    assert_eq!((messages.len(), text(&messages[1])), (2, "done at last"));
    assert_eq!(messages[0]["params"]["message"], "still here");
}

#[tokio::test(start_paused = true)]
async fn close_stream_has_no_effect_elsewhere() {
    let client = own();
    for version in ["2025-06-18", "2025-03-26", "2024-11-05"] {
        let session = client.initialize(version).await;
        let messages = client
            .open(tool(&session, "patient", json!({})))
            .await
            .stream()
            .rest()
            .await;
        assert_eq!(
            (messages.len(), text(&messages[1])),
            (2, "done at last"),
            "{version}"
        );
    }
    let modern = Call::tool("patient", json!({})).progress_token(json!("t"));
    assert_eq!(client.open(modern).await.stream().rest().await.len(), 2);
    client
        .send(Call::tool("patient", json!({})))
        .await
        .assert_text("done at last");
    let session = client.initialize("2025-11-25").await;
    let json_only = tool(&session, "patient", json!({})).header("accept", "application/json");
    client.send(json_only).await.assert_text("done at last");
}
