//! WebSocket on `/ws`, with a client of tokio-tungstenite over TCP.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use mcp_runtime::auth::ApiKeys;
use mcp_runtime::{Context, Limits, Server, axum, tool, tools};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Longer than any successful operation takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Adds.
#[tool]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// Never ends.
#[tool]
async fn stuck(cx: &Context) {
    cx.progress(1.0, None, "begun");
    std::future::pending::<()>().await;
}

/// Returns many bytes.
#[tool]
fn much(bytes: usize) -> String {
    "x".repeat(bytes)
}

/// Says who calls.
#[tool]
fn whoami(cx: &Context) -> String {
    cx.principal().subject().unwrap_or("anonymous").to_owned()
}

/// Lets one address in once.
#[tool(rate_limit(quota = "1/h", per = "ip"))]
fn once() -> &'static str {
    "let in"
}

fn server() -> Server {
    Server::new("socket", "1.0.0").tools(tools![add, stuck, much, once])
}

async fn serve(server: Server) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = server.into_router();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

struct Client(WebSocketStream<TcpStream>);

impl Client {
    async fn open(address: SocketAddr, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/ws").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(address).await.unwrap();
        client_async(request, stream)
            .await
            .map(|(stream, _)| Self(stream))
    }

    async fn to(address: SocketAddr) -> Self {
        Self::open(address, &[]).await.unwrap()
    }

    async fn send(&mut self, message: impl Into<Message>) {
        self.0.send(message.into()).await.unwrap();
    }

    async fn call(&mut self, id: u64, tool: &str, arguments: Value) {
        let params = json!({
            "name": tool,
            "arguments": arguments,
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
                "progressToken": id,
            },
        });
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        self.send(call.to_string()).await;
    }

    async fn frame(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(PATIENCE, self.0.next());
        next.await.expect("a frame in time").and_then(Result::ok)
    }

    async fn message(&mut self) -> Value {
        loop {
            match self.frame().await {
                Some(Message::Text(text)) => return serde_json::from_str(&text).unwrap(),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The code and the reason with which the server closes.
    async fn closed(&mut self) -> (CloseCode, String) {
        loop {
            match self.frame().await {
                Some(Message::Close(Some(frame))) => return (frame.code, frame.reason.to_string()),
                Some(_) => {}
                None => panic!("it ended without a reason"),
            }
        }
    }
}

async fn metrics(address: SocketAddr) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = TcpStream::connect(address).await.unwrap();
    let get = "GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(get.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn calls_of_both_eras_are_answered_frame_by_frame() {
    let address = serve(server()).await;
    let mut client = Client::to(address).await;
    client.call(1, "add", json!({ "a": 1, "b": 2 })).await;
    let answer = client.message().await;
    assert_eq!(
        (&answer["id"], &answer["result"]["content"][0]["text"]),
        (&json!(1), &json!("3"))
    );
    for says in ["let in", "rate limit of 1/h"] {
        client.call(2, "once", json!({})).await;
        assert!(client.message().await.to_string().contains(says));
    }
    let mut old = Client::to(address).await;
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {} });
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
    old.send(initialize.to_string()).await;
    assert_eq!(
        old.message().await["result"]["protocolVersion"],
        "2025-11-25"
    );
    old.send(json!({ "jsonrpc": "2.0", "id": 2, "method": "ping" }).to_string())
        .await;
    assert_eq!(old.message().await["id"], 2);
    client.send("no JSON").await;
    assert_eq!(client.message().await["error"]["code"], -32700);
}

