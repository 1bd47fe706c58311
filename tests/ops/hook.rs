//! Functions that run when the server starts and when it stops, on every transport.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcp_runtime::{Server, State, server, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::http::client::{Call, Client};
use crate::process::child::{Process, probe};
use crate::support::gate::settle;
use crate::support::logs::Logs;

/// The events, in their order.
#[derive(Clone, Debug, Default)]
struct Story(Arc<Mutex<Vec<&'static str>>>);

impl Story {
    fn tell(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }

    fn so_far(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().clone()
    }
}

/// A shop with a database.
#[derive(Default)]
struct Shop {
    story: Story,
    fails: bool,
    /// Opening waits for it.
    opens: Option<Arc<Notify>>,
}

#[server]
impl Shop {
    /// Sells something.
    #[tool]
    async fn sell(&self) -> &'static str {
        self.story.tell("sold");
        "sold"
    }

    #[start]
    async fn open(&self) -> Result<(), std::io::Error> {
        if let Some(opens) = &self.opens {
            opens.notified().await;
        }
        if self.fails {
            return Err(std::io::Error::other("no route to the database"));
        }
        self.story.tell("opened");
        Ok(())
    }

    #[start]
    async fn warm_up(&self) {
        self.story.tell("warm");
    }

    #[stop]
    async fn cool_down(&self) {
        self.story.tell("cold");
    }

    #[stop]
    async fn close(&self) -> Result<(), String> {
        self.story.tell("closed");
        Ok(())
    }
}

const WHOLE: [&str; 5] = ["opened", "warm", "sold", "closed", "cold"];

