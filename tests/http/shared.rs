//! Sessions that instances share: what a lookup has read of a session is replaced by what happens to it meanwhile.
//!
//! `tests/redis` has the rest, with a real store; here each step of the store waits for the test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcp_runtime::store::{
    Feed, Joined, SessionFields, SessionSignal, SessionStore, StoreError, Stores,
};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::client::{Call, Client};
use crate::support::gate::{Gate, settle};
use crate::support::tools::server;

type StoreFuture<'a, T> =
    std::pin::Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The fields of a session.
type Fields = HashMap<String, Vec<u8>>;

/// The memory that instances share.
#[derive(Debug, Default)]
struct Hub {
    /// The fields of the open sessions; `None` for one that has ended.
    sessions: Mutex<HashMap<String, Option<Fields>>>,
    instances: Mutex<HashMap<String, mpsc::UnboundedSender<SessionSignal>>>,
}

/// The store of one instance.
#[derive(Debug)]
struct Member {
    hub: Arc<Hub>,
    name: &'static str,
    /// Passed by lookups after they have read, if there is one.
    read: Option<Arc<Gate>>,
    /// Passed by ends before they are stored, if there is one.
    end: Option<Arc<Gate>>,
}

impl Hub {
    fn tell(&self, sender: &str, key: &str, signal: &[u8]) {
        for (name, instance) in &*self.instances.lock().unwrap() {
            if name != sender {
                let _ = instance.send(SessionSignal::Signal(key.to_owned(), signal.to_vec()));
            }
        }
    }

    fn member(self: &Arc<Self>, name: &'static str) -> Member {
        let hub = Arc::clone(self);
        Member {
            hub,
            name,
            read: None,
            end: None,
        }
    }
}

impl SessionStore for Member {
    fn instance(&self) -> &str {
        self.name
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        fields: SessionFields,
        _: Duration,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let mut sessions = self.hub.sessions.lock().unwrap();
            let session = sessions.entry(key.to_owned());
            let session = session.or_insert_with(|| Some(HashMap::new()));
            let Some(session) = session else {
                return Ok(false);
            };
            session.extend(fields);
            Ok(true)
        })
    }

    fn join<'a>(&'a self, key: &'a str, _: Duration) -> StoreFuture<'a, Joined> {
        Box::pin(async move {
            let found = self.hub.sessions.lock().unwrap().get(key).cloned();
            if let Some(gate) = &self.read {
                gate.pass().await;
            }
            Ok(match found {
                Some(Some(fields)) => Joined::Open(fields.into_iter().collect()),
                Some(None) => Joined::Ended,
                None => Joined::Unknown,
            })
        })
    }

    fn touch<'a>(&'a self, _: &'a str, _: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn set<'a>(
        &'a self,
        key: &'a str,
        field: &'a str,
        value: Option<Vec<u8>>,
        signal: Vec<u8>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut sessions = self.hub.sessions.lock().unwrap();
            if let Some(Some(session)) = sessions.get_mut(key) {
                match value {
                    Some(value) => session.insert(field.to_owned(), value),
                    None => session.remove(field),
                };
            }
            self.hub.tell(self.name, key, &signal);
            Ok(())
        })
    }

    fn tell<'a>(&'a self, key: &'a str, signal: Vec<u8>) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.hub.tell(self.name, key, &signal);
            Ok(())
        })
    }

    fn send<'a>(&'a self, _: &'a str, _: &'a str, _: Vec<u8>) -> StoreFuture<'a, bool> {
        Box::pin(async { Ok(true) })
    }

    fn end<'a>(&'a self, key: &'a str, signal: Vec<u8>, _: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            if let Some(gate) = &self.end {
                gate.pass().await;
            }
            self.hub.tell(self.name, key, &signal);
            let mut sessions = self.hub.sessions.lock().unwrap();
            sessions.insert(key.to_owned(), None);
            Ok(())
        })
    }

    fn signals(&self) -> Feed<SessionSignal> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut instances = self.hub.instances.lock().unwrap();
        instances.insert(self.name.to_owned(), sender);
        Feed::new(receiver, async |mut receiver| {
            let signal = receiver.recv().await?;
            Some((signal, receiver))
        })
    }

    fn is_there<'a>(&'a self, _: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async { Ok(true) })
    }
}

