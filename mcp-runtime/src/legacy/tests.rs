//! A call that sends a request to the client, over both transports and in each revision that has sessions.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::Service as _;

use crate::__private::{Callbacks, ListedTool, Returns, Spec, Visitor};
use crate::Server;
use crate::handler::input::client::ClientError;
use crate::server::Connection;

const VERSIONS: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];

/// Requests the client's roots and returns them.
struct RequestsRoots;

impl ListedTool<()> for RequestsRoots {
    fn visit(visitor: &mut impl Visitor<()>) {
        let handler = |_, cx: crate::Context, ()| async move {
            match cx.send_request("roots", "roots/list", json!({})).await {
                Ok(roots) => roots.get().to_owned(),
                Err(error) => error.to_string(),
            }
        };
        visitor.declare(
            Spec::tool("roots", "Requests the roots."),
            (),
            Returns::<String>::result(),
            Callbacks::default(),
            handler,
        );
    }
}

fn server() -> Server {
    Server::new("requests", "1.0.0").tools((RequestsRoots,))
}

fn request(id: u32, method: &str, params: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

fn call(id: u32) -> String {
    request(id, "tools/call", &json!({ "name": "roots" }))
}

fn initialize(version: &str) -> String {
    request(
        0,
        "initialize",
        &json!({ "protocolVersion": version, "capabilities": {} }),
    )
}

/// The response to the request.
fn roots(outgoing: &Value) -> String {
    assert_eq!(outgoing["method"], "roots/list", "{outgoing}");
    json!({ "jsonrpc": "2.0", "id": outgoing["id"], "result": { "roots": [] } }).to_string()
}

const RESULT: &str = r#"{"roots":[]}"#;

fn result(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
}

async fn line(connection: &mut Connection) -> Value {
    serde_json::from_str(&connection.receive().await.unwrap()).unwrap()
}

async fn connect(version: &str) -> Connection {
    let mut connection = server().connect().unwrap();
    connection.send(initialize(version)).await;
    assert_eq!(
        line(&mut connection).await["result"]["protocolVersion"],
        version
    );
    connection
}

#[tokio::test(start_paused = true)]
async fn over_lines_a_call_sends_a_request_and_gets_the_response() {
    for version in VERSIONS {
        let mut connection = connect(version).await;
        connection.send(call(1)).await;
        let outgoing = line(&mut connection).await;
        connection.send(roots(&outgoing)).await;
        let answer = line(&mut connection).await;
        assert_eq!(
            (&answer["id"], result(&answer)),
            (&json!(1), RESULT),
            "{version}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn over_lines_requests_and_responses_of_a_batch_are_batches() {
    let mut connection = connect("2025-03-26").await;
    connection.send(format!("[{},{}]", call(1), call(2))).await;
    let outgoing = [line(&mut connection).await, line(&mut connection).await];
    connection
        .send(format!("[{},{}]", roots(&outgoing[1]), roots(&outgoing[0])))
        .await;
    let answers = line(&mut connection).await;
    assert_eq!([result(&answers[0]), result(&answers[1])], [RESULT, RESULT]);
}

#[tokio::test(start_paused = true)]
async fn over_lines_a_request_ends_with_its_call_and_with_the_connection() {
    let mut connection = connect("2025-11-25").await;
    connection.send(call(1)).await;
    let outgoing = line(&mut connection).await;
    connection
        .send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        .await;
    assert_eq!(
        line(&mut connection).await["params"]["requestId"],
        outgoing["id"]
    );
    connection.send(call(2)).await;
    line(&mut connection).await;
    connection.close();
    assert!(result(&line(&mut connection).await).contains("cannot be reached"));
}

#[tokio::test(start_paused = true)]
async fn a_modern_client_is_sent_no_request() {
    let mut connection = server().connect().unwrap();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    connection
        .send(request(
            1,
            "tools/call",
            &json!({ "name": "roots", "_meta": meta }),
        ))
        .await;
    assert!(result(&line(&mut connection).await).contains("cannot be reached"));
}

/// A client over HTTP.
struct HttpClient {
    router: Router,
    session: String,
}

impl HttpClient {
    async fn open(version: &str) -> Self {
        Self::at(server().into_router(), version).await
    }

    async fn at(router: Router, version: &str) -> Self {
        let mut client = Self {
            router,
            session: String::new(),
        };
        let response = client.post(initialize(version)).await;
        response.headers()["mcp-session-id"]
            .to_str()
            .unwrap()
            .clone_into(&mut client.session);
        client
    }

    async fn post(&self, body: String) -> Response {
        let mut request = Request::post("/mcp")
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap();
        if !self.session.is_empty() {
            request
                .headers_mut()
                .insert("mcp-session-id", self.session.parse().unwrap());
        }
        self.router.clone().call(request).await.unwrap()
    }

    async fn resume(&self, event: &str) -> Response {
        let request = Request::get("/mcp")
            .header("mcp-session-id", &self.session)
            .header("last-event-id", event);
        self.router
            .clone()
            .call(request.body(Body::empty()).unwrap())
            .await
            .unwrap()
    }

    async fn end(&self) {
        let request = Request::delete("/mcp")
            .header("mcp-session-id", &self.session)
            .body(Body::empty())
            .unwrap();
        assert_eq!(
            self.router.clone().call(request).await.unwrap().status(),
            StatusCode::NO_CONTENT
        );
    }
}

/// The next message of an event stream.
async fn event(response: &mut Response) -> Option<Value> {
    loop {
        let frame = response
            .body_mut()
            .frame()
            .await?
            .unwrap()
            .into_data()
            .unwrap();
        let text = String::from_utf8(frame.to_vec()).unwrap();
        if let Some(data) = text
            .lines()
            .find_map(|line| line.strip_prefix("data: ").filter(|data| !data.is_empty()))
        {
            return Some(serde_json::from_str(data).unwrap());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn over_http_a_call_sends_a_request_on_its_own_stream_and_gets_the_response() {
    for version in VERSIONS {
        let client = HttpClient::open(version).await;
        let mut stream = client.post(call(1)).await;
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        let outgoing = event(&mut stream).await.unwrap();
        assert_eq!(
            client.post(roots(&outgoing)).await.status(),
            StatusCode::ACCEPTED
        );
        assert_eq!(
            result(&event(&mut stream).await.unwrap()),
            RESULT,
            "{version}"
        );
        assert_eq!(
            event(&mut stream).await,
            None,
            "the response is the last message"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn over_http_requests_and_responses_of_a_batch_are_batches() {
    let client = HttpClient::open("2025-03-26").await;
    let mut stream = client.post(format!("[{},{}]", call(1), call(2))).await;
    let outgoing = [
        event(&mut stream).await.unwrap(),
        event(&mut stream).await.unwrap(),
    ];
    let answers = format!("[{},{}]", roots(&outgoing[1]), roots(&outgoing[0]));
    assert_eq!(client.post(answers).await.status(), StatusCode::ACCEPTED);
    let answers = event(&mut stream).await.unwrap();
    assert_eq!([result(&answers[0]), result(&answers[1])], [RESULT, RESULT]);
}

#[tokio::test(start_paused = true)]
async fn over_http_a_response_reaches_requests_of_its_own_session_only_and_they_fail_at_its_end() {
    let client = HttpClient::open("2025-11-25").await;
    let mut stream = client.post(call(1)).await;
    let outgoing = event(&mut stream).await.unwrap();
    let other = HttpClient::at(client.router.clone(), "2025-11-25").await;
    assert_eq!(
        other.post(roots(&outgoing)).await.status(),
        StatusCode::ACCEPTED
    );
    client.end().await;
    let mut ended = event(&mut stream).await.unwrap();
    if ended["method"] == "notifications/cancelled" {
        ended = event(&mut stream).await.unwrap();
    }
    let message = ended["error"]["message"].as_str().unwrap();
    assert!(message.contains("has ended"), "{ended}");
}

#[tokio::test(start_paused = true)]
async fn over_http_a_request_waits_for_a_client_that_has_lost_the_connection() {
    let client = HttpClient::open("2025-11-25").await;
    let mut lost = client.post(call(1)).await;
    let first = lost
        .body_mut()
        .frame()
        .await
        .unwrap()
        .unwrap()
        .into_data()
        .unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    let id = first
        .lines()
        .find_map(|line| line.strip_prefix("id: "))
        .unwrap();
    drop(lost);
    let mut stream = client.resume(id).await;
    let outgoing = event(&mut stream).await.unwrap();
    assert_eq!(
        client.post(roots(&outgoing)).await.status(),
        StatusCode::ACCEPTED
    );
    assert_eq!(result(&event(&mut stream).await.unwrap()), RESULT);
}

#[tokio::test(start_paused = true)]
async fn over_http_a_request_is_cancelled_with_its_call() {
    let client = HttpClient::open("2025-11-25").await;
    let mut stream = client.post(call(1)).await;
    let outgoing = event(&mut stream).await.unwrap();
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    client.post(cancel.to_owned()).await;
    let cancelled = event(&mut stream).await.unwrap();
    assert_eq!(cancelled["method"], "notifications/cancelled");
    assert_eq!(cancelled["params"]["requestId"], outgoing["id"]);
    assert_eq!(
        event(&mut stream).await,
        None,
        "a cancelled call has no response"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_no_streams_is_sent_no_request() {
    let client = HttpClient::open("2025-11-25").await;
    let mut request = Request::post("/mcp")
        .header("content-type", "application/json")
        .body(Body::from(call(1)))
        .unwrap();
    request
        .headers_mut()
        .insert("accept", "application/json".parse().unwrap());
    request
        .headers_mut()
        .insert("mcp-session-id", client.session.parse().unwrap());
    let response = client.router.clone().call(request).await.unwrap();
    let text = response.into_body().collect().await.unwrap().to_bytes();
    assert!(result(&serde_json::from_slice(&text).unwrap()).contains("cannot be reached"));
}

/// Requests the client's roots after a signal, and stores the outcome.
struct RequestsRootsLater;

/// The signals that let [`RequestsRootsLater`] send its request, and the outcome.
#[derive(Default)]
struct Signals {
    begun: Notify,
    send: Notify,
    outcome: Mutex<Option<Result<String, ClientError>>>,
    done: Notify,
}

impl ListedTool<Arc<Signals>> for RequestsRootsLater {
    fn visit(visitor: &mut impl Visitor<Arc<Signals>>) {
        let handler = |state: Arc<Arc<Signals>>, cx: crate::Context, ()| async move {
            state.begun.notify_one();
            state.send.notified().await;
            let roots = cx.send_request("roots", "roots/list", json!({})).await;
            *state.outcome.lock().unwrap() = Some(roots.map(|roots| roots.get().to_owned()));
            state.done.notify_one();
        };
        visitor.declare(
            Spec::tool("roots", "Requests the roots after a signal."),
            (),
            Returns::<()>::result(),
            Callbacks::default(),
            handler,
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_without_an_event_id_to_resume_from_is_sent_no_request() {
    let signals = Arc::<Signals>::default();
    let router = Server::new("requests", "1.0.0")
        .state(Arc::clone(&signals))
        .tools((RequestsRootsLater,))
        .into_router();
    let client = HttpClient::at(router, "2025-11-25").await;
    {
        let mut call = Box::pin(client.post(call(1)));
        tokio::select! {
            biased;
            _ = &mut call => panic!("the call waits"),
            () = signals.begun.notified() => {}
        }
    }
    signals.send.notify_one();
    signals.done.notified().await;
    assert_eq!(
        *signals.outcome.lock().unwrap(),
        Some(Err(ClientError::Gone))
    );
}