#[tokio::test(start_paused = true)]
async fn start_hooks_run_before_the_first_call_and_stop_hooks_after_the_last() {
    for version in era::ALL {
        let story = Story::default();
        let shop = Shop {
            story: story.clone(),
            ..Shop::default()
        };
        let client = TestClient::with_version(shop.into_server(), version).await;
        client.call("sell", json!({})).await.assert_text("sold");
        client.shut_down();
        settle().await;
        assert_eq!(story.so_far(), WHOLE);
        client.shut_down();
        settle().await;
        assert_eq!(story.so_far(), WHOLE, "once");
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_input_runs_the_stop_hooks() {
    let story = Story::default();
    let shop = Shop {
        story: story.clone(),
        ..Shop::default()
    };
    let client = TestClient::new(shop.into_server()).await;
    client.call("sell", json!({})).await.assert_ok();
    client.close();
    settle().await;
    assert_eq!(story.so_far(), WHOLE);
}

async fn ready(client: &Client) -> (u16, Value) {
    let (status, text) = client.get("/ready").await;
    let answer: Value = serde_json::from_str(&text).unwrap();
    (status, answer["status"].clone())
}

#[tokio::test(start_paused = true)]
async fn a_router_is_ready_after_its_start_hooks_and_its_handle_runs_the_stop_hooks() {
    let (story, opens) = (Story::default(), Arc::new(Notify::new()));
    let server = Shop {
        story: story.clone(),
        opens: Some(Arc::clone(&opens)),
        ..Shop::default()
    }
    .into_server();
    let shutdown = server.shutdown_handle();
    let client = Client::new(server);
    assert_eq!(ready(&client).await, (503, json!("starting")));
    let call = tokio::spawn({
        let client = client.clone();
        async move { client.send(Call::tool("sell", json!({}))).await.status }
    });
    settle().await;
    assert!(!call.is_finished(), "a call waits for the start");
    opens.notify_one();
    assert_eq!(call.await.unwrap(), 200);
    assert_eq!(ready(&client).await, (200, json!("ready")));
    shutdown.shutdown().await;
    assert_eq!(story.so_far(), WHOLE);
}

#[tokio::test(start_paused = true)]
async fn a_router_whose_start_fails_refuses_calls_and_runs_no_stop_hook() {
    let logs = Logs::new();
    let story = Story::default();
    let server = Shop {
        story: story.clone(),
        fails: true,
        ..Shop::default()
    }
    .into_server();
    let shutdown = server.shutdown_handle();
    let client = Client::new(server);
    settle().await;
    assert_eq!(ready(&client).await, (503, json!("not started")));
    let answer = client.send(Call::tool("sell", json!({}))).await;
    answer.assert_error(503, -32603);
    shutdown.shutdown().await;
    assert_eq!(story.so_far(), [""; 0]);
    let text = logs.text();
    assert!(
        text.contains("no route to the database") && text.contains("open"),
        "{text}"
    );
}

#[derive(State)]
struct App {
    story: Story,
}

/// Does nothing.
#[tool]
async fn nothing() {}

/// Waits until it is cancelled.
#[tool]
async fn wait(story: &Story) {
    struct Ended(Story);
    impl Drop for Ended {
        fn drop(&mut self) {
            self.0.tell("ended");
        }
    }
    let _ended = Ended(story.clone());
    std::future::pending::<()>().await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_hook_that_fails_panics_or_hangs_is_logged_and_delays_nothing() {
    let logs = Logs::new();
    let story = Story::default();
    let server = Server::new("hooked", "1.0.0")
        .state(App {
            story: story.clone(),
        })
        .tools(tools![nothing])
        .shutdown_deadline(Duration::from_secs(5))
        .on_stop("hanging", |_| Box::pin(std::future::pending()))
        .on_stop("panicking", |_| Box::pin(async { panic!("at the end") }))
        .on_stop("failing", |_| {
            Box::pin(async { Err("it is gone".to_owned()) })
        })
        .on_stop("good", |app: &App| {
            Box::pin(async {
                app.story.tell("good");
                Ok(())
            })
        });
    let shutdown = server.shutdown_handle();
    let client = TestClient::new(server).await;
    client.call("nothing", json!({})).await.assert_ok();
    let begun = tokio::time::Instant::now();
    shutdown.shutdown().await;
    assert_eq!(begun.elapsed().as_secs(), 5, "the rest of the deadline");
    assert_eq!(story.so_far(), ["good"]);
    let told: Vec<_> = logs
        .lines()
        .into_iter()
        .filter(|line| line["level"] == "ERROR")
        .map(|line| line["fields"]["hook"].as_str().map(str::to_owned))
        .collect();
    for hook in ["failing", "panicking", "hanging"] {
        assert!(told.contains(&Some(hook.to_owned())), "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn stop_hooks_run_after_a_call_that_is_cancelled_at_the_deadline() {
    let story = Story::default();
    let server = Server::new("hooked", "1.0.0")
        .state(App {
            story: story.clone(),
        })
        .tools(tools![wait])
        .shutdown_deadline(Duration::from_secs(5))
        .on_stop("close", |app: &App| {
            Box::pin(async {
                app.story.tell("closed");
                Ok(())
            })
        });
    let shutdown = server.shutdown_handle();
    let client = TestClient::new(server).await;
    let _waiting = client.start("wait", json!({}));
    settle().await;
    shutdown.shutdown().await;
    assert_eq!(story.so_far(), ["ended", "closed"]);
}

#[tokio::test(start_paused = true)]
async fn the_hooks_of_a_mounted_server_run_with_those_of_the_other() {
    let story = Story::default();
    let shop = Shop {
        story: story.clone(),
        ..Shop::default()
    };
    let server = Server::new("outer", "1.0.0").mount("shop", shop.into_server());
    let client = TestClient::new(server).await;
    client.call("shop.sell", json!({})).await.assert_ok();
    client.shut_down();
    settle().await;
    assert_eq!(story.so_far(), WHOLE);
}

#[test]
fn a_process_runs_start_hooks_before_it_listens_and_stop_hooks_before_it_exits() {
    for command in ["http", "stdio"] {
        let mut process = Process::start(
            probe()
                .args([command])
                .env("PROBE_HOOKS", "told")
                .env("MCP_SERVER_PORT", "0"),
        );
        process.hears("opened by the probe");
        if command == "http" {
            process.hears("listening on");
        }
        process.terminate();
        process.hears("closed by the probe");
        process.assert_success();
    }
}

#[test]
fn a_failed_start_ends_the_process_with_its_error_text() {
    let mut process = Process::start(
        probe()
            .args(["http"])
            .env("PROBE_HOOKS", "failing")
            .env("MCP_SERVER_PORT", "0"),
    );
    let mut said = String::new();
    while let Some(line) = process.says() {
        said += &line;
    }
    assert!(
        said.contains("cannot start: `open` failed: no such database"),
        "{said}"
    );
    assert!(!said.contains("listening"), "{said}");
    assert_eq!(process.ends().0, Some(1));
}

#[test]
fn a_signal_ends_a_start_that_hangs() {
    let mut process = Process::start(probe().env("PROBE_HOOKS", "hanging"));
    process.hears("opening by the probe");
    process.terminate();
    process.assert_success();
}
