//! Each policy once on a resource and once on a prompt; a refusal is a protocol error.

use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mcp_runtime::{RETRY_AFTER, Server, State, ToolError, prompt, prompts, resource, resources};
use mcp_testkit::{Reply, TestClient, era};
use serde_json::json;
use tokio::time::advance;

/// How often a function ran.
#[derive(Default, State)]
struct Calls {
    count: AtomicU32,
}

impl Calls {
    fn next(&self) -> u32 {
        self.count.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Fails in a way that may be over soon, so many times.
    fn fail(&self, times: u32) -> Result<String, ToolError> {
        let call = self.next();
        if call > times {
            Ok(format!("call {call}"))
        } else {
            Err(ToolError::new("not now").retryable())
        }
    }
}

mod read {
    use super::*;

    /// Is limited.
    #[resource("test://limited", rate_limit = "2/min")]
    pub(super) async fn limited() -> &'static str {
        "text"
    }

    /// Never ends.
    #[resource("test://slow", timeout = "5s")]
    pub(super) async fn slow() -> String {
        pending().await
    }

    /// One at a time.
    #[resource("test://alone", concurrency = 1)]
    pub(super) async fn alone() -> String {
        pending().await
    }

    /// Is remembered.
    #[resource("test://kept/{id}", cache = "60s")]
    pub(super) async fn kept(calls: &Calls, id: u32) -> String {
        format!("{id}: call {}", calls.next())
    }

    /// Fails twice.
    #[resource("test://shaky", retry(max = 2, backoff = "1s"))]
    pub(super) async fn shaky(calls: &Calls) -> Result<String, ToolError> {
        calls.fail(2)
    }

    /// Fails always.
    #[resource("test://down", breaker(failures = 2, cooldown = "30s"))]
    pub(super) async fn down(calls: &Calls) -> Result<String, ToolError> {
        calls.fail(u32::MAX)
    }

    /// Is long.
    #[resource("test://long", max_output = "64B")]
    pub(super) async fn long() -> String {
        "x".repeat(100)
    }

    /// Blocks.
    #[resource("test://blocks", blocking, timeout = "5s")]
    pub(super) fn blocks() -> &'static str {
        "unblocked"
    }
}

mod get {
    use super::*;

    /// Is limited.
    #[prompt(rate_limit = "2/min")]
    pub(super) async fn limited() -> &'static str {
        "text"
    }

    /// Never ends.
    #[prompt(timeout = "5s")]
    pub(super) async fn slow() -> String {
        pending().await
    }

    /// One at a time.
    #[prompt(concurrency = 1)]
    pub(super) async fn alone() -> String {
        pending().await
    }

    /// Is remembered.
    #[prompt(cache = "60s")]
    pub(super) async fn kept(calls: &Calls) -> String {
        format!("call {}", calls.next())
    }

    /// Fails twice.
    #[prompt(retry(max = 2, backoff = "1s"))]
    pub(super) async fn shaky(calls: &Calls) -> Result<String, ToolError> {
        calls.fail(2)
    }

    /// Fails always.
    #[prompt(breaker(failures = 2, cooldown = "30s"))]
    pub(super) async fn down(calls: &Calls) -> Result<String, ToolError> {
        calls.fail(u32::MAX)
    }

    /// Is long.
    #[prompt(max_output = "64B")]
    pub(super) async fn long() -> String {
        "x".repeat(100)
    }

    /// Blocks.
    #[prompt(blocking, timeout = "5s")]
    pub(super) fn blocks() -> &'static str {
        "unblocked"
    }
}

fn server() -> Server<Calls> {
    Server::new("policies", "1.0.0")
        .state(Calls::default())
        .resources(resources![
            read::limited,
            read::slow,
            read::alone,
            read::kept,
            read::shaky,
            read::down,
            read::long,
            read::blocks
        ])
        .prompts(prompts![
            get::limited,
            get::slow,
            get::alone,
            get::kept,
            get::shaky,
            get::down,
            get::long,
            get::blocks
        ])
}

/// The two kinds, with different requests.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Read,
    Get,
}

const BOTH: [Asked; 2] = [Asked::Read, Asked::Get];

impl Asked {
    fn request(self, name: &str) -> (&'static str, serde_json::Value) {
        match self {
            Self::Read => ("resources/read", json!({ "uri": format!("test://{name}") })),
            Self::Get => ("prompts/get", json!({ "name": name })),
        }
    }

    async fn ask(self, client: &TestClient, name: &str) -> Reply {
        let (method, params) = self.request(name);
        client.request(method, params).await
    }

