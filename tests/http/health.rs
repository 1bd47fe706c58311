//! `/healthz`, `/ready` and `/health`: checks that pass, fail, hang and panic.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mcp_runtime::auth::ApiKeys;
use mcp_runtime::{Server, server};
use serde_json::{Value, json};

use super::client::{Call, Client};

/// Four dependencies, of which some are broken.
#[derive(Default)]
struct Clinic {
    fails: bool,
    hangs: bool,
    panics: bool,
    asked: Arc<AtomicUsize>,
}

#[server]
impl Clinic {
    /// Does nothing.
    #[tool]
    async fn nothing() {}

    #[ready]
    async fn healthy(&self) -> Result<(), String> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    #[ready]
    async fn database(&self) -> Result<(), std::io::Error> {
        if self.fails {
            Err(std::io::Error::other("no route to host"))
        } else {
            Ok(())
        }
    }

    #[ready(name = "message queue")]
    async fn queue(&self) -> Result<(), String> {
        if self.hangs {
            std::future::pending().await
        } else {
            Ok(())
        }
    }

    #[ready]
    async fn cache(&self) -> Result<(), String> {
        if self.panics {
            panic!("the password is hunter2")
        } else {
            Ok(())
        }
    }
}

async fn get(client: &Client, path: &str) -> (u16, Value) {
    let (status, text) = client.get(path).await;
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test(start_paused = true)]
async fn healthz_is_200_whatever_the_dependencies_report() {
    let client = Client::new(
        Clinic {
            fails: true,
            hangs: true,
            panics: true,
            ..Clinic::default()
        }
        .into_server(),
    );
    assert_eq!(client.get("/healthz").await, (200, "ok\n".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn without_dependencies_a_server_is_ready() {
    let client = Client::new(Server::new("bare", "1.0.0"));
    assert_eq!(
        get(&client, "/ready").await,
        (200, json!({ "status": "ready" }))
    );
}

#[tokio::test(start_paused = true)]
async fn ready_when_every_dependency_responds() {
    let client = Client::new(Clinic::default().into_server());
    assert_eq!(
        get(&client, "/ready").await,
        (200, json!({ "status": "ready" }))
    );
}

#[tokio::test(start_paused = true)]
async fn not_ready_names_each_failing_check_and_no_other() {
    let client = Client::new(
        Clinic {
            fails: true,
            hangs: true,
            panics: true,
            ..Clinic::default()
        }
        .into_server(),
    );
    let (status, body) = get(&client, "/ready").await;
    assert_eq!((status, &body["status"]), (503, &json!("failing")));
    let checks: Vec<_> = body["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| (&check["name"], &check["error"]))
        .collect();
    let expected = [
        (json!("database"), json!("no route to host")),
        (json!("message queue"), json!("no answer within 2 s")),
        (json!("cache"), json!("it panicked")),
    ];
    assert_eq!(
        checks,
        expected
            .iter()
            .map(|(name, error)| (name, error))
            .collect::<Vec<_>>()
    );
}

#[tokio::test(start_paused = true)]
async fn a_hanging_check_times_out_after_2_s_without_delaying_the_others() {
    let client = Client::new(
        Clinic {
            hangs: true,
            ..Clinic::default()
        }
        .into_server(),
    );
    let before = tokio::time::Instant::now();
    assert_eq!(client.get("/ready").await.0, 503);
    assert_eq!(before.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn health_shows_everything() {
    let client = Client::new(
        Clinic {
            fails: true,
            ..Clinic::default()
        }
        .into_server(),
    );
    tokio::time::advance(Duration::from_secs(90)).await;
    let (status, body) = get(&client, "/health").await;
    assert_eq!(status, 503);
    assert_eq!(
        (&body["status"], &body["draining"]),
        (&json!("failing"), &json!(false))
    );
    assert_eq!(
        (&body["name"], &body["version"]),
        (
            &json!(env!("CARGO_PKG_NAME")),
            &json!(env!("CARGO_PKG_VERSION"))
        )
    );
    assert_eq!(body["uptime_seconds"], 90);
    let checks = body["checks"].as_array().unwrap();
    assert_eq!(
        checks
            .iter()
            .map(|check| check["ok"].as_bool().unwrap())
            .collect::<Vec<_>>(),
        [true, false, true, true]
    );
    assert!(checks.iter().all(|check| check["latency_ms"].is_number()));
    assert_eq!(checks[1]["error"], "no route to host");

    let (status, body) = get(&Client::new(Clinic::default().into_server()), "/health").await;
    assert_eq!((status, &body["status"]), (200, &json!("ok")));
}

#[tokio::test(start_paused = true)]
async fn reports_are_reused_for_a_second() {
    let clinic = Clinic::default();
    let asked = Arc::clone(&clinic.asked);
    let client = Client::new(clinic.into_server());
    for path in ["/ready", "/ready", "/health", "/ready"] {
        assert_eq!(client.get(path).await.0, 200);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    tokio::time::advance(Duration::from_millis(1001)).await;
    client.get("/ready").await;
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn concurrent_probes_share_one_round_of_checks() {
    let clinic = Clinic {
        hangs: true,
        ..Clinic::default()
    };
    let asked = Arc::clone(&clinic.asked);
    let client = Client::new(clinic.into_server());
    let (one, other, third) = tokio::join!(
        client.get("/ready"),
        client.get("/health"),
        client.get("/ready")
    );
    assert_eq!((one.0, other.0, third.0), (503, 503, 503));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_check_can_be_added_without_an_attribute() {
    let server = Server::new("bare", "1.0.0")
        .ready("disk", |(): &()| Box::pin(async { Err("full".to_owned()) }));
    let (status, body) = get(&Client::new(server), "/ready").await;
    assert_eq!(
        (
            status,
            &body["checks"][0]["name"],
            &body["checks"][0]["error"]
        ),
        (503, &json!("disk"), &json!("full"))
    );
}

/// A dependency that works again when it is asked for the second time.
#[derive(Default)]
struct Flaky {
    asked: AtomicUsize,
}

#[server]
impl Flaky {
    /// Does nothing.
    #[tool]
    async fn idle() {}

    #[ready(name = "recommendations", optional)]
    async fn recommend(&self) -> Result<(), String> {
        match self.asked.fetch_add(1, Ordering::Relaxed) {
            0 => Err("connection refused".to_owned()),
            _ => Ok(()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_dependency_that_is_optional_degrades_and_its_last_error_stays() {
    let client = Client::new(Flaky::default().into_server());
    let (status, body) = get(&client, "/ready").await;
    assert_eq!((status, &body["status"]), (200, &json!("degraded")));
    assert_eq!(body["checks"][0]["name"], "recommendations");
    let (status, body) = get(&client, "/health").await;
    assert_eq!((status, &body["status"]), (200, &json!("degraded")));
    let check = &body["checks"][0];
    assert_eq!(
        (&check["ok"], &check["optional"]),
        (&json!(false), &json!(true))
    );
    let at = check["last_error"]["at"].clone();
    tokio::time::advance(Duration::from_mins(1)).await;
    let (status, body) = get(&client, "/health").await;
    assert_eq!((status, &body["status"]), (200, &json!("ok")));
    let check = &body["checks"][0];
    assert_eq!(
        (&check["ok"], &check["error"]),
        (&json!(true), &Value::Null)
    );
    let last = json!({ "error": "connection refused", "at": at });
    assert_eq!(check["last_error"], last, "with the time of the error");
    assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
}

#[tokio::test(start_paused = true)]
async fn a_failed_required_check_counts_in_addition_to_an_optional_one() {
    let server = Server::new("bare", "1.0.0")
        .ready_optional("cache", |(): &()| {
            Box::pin(async { Err("full".to_owned()) })
        })
        .ready("disk", |(): &()| Box::pin(async { Err("full".to_owned()) }));
    let client = Client::new(server);
    assert_eq!(get(&client, "/ready").await.0, 503);
    let (status, body) = get(&client, "/health").await;
    assert_eq!((status, &body["status"]), (503, &json!("failing")));
}

#[tokio::test(start_paused = true)]
async fn unverified_callers_do_not_see_error_texts() {
    let clinic = Clinic {
        fails: true,
        ..Clinic::default()
    };
    let key = "0123456789abcdef0123456789abcdef";
    let keys = ApiKeys::new([format!("ops:{key}")]);
    let client = Client::new(clinic.into_server().auth(keys));
    for path in ["/health", "/ready"] {
        let (status, body) = get(&client, path).await;
        assert_eq!(status, 503, "{path}");
        let text = body.to_string();
        assert!(
            text.contains("database") && !text.contains("route"),
            "{text}"
        );
        let call = Call::get().at(path);
        let call = call.header("authorization", &format!("Bearer {key}"));
        let text = client.open(call).await.text().await;
        assert!(text.contains("no route to host"), "{text}");
    }
}
