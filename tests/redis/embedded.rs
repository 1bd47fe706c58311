//! A server within an application that owns the listener, next to instances that own theirs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mcp_runtime::{Server, axum};

use super::instance::Instance;
use super::outage::BACK;
use super::server::{Redis, free_port};
use super::share::listen;

/// Serves an application whose server publishes a change while it stops, until `stop`; returns when the application
/// ends, as a program does after that.
async fn application(redis: String, port: u16, stop: Arc<AtomicBool>) {
    let server = Server::new("store-test", "1.0.0")
        .state_keys(["0123456789abcdef0123456789abcdef"])
        .redis(redis);
    let notifier = server.notifier();
    let server = server.on_stop("tell", move |()| {
        notifier.resource_updated("note://stopped");
        Box::pin(async { Ok(()) })
    });
    let shutdown = server.shutdown_handle();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .unwrap();
    axum::serve(listener, server.into_router())
        .with_graceful_shutdown(async move {
            while !stop.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            shutdown.shutdown().await;
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_application_has_told_the_others_everything_and_is_no_instance_any_more() {
    let redis = Redis::start();
    let other = Instance::start(&redis.url());
    let mut events = listen(&other, "note://stopped").await;
    let (stop, port) = (Arc::<AtomicBool>::default(), free_port());
    let (stops, url) = (Arc::clone(&stop), redis.url());
    let running = std::thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime
            .enable_all()
            .build()
            .unwrap()
            .block_on(application(url, port, stops));
    });
    other.until("mcp_store_instances", 2.0, BACK).await;
    stop.store(true, Ordering::Relaxed);
    tokio::task::spawn_blocking(|| running.join().unwrap())
        .await
        .unwrap();
    let left = redis.command(&["ZCARD store-test:instances"]);
    assert_eq!(left.trim(), ":1");
    other.until("mcp_store_instances", 1.0, BACK).await;
    events.until("note://stopped").await;
}