fn instance(member: Member) -> Client {
    Client::new(server().stores(Stores::default().sessions(member)))
}

fn ping(session: &str) -> Call {
    Call::legacy(session, "ping", json!({}))
}

/// Sends a request in a task of its own, which returns the status.
fn sent(client: &Client, call: Call) -> JoinHandle<u16> {
    let client = client.clone();
    tokio::spawn(async move { client.send(call).await.status })
}

/// The level of the messages that a session gets from a tool that logs on each level.
async fn first_level(client: &Client, session: &str) -> String {
    let call = Call::legacy(session, "tools/call", json!({ "name": "chat" }));
    let messages = client.open(call).await.stream().rest().await;
    let level = &messages[0]["params"]["level"];
    level.as_str().unwrap_or("none").to_owned()
}

/// Two instances; a lookup of the second waits until the gate is opened.
fn pair() -> (Client, Client, Arc<Gate>) {
    let hub = Arc::<Hub>::default();
    let gate = Gate::new();
    let second = Member {
        read: Some(Arc::clone(&gate)),
        ..hub.member("b")
    };
    (instance(hub.member("a")), instance(second), gate)
}

/// Two instances; the end of a session on the first waits until the gate is opened.
fn ending_pair() -> (Client, Client, Arc<Gate>) {
    let hub = Arc::<Hub>::default();
    let gate = Gate::new();
    let first = Member {
        end: Some(Arc::clone(&gate)),
        ..hub.member("a")
    };
    (instance(first), instance(hub.member("b")), gate)
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_while_it_is_looked_up_is_not_found() {
    let (a, b, gate) = pair();
    let session = a.initialize("2025-06-18").await;
    let asked = sent(&b, ping(&session));
    gate.arrivals(1).await;
    assert_eq!(a.send(Call::delete(&session)).await.status, 204);
    settle().await;
    gate.open(usize::MAX >> 4);
    assert_eq!(asked.await.unwrap(), 404);
    assert_eq!(b.send(ping(&session)).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_level_that_is_set_while_the_session_is_looked_up_applies() {
    let (a, b, gate) = pair();
    let session = a.initialize("2025-06-18").await;
    let asked = sent(&b, ping(&session));
    gate.arrivals(1).await;
    let set = Call::legacy(&session, "logging/setLevel", json!({ "level": "error" }));
    assert_eq!(a.send(set).await.status, 200);
    settle().await;
    gate.open(usize::MAX >> 4);
    assert_eq!(asked.await.unwrap(), 200);
    assert_eq!(first_level(&b, &session).await, "error");
}

#[tokio::test(start_paused = true)]
async fn a_session_is_not_found_while_its_end_is_stored() {
    let (a, _, gate) = ending_pair();
    let session = a.initialize("2025-06-18").await;
    let ended = sent(&a, Call::delete(&session));
    gate.arrivals(1).await;
    assert_eq!(a.send(ping(&session)).await.status, 404);
    gate.open(1);
    assert_eq!(ended.await.unwrap(), 204);
    assert_eq!(a.send(ping(&session)).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn an_end_is_stored_although_its_client_is_gone() {
    let (a, b, gate) = ending_pair();
    let session = a.initialize("2025-06-18").await;
    assert_eq!(b.send(ping(&session)).await.status, 200);
    let ended = sent(&a, Call::delete(&session));
    gate.arrivals(1).await;
    ended.abort();
    assert!(ended.await.is_err());
    gate.open(1);
    settle().await;
    assert_eq!(b.send(ping(&session)).await.status, 404);
}
