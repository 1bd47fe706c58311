//! A program's own store: its calls, failures, and tasks after a restart.

use std::collections::HashMap;
use std::future::{pending, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mcp_runtime::store::StoreError;
use mcp_runtime::task::{TaskRecord, TaskSignals, TaskStatus, TaskStore};
use mcp_testkit::TestClient;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Book, of, settle, somebody};

type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps tasks as text, as a database would, and fails on request.
#[derive(Clone, Debug, Default)]
struct Shelf(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    texts: HashMap<String, String>,
    puts: Vec<TaskStatus>,
    fails: bool,
    panics: bool,
    stalls: bool,
}

impl Shelf {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, fails: bool) {
        self.lock().fails = fails;
    }

    fn statuses(&self) -> Vec<TaskStatus> {
        self.lock().puts.clone()
    }

    fn only(&self) -> TaskRecord {
        let kept = self.lock();
        assert_eq!(kept.texts.len(), 1);
        serde_json::from_str(kept.texts.values().next().unwrap()).unwrap()
    }
}

impl TaskStore for Shelf {
    fn put(&self, task: TaskRecord) -> Later<'_, ()> {
        let mut kept = self.lock();
        assert!(!kept.panics, "a bug in the store");
        if kept.stalls {
            return Box::pin(pending());
        }
        let done = if kept.fails {
            Err("the database at 10.0.0.1 is down".into())
        } else {
            kept.puts.push(task.status);
            kept.texts
                .insert(task.task_id.clone(), serde_json::to_string(&task).unwrap());
            Ok(())
        };
        Box::pin(ready(done))
    }

    fn get<'a>(&'a self, id: &'a str) -> Later<'a, Option<TaskRecord>> {
        let kept = self.lock();
        let found = if kept.fails {
            Err("the database at 10.0.0.1 is down".into())
        } else {
            Ok(kept
                .texts
                .get(id)
                .map(|text| serde_json::from_str(text).unwrap()))
        };
        Box::pin(ready(found))
    }
}

async fn with(shelf: &Shelf, book: &Book) -> TestClient {
    TestClient::new(of(book.clone()).task_store(shelf.clone()))
        .await
        .tasks()
}

