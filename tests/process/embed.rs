//! A server inside an application that owns the listener, and its shutdown.

use std::net::{SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use mcp_runtime::{Context, Server, ShutdownHandle, axum, tool, tools};
use serde_json::json;

use super::child::{call, request};
use super::http::{Connection, Listening};

/// Says that it has begun, and takes a while.
#[tool]
async fn slow(cx: &Context, ms: u64) -> &'static str {
    cx.progress(1.0, 2.0, "begun");
    tokio::time::sleep(Duration::from_millis(ms)).await;
    "done"
}

/// An application with a server at `/mcp`, on a separate thread; `stop` begins its shutdown.
struct Application {
    address: SocketAddr,
    stop: tokio::sync::oneshot::Sender<()>,
    shutdown: ShutdownHandle,
    running: JoinHandle<()>,
}

fn application(deadline: Duration) -> Application {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let server = Server::new("part", "1.0.0")
        .tools(tools![slow])
        .shutdown_deadline(deadline);
    let shutdown = server.shutdown_handle();
    let own = shutdown.clone();
    let serve = async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        axum::serve(listener, server.into_router())
            .with_graceful_shutdown(async move {
                stopped.await.unwrap();
                own.shutdown().await;
            })
            .await
            .unwrap();
    };
    let running = thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        runtime.enable_all().build().unwrap().block_on(serve);
    });
    Application {
        address,
        stop,
        shutdown,
        running,
    }
}

#[test]
fn streams_end_and_calls_finish_when_the_application_shuts_down() {
    let app = application(Duration::from_secs(30));
    let session = Listening::initialize_at(app.address);
    let connect = || Connection::to(app.address);
    let (mut legacy, mut modern, mut busy) = (connect(), connect(), connect());
    let headers = [
        ("mcp-session-id", &*session),
        ("accept", "text/event-stream"),
    ];
    legacy.get("/mcp", &headers);
    assert_eq!(legacy.head().status, 200);
    let filter = json!({ "notifications": { "toolsListChanged": true } });
    modern.send(&request("listening", "subscriptions/listen", filter));
    assert_eq!(modern.head().status, 200);
    assert_eq!(
        modern.event().unwrap()["method"],
        "notifications/subscriptions/acknowledged"
    );
    busy.send(&call("slow", "slow", json!({ "ms": 1000 })));
    assert_eq!(busy.head().status, 200);
    assert_eq!(busy.event().unwrap()["method"], "notifications/progress");

    app.stop.send(()).unwrap();
    assert_eq!(modern.event().unwrap()["id"], "listening");
    assert_eq!((modern.event(), legacy.event()), (None, None));
    let mut late = connect();
    late.get("/ready", &[]);
    assert_eq!(late.answer().0, 503, "while it waits it still answers");
    assert_eq!(busy.event().unwrap()["id"], "slow");
    let begun = Instant::now();
    app.running.join().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn the_deadline_applies_to_the_application_too() {
    let app = application(Duration::from_millis(100));
    let mut busy = Connection::to(app.address);
    busy.send(&call("slow", "slow", json!({ "ms": 600_000 })));
    assert_eq!(busy.head().status, 200);
    assert_eq!(busy.event().unwrap()["method"], "notifications/progress");
    app.stop.send(()).unwrap();
    let answer = busy.event().unwrap();
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("stopped because"), "{text}");
    app.running.join().unwrap();
    drop(app.shutdown);
}