    fn text(self, reply: &Reply) -> String {
        let result = reply.assert_ok().result();
        let text = match self {
            Self::Read => &result["contents"][0]["text"],
            Self::Get => &result["messages"][0]["content"]["text"],
        };
        text.as_str().unwrap().to_owned()
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Read => "resource",
            Self::Get => "prompt",
        }
    }
}

/// The message of an error of the protocol.
#[track_caller]
fn refusal(reply: &Reply) -> String {
    let error = &reply.response()["error"];
    error["message"]
        .as_str()
        .unwrap_or_else(|| panic!("no error: {}", reply.response()))
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_refuses_with_the_wait_in_every_revision() {
    for version in era::ALL {
        for asked in BOTH {
            let client = TestClient::with_version(server(), version).await;
            for _ in 0..2 {
                asked.ask(&client, "limited").await.assert_ok();
            }
            let refused = asked.ask(&client, "limited").await;
            let expected = format!(
                "rate limit of 2/min for {} `limited` reached; retry in 30.0 s",
                asked.noun()
            );
            assert!(
                refusal(&refused).starts_with(&expected),
                "{version:?} {}",
                refusal(&refused)
            );
            assert_eq!(refused.response()["error"]["data"][RETRY_AFTER], 30.0);
            advance(Duration::from_secs(30)).await;
            asked.ask(&client, "limited").await.assert_ok();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_a_resource_says_that_a_retry_is_safe() {
    let client = TestClient::new(server()).await;
    for asked in BOTH {
        let message = refusal(&asked.ask(&client, "slow").await);
        assert!(
            message.contains("timed out after 5s") && message.contains("safe to retry"),
            "{message}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_beyond_the_concurrency_is_refused() {
    for asked in BOTH {
        let client = TestClient::new(server()).await;
        let (method, params) = asked.request("alone");
        let first = client.send(method, params);
        let message = refusal(&asked.ask(&client, "alone").await);
        assert!(
            message.contains(&format!("{} `alone`", asked.noun())),
            "{message}"
        );
        first.cancel();
    }
}

#[tokio::test(start_paused = true)]
async fn results_are_cached_by_their_arguments() {
    for asked in BOTH {
        let client = TestClient::new(server()).await;
        let name = |id: u32| {
            if let Asked::Read = asked {
                format!("kept/{id}")
            } else {
                "kept".to_owned()
            }
        };
        let first = asked.text(&asked.ask(&client, &name(1)).await);
        assert!(first.ends_with("call 1"), "{first}");
        assert_eq!(asked.text(&asked.ask(&client, &name(1)).await), first);
        if let Asked::Read = asked {
            assert_eq!(asked.text(&asked.ask(&client, &name(2)).await), "2: call 2");
        }
        advance(Duration::from_secs(61)).await;
        assert_ne!(asked.text(&asked.ask(&client, &name(1)).await), first);
    }
}

#[tokio::test]
async fn contents_have_the_time_for_which_they_may_be_cached() {
    let client = TestClient::new(server()).await;
    let (method, params) = Asked::Read.request("kept/1");
    let reply = client.request(method, params).await;
    assert_eq!(
        (&reply.result()["ttlMs"], &reply.result()["cacheScope"]),
        (&json!(60_000), &json!("private"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_retryable_error_is_retried() {
    for asked in BOTH {
        let client = TestClient::new(server()).await;
        assert_eq!(asked.text(&asked.ask(&client, "shaky").await), "call 3");
    }
}

#[tokio::test(start_paused = true)]
async fn a_breaker_fails_fast() {
    for asked in BOTH {
        let client = TestClient::new(server()).await;
        for _ in 0..2 {
            assert!(refusal(&asked.ask(&client, "down").await).contains("not now"));
        }
        let refused = asked.ask(&client, "down").await;
        assert!(
            !refusal(&refused).contains("not now"),
            "{}",
            refusal(&refused)
        );
        assert_eq!(refused.response()["error"]["data"][RETRY_AFTER], 30.0);
    }
}

#[tokio::test]
async fn a_large_result_is_an_error_that_names_the_limit() {
    let client = TestClient::new(server()).await;
    for asked in BOTH {
        let message = refusal(&asked.ask(&client, "long").await);
        assert!(
            message.contains("64") && !message.contains("xxx"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_blocking_function_returns_its_result() {
    let client = TestClient::new(server()).await;
    for asked in BOTH {
        assert_eq!(asked.text(&asked.ask(&client, "blocks").await), "unblocked");
    }
}
