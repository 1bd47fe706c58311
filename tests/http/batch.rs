//! Batches, which exist in revision 2025-03-26 only.

use serde_json::{Value, json};

use super::client::{Call, Client, notification, request};
use super::reply::Answer;
use crate::support::large;
use crate::support::tools::{server, watched};

fn add(id: Value, a: i64) -> String {
    request(
        id,
        "tools/call",
        json!({ "name": "add", "arguments": { "a": a, "b": 1 } }),
    )
}

fn batch(session: &str, members: &[String]) -> Call {
    Call::post(format!("[{}]", members.join(","))).header("mcp-session-id", session)
}

async fn send(members: &[String]) -> Answer {
    let client = Client::new(server());
    let session = client.initialize("2025-03-26").await;
    client.send(batch(&session, members)).await
}

#[tokio::test(start_paused = true)]
async fn each_request_of_a_batch_gets_its_answer() {
    let answer = send(&[
        add(json!(1), 1),
        add(json!("two"), 2),
        request(json!(3), "ping", json!({})),
    ])
    .await;
    assert_eq!(answer.status, 200);
    let text = |text: &str| json!({ "content": [{ "type": "text", "text": text }] });
    let expected = json!([
        { "jsonrpc": "2.0", "id": 1, "result": text("2") },
        { "jsonrpc": "2.0", "id": "two", "result": text("3") },
        { "jsonrpc": "2.0", "id": 3, "result": {} },
    ]);
    assert_eq!(answer.message, expected);
}

#[tokio::test(start_paused = true)]
async fn one_invalid_member_does_not_affect_the_others() {
    let answer = send(&[
        "5".to_owned(),
        add(json!(2), 1),
        request(json!(3), "nonsense", json!({})),
    ])
    .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.message[0]["error"]["code"], -32600);
    assert_eq!(answer.message[0].get("id"), Some(&Value::Null));
    assert_eq!(answer.message[1]["result"]["content"][0]["text"], "2");
    assert_eq!(answer.message[2]["error"]["code"], -32601);
}

#[tokio::test(start_paused = true)]
async fn initialize_is_refused_in_a_batch() {
    let params = json!({ "protocolVersion": "2025-03-26", "capabilities": {} });
    let answer = send(&[request(json!(1), "initialize", params), add(json!(2), 1)]).await;
    assert_eq!(answer.message[0]["error"]["code"], -32600);
    assert_eq!(answer.message[1]["result"]["content"][0]["text"], "2");
}

