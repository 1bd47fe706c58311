//! A pending request: its rounds, its task, its response.

use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::{PATIENCE, TestClient};
use crate::link::{self, lock};
use crate::reply::Reply;
use crate::script::Script;
use crate::task::{self, Task};

/// The maximum number of rounds of a call.
const ROUNDS: usize = 20;

/// A request that was sent and has no response yet.
#[derive(Debug)]
#[must_use = "a request is awaited with `reply` or given up with `cancel`"]
pub struct Pending<'a> {
    client: &'a TestClient,
    id: Value,
    request: Value,
    answer: oneshot::Receiver<link::Answer>,
}

impl<'a> Pending<'a> {
    pub(super) fn new(
        client: &'a TestClient,
        id: Value,
        request: Value,
        answer: oneshot::Receiver<link::Answer>,
    ) -> Self {
        Self {
            client,
            id,
            request,
            answer,
        }
    }

    /// Waits for the response; for a client that [supports tasks](TestClient::tasks), for the end of the task.
    ///
    /// # Panics
    ///
    /// Panics if the server ends, or is idle, without a response, or if the task was cancelled.
    pub async fn reply(self) -> Reply {
        let client = self.client;
        let reply = self.settled().await;
        match Task::from_reply(client, &reply).filter(|_| client.tasks) {
            Some(task) => {
                let state = task.ended().await;
                let outcome = task::outcome(&state, &reply.response()["id"]);
                reply.with(outcome.unwrap_or_else(|| panic!("the task has no outcome: {state:#}")))
            }
            None => reply,
        }
    }

    /// Waits for the response, which must be a task.
    ///
    /// # Panics
    ///
    /// Panics if it is not a task, or as [`reply`](Self::reply) does.
    pub async fn task(self) -> Task<'a> {
        let client = self.client;
        let reply = self.settled().await;
        Task::from_reply(client, &reply)
            .unwrap_or_else(|| panic!("the call is no task: {:#}", reply.response()))
    }

    /// Waits for the response after all rounds.
    pub(crate) async fn settled(self) -> Reply {
        let client = self.client;
        let mut reply = self.next().await;
        for _ in 0..ROUNDS {
            let Some(params) = client.answered(&reply) else {
                return reply;
            };
            let method = reply.method().to_owned();
            reply = client.send(&method, params).next().await.after(reply);
        }
        panic!(
            "the server still asks after {ROUNDS} rounds: {:#}",
            reply.response()
        )
    }

    /// Waits for the response of this round.
    async fn next(self) -> Reply {
        let Self {
            request, answer, ..
        } = self;
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok((response, notifications))) => Reply::new(request, response, notifications),
            Ok(Err(_)) => panic!("the server ended without an answer to\n{request:#}"),
            Err(elapsed) => panic!("no answer ({elapsed}) to\n{request:#}"),
        }
    }

    /// Cancels the request, as a client that stops waiting.
    pub fn cancel(self) {
        self.client.notify(
            "notifications/cancelled",
            json!({ "requestId": self.id, "reason": "test" }),
        );
    }

    /// Returns the id of the request.
    pub fn id(&self) -> &Value {
        &self.id
    }
}

impl TestClient {
    /// The params of the next round, if there are input requests with scripted responses.
    fn answered(&self, reply: &Reply) -> Option<Value> {
        let result = reply
            .response()
            .get("result")
            .filter(|result| result["resultType"] == "input_required")?;
        let mut script = lock(&self.script);
        if script.is_empty() {
            return None;
        }
        let mut params = reply.params().clone();
        let fields = params.as_object_mut()?;
        for member in ["inputResponses", "requestState"] {
            fields.remove(member);
        }
        // Each round is a separate request.
        if let Some(meta) = fields.get_mut("_meta").and_then(Value::as_object_mut) {
            meta.remove("progressToken");
        }
        if let Some(requests) = result["inputRequests"].as_object() {
            let answer =
                |(key, request): (&String, &Value)| (key.clone(), scripted(&mut script, request));
            fields.insert(
                "inputResponses".to_owned(),
                requests.iter().map(answer).collect::<Map<_, _>>().into(),
            );
        }
        if let Some(state) = result.get("requestState") {
            fields.insert("requestState".to_owned(), state.clone());
        }
        Some(params)
    }

    /// The scripted response to an input request.
    pub(crate) fn says(&self, request: &Value) -> Value {
        scripted(&mut lock(&self.script), request)
    }
}

fn scripted(script: &mut Script, request: &Value) -> Value {
    script
        .answer(request)
        .unwrap_or_else(|| panic!("this test has no answer to\n{request:#}"))
}