#[tokio::test]
async fn a_handshake_passes_the_guard_and_its_refusal_names_the_fault() {
    let address = serve(server()).await;
    assert!(
        Client::open(address, &[("origin", "http://localhost:5173")])
            .await
            .is_ok()
    );
    for (headers, status) in [
        (&[("origin", "https://evil.example")][..], 403),
        (&[("host", "evil.example")], 403),
        (&[("sec-websocket-version", "8")], 426),
        (&[("sec-websocket-key", "short")], 400),
        (&[("upgrade", "h2c")], 426),
    ] {
        match Client::open(address, headers).await.map(drop) {
            Err(Error::Http(response)) => assert_eq!(response.status(), status, "{headers:?}"),
            other => panic!("{headers:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn binary_frames_are_refused_with_a_reason_and_pings_are_answered() {
    let address = serve(server()).await;
    let mut client = Client::to(address).await;
    client.send(Message::Ping("hello".into())).await;
    assert_eq!(client.frame().await, Some(Message::Pong("hello".into())));
    client.send(Message::binary(b"{}".to_vec())).await;
    let (code, reason) = client.closed().await;
    assert_eq!(code, CloseCode::Unsupported);
    assert!(reason.contains("text frame"), "{reason}");
}

#[tokio::test]
async fn a_message_over_the_limit_closes_its_connection_with_a_reason() {
    let address = serve(server().max_message_size(1024)).await;
    let mut client = Client::to(address).await;
    client.send(format!("{{{}}}", " ".repeat(1022))).await;
    assert_eq!(client.message().await["error"]["code"], -32600);
    client.send(" ".repeat(1025)).await;
    let (code, reason) = client.closed().await;
    assert_eq!(code, CloseCode::Size);
    assert!(reason.contains("max_message_size"), "{reason}");
    let metrics = metrics(address).await;
    assert!(
        metrics.contains("mcp_requests_refused_total{limit=\"body\"} 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn one_caller_has_at_most_its_share_of_connections() {
    let address = serve(server().max_sessions(8)).await;
    let held = [Client::to(address).await, Client::to(address).await];
    match Client::open(address, &[]).await.map(drop) {
        Err(Error::Http(response)) => {
            assert_eq!(response.status(), 429);
            assert!(response.headers().contains_key("retry-after"));
        }
        other => panic!("{other:?}"),
    }
    assert!(
        metrics(address)
            .await
            .contains("mcp_requests_refused_total{limit=\"websockets\"} 1")
    );
    drop(held);
    let again = async {
        while Client::open(address, &[]).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.unwrap();
}

#[tokio::test]
async fn the_calls_of_a_connection_end_with_it() {
    let server = server();
    let shutdown = server.shutdown_handle();
    let address = serve(server).await;
    let mut client = Client::to(address).await;
    client.call(1, "stuck", json!({})).await;
    assert_eq!(client.message().await["method"], "notifications/progress");
    drop(client);
    tokio::time::timeout(PATIENCE, shutdown.shutdown())
        .await
        .expect("no call is waited for");
}

#[tokio::test]
async fn a_shutdown_waits_for_responses_and_sends_a_close_frame() {
    let server = server().shutdown_deadline(Duration::from_millis(300));
    let shutdown = server.shutdown_handle();
    let address = serve(server).await;
    let (mut busy, mut idle) = (Client::to(address).await, Client::to(address).await);
    busy.call(1, "stuck", json!({})).await;
    busy.message().await;
    let ending = tokio::spawn(async move { shutdown.shutdown().await });
    assert_eq!(idle.closed().await.0, CloseCode::Away);
    assert_eq!(busy.closed().await.0, CloseCode::Away);
    ending.await.unwrap();
}

#[tokio::test]
async fn a_client_that_does_not_read_is_bounded_by_its_share() {
    let address = serve(server().max_held(4 * 1024 * 1024)).await;
    let mut client = Client::to(address).await;
    let sending = async {
        for id in 0..1_000 {
            let arguments = json!({ "bytes": 200_000 });
            client.call(id, "much", arguments).await;
        }
    };
    // It reads nothing; the buffers of the server are full long before the last call.
    let _ = tokio::time::timeout(Duration::from_secs(1), sending).await;
    let mut other = Client::to(address).await;
    other.call(1, "add", json!({ "a": 1, "b": 2 })).await;
    assert_eq!(other.message().await["id"], 1);
}

#[tokio::test]
async fn a_client_that_is_silent_is_pinged_and_closed_when_no_pong_comes() {
    let limits = Limits::default().idle_timeout(Duration::from_millis(300));
    let address = serve(server().limits(limits)).await;
    let mut alive = Client::to(address).await;
    let mut silent = Client::to(address).await;
    for _ in 0..5 {
        // Reading responds to the ping.
        assert!(matches!(alive.frame().await, Some(Message::Ping(_))));
    }
    let (code, reason) = silent.closed().await;
    assert_eq!(code, CloseCode::Away);
    assert!(reason.contains("not even a pong"), "{reason}");
}

#[tokio::test]
async fn a_connection_has_the_caller_of_its_credentials() {
    const KEY: &str = "ann-3f9c5a7e1b2d4f6081a3c5e7";
    let keys = ApiKeys::new([format!("ann:{KEY}")]);
    let address = serve(server().tools(tools![whoami]).auth(keys)).await;
    for headers in [
        vec![],
        vec![("authorization", "Bearer nobody-knows-this-key")],
    ] {
        match Client::open(address, &headers).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 401),
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("let in"),
        }
    }
    let bearer = format!("Bearer {KEY}");
    for headers in [[("authorization", &*bearer)], [("x-api-key", KEY)]] {
        let mut socket = Client::open(address, &headers).await.unwrap();
        socket.call(1, "whoami", json!({})).await;
        let text = &socket.message().await["result"]["content"][0]["text"];
        assert_eq!(*text, "ann");
    }
}