#[tokio::test(start_paused = true)]
async fn a_batch_in_a_batch_is_refused() {
    let answer = send(&[format!("[{}]", add(json!(1), 1)), add(json!(2), 1)]).await;
    assert_eq!(answer.message[0]["error"]["code"], -32600);
    assert_eq!(answer.message[1]["id"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_batch_without_requests_is_accepted_without_a_body() {
    let client = Client::new(server());
    let session = client.initialize("2025-03-26").await;
    let response = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#.to_owned();
    for members in [
        vec![notification("notifications/initialized", json!({}))],
        vec![response],
    ] {
        let reply = client.open(batch(&session, &members)).await;
        assert_eq!((reply.status, reply.text().await.as_str()), (202, ""));
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_batch_is_an_invalid_request() {
    let answer = send(&[]).await;
    answer.assert_error(400, -32600);
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_refused_in_the_other_revisions() {
    let client = Client::new(server());
    for version in ["2025-11-25", "2025-06-18"] {
        let session = client.initialize(version).await;
        client
            .send(batch(&session, &[add(json!(1), 1)]))
            .await
            .assert_error(400, -32600);
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_needs_a_session() {
    let client = Client::new(server());
    let members = [add(json!(1), 1)];
    client
        .send(batch("x", &members).without("mcp-session-id"))
        .await
        .assert_error(400, -32600);
    client
        .send(batch("gone", &members))
        .await
        .assert_error(404, -32600);
}

#[tokio::test(start_paused = true)]
async fn a_member_can_be_cancelled_and_is_then_left_out() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-03-26").await;
    let hold = request(json!("held"), "tools/call", json!({ "name": "hold" }));
    let cancel = notification("notifications/cancelled", json!({ "requestId": "held" }));
    let cancelled = async {
        assert_eq!(watch.next().await, "begun");
        let call = Call::post(cancel).header("mcp-session-id", &session);
        assert_eq!(client.open(call).await.status, 202);
        assert_eq!(watch.next().await, "dropped");
    };
    let (answer, ()) = tokio::join!(
        client.send(batch(&session, &[hold, add(json!(2), 1)])),
        cancelled
    );
    assert_eq!(answer.message.as_array().unwrap().len(), 1);
    assert_eq!(answer.message[0]["id"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_batch_continues_when_its_client_disconnects() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-03-26").await;
    {
        let hold = request(json!(1), "tools/call", json!({ "name": "hold" }));
        let mut call = Box::pin(client.send(batch(&session, &[hold])));
        tokio::select! {
            biased;
            _ = &mut call => panic!("the call is held"),
            seen = watch.next() => assert_eq!(seen, "begun"),
        }
    }
    watch.release();
    assert_eq!(watch.next().await, "finished");
}

#[tokio::test(start_paused = true)]
async fn notifications_of_members_make_the_response_a_stream() {
    let client = Client::new(server());
    let session = client.initialize("2025-03-26").await;
    let work = |id: i64| {
        let params = json!({ "name": "work", "_meta": { "progressToken": id } });
        request(json!(id), "tools/call", params)
    };
    let messages = client
        .open(batch(&session, &[work(1), work(2)]))
        .await
        .stream()
        .rest()
        .await;
    let (answers, reports) = messages.split_last().unwrap();
    assert_eq!(answers.as_array().unwrap().len(), 2);
    for token in [1, 2] {
        let own = reports
            .iter()
            .filter(|report| report["params"]["progressToken"] == token);
        assert_eq!(
            own.map(|report| report["params"]["progress"].clone())
                .collect::<Vec<_>>(),
            [0.0, 1.0, 2.5]
        );
    }
}

/// Sends a batch of calls with results of these sizes.
async fn fill(sizes: impl IntoIterator<Item = usize>) -> (Answer, large::Calls) {
    let (server, calls) = large::server();
    let client = Client::new(server);
    let session = client.initialize("2025-03-26").await;
    let batch = Call::post(large::batch(sizes)).header("mcp-session-id", &session);
    (client.send(batch).await, calls)
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_a_hundred_is_answered_in_order() {
    let (answer, calls) = fill([1; 100]).await;
    let ids = answer.message.as_array().unwrap().iter();
    assert!(
        ids.map(|it| it["id"].clone())
            .eq((0..100).map(|id| json!(id)))
    );
    assert_eq!(calls.count(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_more_than_a_hundred_is_refused_as_a_whole() {
    for members in [101, 20_000] {
        let (answer, calls) = fill(vec![1; members]).await;
        assert!(
            answer
                .assert_error(400, -32600)
                .contains("at most 100 messages")
        );
        assert_eq!(calls.count(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_answers_are_too_large_is_cut_off() {
    let (answer, calls) = fill(large::CUT_OFF).await;
    large::assert_cut_off(&answer.message, &calls);
}

#[tokio::test(start_paused = true)]
async fn eight_members_run_at_a_time() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-03-26").await;
    let hold = |id: i32| request(json!(id), "tools/call", json!({ "name": "hold" }));
    let members: Vec<_> = (0..20).map(hold).collect();
    let counted = async {
        assert_eq!(watch.next().await, "begun");
        assert_eq!(watch.so_far(), ["begun"; 7]);
        (0..20).for_each(|_| watch.release());
    };
    let (answer, ()) = tokio::join!(client.send(batch(&session, &members)), counted);
    assert_eq!(answer.message.as_array().unwrap().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_member_that_has_not_begun_can_be_cancelled() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-03-26").await;
    let hold = |id: i32| request(json!(id), "tools/call", json!({ "name": "hold" }));
    let members: Vec<_> = (0..9).map(hold).collect();
    let cancelled = async {
        assert_eq!(watch.next().await, "begun");
        let cancel = notification("notifications/cancelled", json!({ "requestId": 8 }));
        let call = Call::post(cancel).header("mcp-session-id", &session);
        assert_eq!(client.open(call).await.status, 202);
        (0..9).for_each(|_| watch.release());
    };
    let (answer, ()) = tokio::join!(client.send(batch(&session, &members)), cancelled);
    assert_eq!(answer.message.as_array().unwrap().len(), 8);
}
