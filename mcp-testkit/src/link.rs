//! The connection to a server in this process: sends requests, and delivers each response to its request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mcp_runtime::__testing::Connection;
use mcp_runtime::Principal;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::script::Script;

/// The response to a request, and the notifications before it.
pub(crate) type Answer = (Value, Vec<Value>);

/// One end of the line; a task that owns the connection has the other.
#[derive(Debug)]
pub(crate) struct Link {
    commands: mpsc::UnboundedSender<Command>,
    inbox: Arc<Mutex<Inbox>>,
}

#[derive(Debug, Default)]
struct Inbox {
    waiting: HashMap<String, oneshot::Sender<Answer>>,
    notifications: Vec<Value>,
    lines: Option<mpsc::UnboundedSender<String>>,
    /// The responses to requests of the server.
    script: Arc<Mutex<Script>>,
    ended: bool,
}

enum Command {
    Line(String, Principal),
    Close,
    ShutDown,
    Metrics(oneshot::Sender<String>),
}

impl Link {
    pub(crate) fn new(connection: Connection, script: Arc<Mutex<Script>>) -> Self {
        let (commands, received) = mpsc::unbounded_channel();
        let inbox = Arc::new(Mutex::new(Inbox {
            script,
            ..Inbox::default()
        }));
        // Ends when this link is dropped: the channel of commands ends then, and the connection is closed.
        tokio::spawn(run(connection, received, Arc::clone(&inbox)));
        Self { commands, inbox }
    }

    /// Sends one line of `principal` unchanged.
    pub(crate) fn send(&self, line: String, principal: &Principal) {
        let _ = self.commands.send(Command::Line(line, principal.clone()));
    }

    /// Sends a request; the receiver ends without a value when the server does.
    pub(crate) fn request(
        &self,
        id: &Value,
        line: String,
        principal: &Principal,
    ) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        let mut inbox = lock(&self.inbox);
        if !inbox.ended {
            inbox.waiting.insert(id.to_string(), sender);
        }
        drop(inbox);
        self.send(line, principal);
        receiver
    }

    /// Redirects every following line from the server to the returned receiver.
    pub(crate) fn tap(&self) -> mpsc::UnboundedReceiver<String> {
        let (sender, receiver) = mpsc::unbounded_channel();
        lock(&self.inbox).lines = Some(sender);
        receiver
    }

    /// Takes the notifications that have arrived.
    pub(crate) fn take_notifications(&self) -> Vec<Value> {
        std::mem::take(&mut lock(&self.inbox).notifications)
    }

    pub(crate) fn close(&self) {
        let _ = self.commands.send(Command::Close);
    }

    pub(crate) fn shut_down(&self) {
        let _ = self.commands.send(Command::ShutDown);
    }

    pub(crate) async fn metrics(&self) -> Option<String> {
        let (sender, receiver) = oneshot::channel();
        self.commands.send(Command::Metrics(sender)).ok()?;
        receiver.await.ok()
    }
}

async fn run(
    mut connection: Connection,
    mut commands: mpsc::UnboundedReceiver<Command>,
    inbox: Arc<Mutex<Inbox>>,
) {
    let mut open = true;
    loop {
        tokio::select! {
            biased;
            line = connection.receive() => match line {
                Some(line) => {
                    let answer = lock(&inbox).deliver(line);
                    if let Some(answer) = answer {
                        connection.send(answer).await;
                    }
                }
                None => break,
            },
            command = commands.recv(), if open => match command {
                Some(Command::Line(line, principal)) => {
                    connection.principal(principal);
                    connection.send(line).await;
                }
                Some(Command::Metrics(reply)) => drop(reply.send(connection.metrics())),
                Some(Command::ShutDown) => connection.shut_down(),
                Some(Command::Close) => connection.close(),
                None => {
                    open = false;
                    connection.close();
                }
            },
        }
    }
    // Fails the pending requests.
    let mut inbox = lock(&inbox);
    inbox.ended = true;
    inbox.waiting.clear();
    inbox.lines = None;
}

impl Inbox {
    /// Processes a line from the server; returns the response if it is a request.
    fn deliver(&mut self, line: String) -> Option<String> {
        if let Some(lines) = &self.lines {
            let _ = lines.send(line);
            return None;
        }
        let message: Value = serde_json::from_str(&line).unwrap_or(Value::String(line));
        if message.get("method").is_some() && message.get("id").is_some() {
            return Some(self.answer(&message).to_string());
        }
        let waiting = message
            .get("id")
            .and_then(|id| self.waiting.remove(&id.to_string()));
        match waiting {
            Some(waiting) => {
                let id = message["id"].clone();
                let (own, others) = std::mem::take(&mut self.notifications)
                    .into_iter()
                    .partition(|note| belongs_to(note, &id));
                self.notifications = others;
                let _ = waiting.send((message, own));
            }
            None => self.notifications.push(message),
        }
        None
    }

    /// Builds the response to a request of the server.
    fn answer(&self, request: &Value) -> Value {
        let mut response = json!({ "jsonrpc": "2.0", "id": request["id"] });
        if let Some(result) = lock(&self.script).answer(request) {
            response["result"] = result;
        } else {
            let message = format!("this test has no answer to {}", request["method"]);
            response["error"] = json!({ "code": -32601, "message": message });
        }
        response
    }
}

/// Returns whether a notification belongs to the request with this id: the testkit uses the id as progress token.
fn belongs_to(notification: &Value, id: &Value) -> bool {
    let params = &notification["params"];
    params.get("progressToken") == Some(id) || notification["method"] == "notifications/message"
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
