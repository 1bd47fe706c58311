//! A call with an input request, over both transports and in each revision that has sessions.

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
struct Curious;

impl ListedTool<()> for Curious {
    fn visit(visitor: &mut impl Visitor<()>) {
        let curious = |_, cx: crate::Context, ()| async move {
            match cx.send_request("roots", "roots/list", json!({})).await {
                Ok(roots) => roots.get().to_owned(),
                Err(error) => error.to_string(),
            }
        };
        visitor.declare(
            Spec::tool("curious", "Asks back."),
            (),
            Returns::<String>::result(),
            Callbacks::default(),
            curious,
        );
    }
}

fn server() -> Server {
    Server::new("asks", "1.0.0").tools((Curious,))
}

fn request(id: u32, method: &str, params: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

fn call(id: u32) -> String {
    request(id, "tools/call", &json!({ "name": "curious" }))
}

fn initialize(version: &str) -> String {
    request(
        0,
        "initialize",
        &json!({ "protocolVersion": version, "capabilities": {} }),
    )
}

/// The response to the request.
fn roots(question: &Value) -> String {
    assert_eq!(question["method"], "roots/list", "{question}");
    json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "roots": [] } }).to_string()
}

const HEARD: &str = r#"{"roots":[]}"#;

fn heard(answer: &Value) -> &str {
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
async fn over_lines_a_call_asks_and_hears() {
    for version in VERSIONS {
        let mut connection = connect(version).await;
        connection.send(call(1)).await;
        let question = line(&mut connection).await;
        connection.send(roots(&question)).await;
        let answer = line(&mut connection).await;
        assert_eq!(
            (&answer["id"], heard(&answer)),
            (&json!(1), HEARD),
            "{version}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn over_lines_requests_and_responses_of_a_batch_are_batches() {
    let mut connection = connect("2025-03-26").await;
    connection.send(format!("[{},{}]", call(1), call(2))).await;
    let questions = [line(&mut connection).await, line(&mut connection).await];
    connection
        .send(format!(
            "[{},{}]",
            roots(&questions[1]),
            roots(&questions[0])
        ))
        .await;
    let answers = line(&mut connection).await;
    assert_eq!([heard(&answers[0]), heard(&answers[1])], [HEARD, HEARD]);
}

#[tokio::test(start_paused = true)]
async fn over_lines_a_question_ends_with_its_call_and_with_the_input() {
    let mut connection = connect("2025-11-25").await;
    connection.send(call(1)).await;
    let question = line(&mut connection).await;
    connection
        .send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        .await;
    assert_eq!(
        line(&mut connection).await["params"]["requestId"],
        question["id"]
    );
    connection.send(call(2)).await;
    line(&mut connection).await;
    connection.close();
    assert!(heard(&line(&mut connection).await).contains("cannot be reached"));
}

#[tokio::test(start_paused = true)]
async fn a_modern_client_is_not_asked() {
    let mut connection = server().connect().unwrap();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    connection
        .send(request(
            1,
            "tools/call",
            &json!({ "name": "curious", "_meta": meta }),
        ))
        .await;
    assert!(heard(&line(&mut connection).await).contains("cannot be reached"));
}

/// A client over HTTP.
struct Web {
    router: Router,
    session: String,
}

impl Web {
    async fn open(version: &str) -> Self {
        Self::at(server().into_router(), version).await
    }

    async fn at(router: Router, version: &str) -> Self {
        let mut web = Self {
            router,
            session: String::new(),
        };
        let response = web.post(initialize(version)).await;
        response.headers()["mcp-session-id"]
            .to_str()
            .unwrap()
            .clone_into(&mut web.session);
        web
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
async fn over_http_a_call_asks_on_its_own_stream_and_hears() {
    for version in VERSIONS {
        let web = Web::open(version).await;
        let mut stream = web.post(call(1)).await;
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        let question = event(&mut stream).await.unwrap();
        assert_eq!(
            web.post(roots(&question)).await.status(),
            StatusCode::ACCEPTED
        );
        assert_eq!(
            heard(&event(&mut stream).await.unwrap()),
            HEARD,
            "{version}"
        );
        assert_eq!(
            event(&mut stream).await,
            None,
            "the answer is the last message"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn over_http_requests_and_responses_of_a_batch_are_batches() {
    let web = Web::open("2025-03-26").await;
    let mut stream = web.post(format!("[{},{}]", call(1), call(2))).await;
    let questions = [
        event(&mut stream).await.unwrap(),
        event(&mut stream).await.unwrap(),
    ];
    let answers = format!("[{},{}]", roots(&questions[1]), roots(&questions[0]));
    assert_eq!(web.post(answers).await.status(), StatusCode::ACCEPTED);
    let answers = event(&mut stream).await.unwrap();
    assert_eq!([heard(&answers[0]), heard(&answers[1])], [HEARD, HEARD]);
}

#[tokio::test(start_paused = true)]
async fn over_http_a_session_answers_only_its_own_questions_and_fails_them_when_it_ends() {
    let web = Web::open("2025-11-25").await;
    let mut stream = web.post(call(1)).await;
    let question = event(&mut stream).await.unwrap();
    let other = Web::at(web.router.clone(), "2025-11-25").await;
    assert_eq!(
        other.post(roots(&question)).await.status(),
        StatusCode::ACCEPTED
    );
    web.end().await;
    let mut ended = event(&mut stream).await.unwrap();
    if ended["method"] == "notifications/cancelled" {
        ended = event(&mut stream).await.unwrap();
    }
    let message = ended["error"]["message"].as_str().unwrap();
    assert!(message.contains("has ended"), "{ended}");
}

#[tokio::test(start_paused = true)]
async fn over_http_a_question_waits_for_a_client_that_has_lost_the_connection() {
    let web = Web::open("2025-11-25").await;
    let mut lost = web.post(call(1)).await;
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
    let mut stream = web.resume(id).await;
    let question = event(&mut stream).await.unwrap();
    assert_eq!(
        web.post(roots(&question)).await.status(),
        StatusCode::ACCEPTED
    );
    assert_eq!(heard(&event(&mut stream).await.unwrap()), HEARD);
}

#[tokio::test(start_paused = true)]
async fn over_http_a_question_is_taken_back_with_its_call() {
    let web = Web::open("2025-11-25").await;
    let mut stream = web.post(call(1)).await;
    let question = event(&mut stream).await.unwrap();
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    web.post(cancel.to_owned()).await;
    let taken_back = event(&mut stream).await.unwrap();
    assert_eq!(taken_back["method"], "notifications/cancelled");
    assert_eq!(taken_back["params"]["requestId"], question["id"]);
    assert_eq!(
        event(&mut stream).await,
        None,
        "a cancelled call has no answer"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_no_streams_is_not_asked() {
    let web = Web::open("2025-11-25").await;
    let mut request = Request::post("/mcp")
        .header("content-type", "application/json")
        .body(Body::from(call(1)))
        .unwrap();
    request
        .headers_mut()
        .insert("accept", "application/json".parse().unwrap());
    request
        .headers_mut()
        .insert("mcp-session-id", web.session.parse().unwrap());
    let response = web.router.clone().call(request).await.unwrap();
    let text = response.into_body().collect().await.unwrap().to_bytes();
    assert!(heard(&serde_json::from_slice(&text).unwrap()).contains("cannot be reached"));
}

/// Sends an input request when it is permitted, and stores the outcome.
struct Shy;

/// The signals that let [`Shy`] send its request, and the outcome.
#[derive(Default)]
struct Courage {
    begun: Notify,
    ask: Notify,
    heard: Mutex<Option<Result<String, ClientError>>>,
    done: Notify,
}

impl ListedTool<Arc<Courage>> for Shy {
    fn visit(visitor: &mut impl Visitor<Arc<Courage>>) {
        let shy = |state: Arc<Arc<Courage>>, cx: crate::Context, ()| async move {
            state.begun.notify_one();
            state.ask.notified().await;
            let heard = cx.send_request("roots", "roots/list", json!({})).await;
            *state.heard.lock().unwrap() = Some(heard.map(|roots| roots.get().to_owned()));
            state.done.notify_one();
        };
        visitor.declare(
            Spec::tool("curious", "Asks when let."),
            (),
            Returns::<()>::result(),
            Callbacks::default(),
            shy,
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_cannot_know_where_to_come_back_to_is_not_asked() {
    let courage = Arc::<Courage>::default();
    let router = Server::new("asks", "1.0.0")
        .state(Arc::clone(&courage))
        .tools((Shy,))
        .into_router();
    let web = Web::at(router, "2025-11-25").await;
    {
        let mut call = Box::pin(web.post(call(1)));
        tokio::select! {
            biased;
            _ = &mut call => panic!("the call waits"),
            () = courage.begun.notified() => {}
        }
    }
    courage.ask.notify_one();
    courage.done.notified().await;
    assert_eq!(*courage.heard.lock().unwrap(), Some(Err(ClientError::Gone)));
}