fn internal(reply: &mcp_testkit::Reply) {
    let text = reply.assert_rpc_error(-32603).response()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(!text.contains("10.0.0.1"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_store_has_a_task_before_its_client_gets_the_id_and_every_later_change() {
    let (shelf, book) = (Shelf::default(), Book::default());
    let client = with(&shelf, &book).await.principal(somebody("ann"));
    let task = client.start("slow", json!({ "seconds": 1 })).task().await;
    assert_eq!(shelf.statuses()[0], TaskStatus::Working);
    task.ended().await;
    let record = shelf.only();
    assert_eq!(
        (&*record.task_id, record.owner.as_deref()),
        (task.id(), Some("ann"))
    );
    assert_eq!(
        (record.status, record.ttl_ms),
        (TaskStatus::Completed, 3_600_000)
    );
    let outcome: Value = serde_json::from_str(record.outcome.unwrap().get()).unwrap();
    assert_eq!(outcome["content"][0]["text"], "1 s");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_cannot_be_stored_does_not_start() {
    let (shelf, book) = (Shelf::default(), Book::default());
    let client = with(&shelf, &book).await;
    shelf.fail(true);
    internal(
        &client
            .request(
                "tools/call",
                json!({ "name": "slow", "arguments": { "seconds": 1 } }),
            )
            .await,
    );
    settle().await;
    assert_eq!(book.pages.begun(), 0);
    internal(&client.request("tasks/get", json!({ "taskId": "x" })).await);
    shelf.fail(false);
    client
        .call("slow", json!({ "seconds": 1 }))
        .await
        .assert_text("1 s");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_disconnects_before_its_task_is_stored_leaves_nothing_behind() {
    let (shelf, book) = (Shelf::default(), Book::default());
    let client = with(&shelf, &book).await;
    shelf.lock().stalls = true;
    for _ in 0..1001 {
        let call = client.start("slow", json!({ "seconds": 1 }));
        settle().await;
        call.cancel();
        settle().await;
    }
    shelf.lock().stalls = false;
    client
        .call("slow", json!({ "seconds": 1 }))
        .await
        .assert_text("1 s");
    assert_eq!(book.pages.begun(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_a_store_counts_as_a_failure() {
    let (shelf, book) = (Shelf::default(), Book::default());
    let client = with(&shelf, &book).await;
    let task = client.start("slow", json!({ "seconds": 1 })).task().await;
    shelf.lock().panics = true;
    internal(
        &client
            .request(
                "tools/call",
                json!({ "name": "slow", "arguments": { "seconds": 1 } }),
            )
            .await,
    );
    sleep(Duration::from_secs(2)).await;
    shelf.lock().panics = false;
    sleep(Duration::from_mins(1)).await;
    assert_eq!(shelf.only().status, TaskStatus::Completed);
    assert_eq!(task.get().await["status"], "completed");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_during_a_task_does_not_stop_it() {
    let (shelf, book) = (Shelf::default(), Book::default());
    let client = with(&shelf, &book).await;
    let task = client.start("slow", json!({ "seconds": 60 })).task().await;
    shelf.fail(true);
    sleep(Duration::from_secs(30)).await;
    assert_eq!(
        task.get().await["status"],
        "working",
        "while it runs it is known here"
    );
    sleep(Duration::from_secs(31)).await;
    assert_eq!(book.pages.dropped(), 0);
    shelf.fail(false);
    let text = |state: &Value| state["result"]["content"][0]["text"].clone();
    assert_eq!(text(&task.get().await), "60 s");
    sleep(Duration::from_mins(1)).await;
    assert_eq!(
        shelf.only().status,
        TaskStatus::Completed,
        "its end is not lost with one write"
    );
    assert_eq!(text(&task.get().await), "60 s");
}

#[tokio::test(start_paused = true)]
async fn a_task_is_known_after_a_restart_and_on_another_instance() {
    let (shelf, book) = (Shelf::default(), Book::default());
    let first = with(&shelf, &book).await.principal(somebody("ann"));
    let (done, open) = (
        first.start("slow", json!({ "seconds": 1 })).task().await,
        first.start("slow", json!({ "seconds": 600 })).task().await,
    );
    done.ended().await;

    let second = with(&shelf, &book).await.principal(somebody("ann"));
    let get = async |id: &str| second.request("tasks/get", json!({ "taskId": id })).await;
    assert_eq!(
        get(done.id()).await.result()["result"]["content"][0]["text"],
        "1 s"
    );
    assert_eq!(get(open.id()).await.result()["status"], "working");
    let cancel = async |id: &str| {
        second
            .request("tasks/cancel", json!({ "taskId": id }))
            .await
    };
    cancel(done.id()).await.assert_ok();
    cancel(open.id()).await.assert_rpc_error(-32603);
    let other = second.clone().principal(somebody("bob"));
    let params = json!({ "taskId": done.id() });
    other
        .request("tasks/get", params)
        .await
        .assert_rpc_error(-32602);

    // A task that never ends in its own process expires with its ttl.
    sleep(Duration::from_mins(61)).await;
    get(open.id()).await.assert_rpc_error(-32602);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_a_task_at_the_deadline_and_stores_its_end() {
    let (shelf, book) = (Shelf::default(), Book::default());
    let client = with(&shelf, &book).await;
    let _task = client.start("slow", json!({ "seconds": 600 })).task().await;
    settle().await;
    client.shut_down();
    sleep(Duration::from_secs(31)).await;
    let record = shelf.only();
    assert!(record.status.is_terminal(), "{record:?}");
}

/// A store that instances share, which panics in one of its methods.
#[derive(Debug, Default)]
struct Wild {
    shelf: Shelf,
    calls: Mutex<HashMap<&'static str, usize>>,
    panics: Mutex<&'static str>,
}

impl Wild {
    fn enter(&self, method: &'static str) {
        *self.calls.lock().unwrap().entry(method).or_default() += 1;
        let panics = *self.panics.lock().unwrap();
        assert_ne!(panics, method, "a bug in the store");
    }

    fn panic_in(&self, method: &'static str) {
        *self.panics.lock().unwrap() = method;
    }

    fn calls(&self, method: &'static str) -> usize {
        let calls = self.calls.lock().unwrap();
        calls.get(method).copied().unwrap_or_default()
    }
}

#[derive(Clone, Debug, Default)]
struct Handle(Arc<Wild>);

impl TaskStore for Handle {
    fn put(&self, task: TaskRecord) -> Later<'_, ()> {
        self.0.shelf.put(task)
    }

    fn get<'a>(&'a self, id: &'a str) -> Later<'a, Option<TaskRecord>> {
        self.0.shelf.get(id)
    }

    fn claim<'a>(&'a self, _: &'a [String], _: Duration) -> Later<'a, ()> {
        self.0.enter("claim");
        Box::pin(ready(Ok(())))
    }

    fn release<'a>(&'a self, _: &'a str) -> Later<'a, ()> {
        Box::pin(async {
            self.0.enter("release");
            Ok(())
        })
    }

    fn orphans(&self, _: Duration) -> Later<'_, Vec<String>> {
        Box::pin(async {
            self.0.enter("orphans");
            Ok(Vec::new())
        })
    }

    fn signal<'a>(&'a self, _: &'a str, _: Vec<u8>) -> Later<'a, bool> {
        self.0.enter("signal");
        Box::pin(ready(Ok(false)))
    }

    fn signals(&self) -> Option<TaskSignals> {
        self.0.enter("signals");
        let store = Arc::clone(&self.0);
        Some(TaskSignals::new(store, async |store| {
            loop {
                store.enter("next");
                sleep(Duration::from_secs(1)).await;
            }
        }))
    }
}

#[tokio::test(start_paused = true)]
async fn a_shared_store_that_panics_in_any_method_has_failed_and_is_asked_again() {
    let store = Handle::default();
    let server = || of(Book::default()).task_store(store.clone());
    let [here, there] = [
        TestClient::new(server()).await.tasks(),
        TestClient::new(server()).await.tasks(),
    ];
    let wild = &store.0;
    let slow = json!({ "name": "slow", "arguments": { "seconds": 300 } });
    wild.panic_in("claim");
    internal(&here.request("tools/call", slow).await);
    wild.panic_in("");
    let task = here.start("slow", json!({ "seconds": 300 })).task().await;
    for method in ["claim", "orphans", "next"] {
        wild.panic_in(method);
        sleep(Duration::from_secs(12)).await;
        let before = wild.calls(method);
        sleep(Duration::from_secs(12)).await;
        assert!(wild.calls(method) > before, "{method} is called again");
        assert_eq!(task.get().await["status"], "working", "{method}");
    }
    let listened = wild.calls("signals");
    wild.panic_in("signals");
    sleep(Duration::from_secs(30)).await;
    wild.panic_in("");
    sleep(Duration::from_secs(12)).await;
    assert!(listened > 2, "it is listened to again");
    let cancel = || there.request("tasks/cancel", json!({ "taskId": task.id() }));
    wild.panic_in("signal");
    internal(&cancel().await);
    wild.panic_in("release");
    task.ended().await;
    assert!(wild.calls("release") > 0);
    assert_eq!(task.get().await["status"], "completed");
    wild.panic_in("");
    here.call("slow", json!({ "seconds": 1 }))
        .await
        .assert_text("1 s");
}
