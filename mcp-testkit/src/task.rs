//! Calls that have become tasks, polled as a client polls them.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::client::TestClient;
use crate::reply::Reply;

/// A call that has become a task; the task continues when this is dropped.
#[derive(Debug)]
pub struct Task<'a> {
    client: &'a TestClient,
    seed: Value,
}

impl<'a> Task<'a> {
    /// The task in a reply; `None` for any other reply.
    pub(crate) fn from_reply(client: &'a TestClient, reply: &Reply) -> Option<Self> {
        let result = reply
            .response()
            .get("result")
            .filter(|result| result["resultType"] == "task")?;
        Some(Self {
            client,
            seed: result.clone(),
        })
    }

    /// Returns the id of the task.
    pub fn id(&self) -> &str {
        self.seed["taskId"].as_str().unwrap_or_default()
    }

    /// Returns the result of the call: the task at its creation.
    pub fn seed(&self) -> &Value {
        &self.seed
    }

    /// Gets the current state: the result of `tasks/get`.
    ///
    /// # Panics
    ///
    /// Panics if the server does not know it.
    pub async fn get(&self) -> Value {
        self.client
            .send("tasks/get", json!({ "taskId": self.id() }))
            .settled()
            .await
            .result()
            .clone()
    }

    /// Responds to the input requests of the task: `json!({"confirm": {"action": "decline"}})`, by the keys of its
    /// `inputRequests`.
    pub async fn update(&self, responses: Value) -> Reply {
        let params = json!({ "taskId": self.id(), "inputResponses": responses });
        self.client.send("tasks/update", params).settled().await
    }

    /// Cancels the task.
    pub async fn cancel(&self) -> Reply {
        self.client
            .send("tasks/cancel", json!({ "taskId": self.id() }))
            .settled()
            .await
    }

    /// Polls the task at the interval of the server, sends the scripted responses, and returns its last state.
    ///
    /// # Panics
    ///
    /// Panics if the server no longer knows the task, or sends an input request without a scripted response.
    pub async fn ended(&self) -> Value {
        let mut answered = HashSet::new();
        loop {
            let state = self.get().await;
            match state["status"].as_str() {
                Some("working") => {}
                Some("input_required") => self.answer(&state["inputRequests"], &mut answered).await,
                _ => return state,
            }
            let wait = state["pollIntervalMs"].as_u64().unwrap_or(500);
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
    }

    /// Responds to the input requests without a response yet.
    async fn answer(&self, requests: &Value, answered: &mut HashSet<String>) {
        let new = requests
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, _)| answered.insert((*key).clone()));
        let answers: Map<_, _> = new
            .map(|(key, request)| (key.clone(), self.client.says(request)))
            .collect();
        if !answers.is_empty() {
            let _ = self.update(answers.into()).await.assert_ok();
        }
    }
}

/// Returns the response of the call without a task; `None` for a cancelled one.
pub(crate) fn outcome(state: &Value, id: &Value) -> Option<Value> {
    let member = match state["status"].as_str()? {
        "completed" => "result",
        "failed" => "error",
        _ => return None,
    };
    Some(json!({ "jsonrpc": "2.0", "id": id, member: state[member] }))
}
