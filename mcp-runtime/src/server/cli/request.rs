//! The requests of the command line: their params, their responses, and notifications before these.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::exit::REFUSED;
use super::progress::Progress;
use super::terminal;
use crate::error::{Error, Result};
use crate::protocol::Version;
use crate::protocol::extension::TASKS;
use crate::protocol::meta::{CLIENT_CAPABILITIES, LOG_LEVEL, PROTOCOL_VERSION};
use crate::server::memory::Connection;

/// The params of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Params<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_responses: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_state: Option<Value>,
    #[serde(rename = "_meta")]
    pub meta: Value,
}

impl<'a> Params<'a> {
    /// The params of a request about a task.
    pub(super) fn of_task(id: &'a str) -> Self {
        Self {
            task_id: Some(id),
            ..Self::new(true)
        }
    }

    /// Adds the responses to input requests.
    pub(super) fn answering(mut self, responses: Map<String, Value>) -> Self {
        self.input_responses = Some(responses);
        self
    }

    /// The params of a client that supports tasks, or of one that waits for every response.
    pub(super) fn new(supports_tasks: bool) -> Self {
        let extensions = if supports_tasks {
            json!({ TASKS: {} })
        } else {
            json!({})
        };
        Self {
            name: None,
            uri: None,
            task_id: None,
            arguments: None,
            input_responses: None,
            request_state: None,
            meta: json!({
                PROTOCOL_VERSION: Version::LATEST.as_str(),
                CLIENT_CAPABILITIES: {
                    "elicitation": { "form": {}, "url": {} },
                    "extensions": extensions,
                },
                LOG_LEVEL: "info",
                "progressToken": 1,
            }),
        }
    }
}

/// The result of a request, or its error.
pub(super) type Answered = std::result::Result<Box<RawValue>, Value>;

/// A line of the server: a response, or a notification.
#[derive(Deserialize)]
struct Message {
    id: Option<Value>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
    result: Option<Box<RawValue>>,
    error: Option<Value>,
}

/// Prompts the person at the terminal for the responses to `requests`.
pub(super) async fn answers(requests: Value) -> Result<Map<String, Value>> {
    let answers = tokio::task::spawn_blocking(move || terminal::answer(&requests)).await;
    answers.map_err(|error| Error::usage(error.to_string()))?
}

/// Sends a request, shows notifications, and returns its result or its error.
pub(super) async fn send(
    connection: &mut Connection,
    method: &str,
    params: &Params<'_>,
) -> Result<Answered> {
    let params = serde_json::to_string(params).map_err(|error| Error::usage(error.to_string()))?;
    let request = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
    connection.send(request).await;
    let mut progress = Progress::new();
    while let Some(line) = connection.receive().await {
        let Ok(message) = serde_json::from_str::<Message>(&line) else {
            continue;
        };
        if let Some(method) = message.method {
            progress.show(&method, &message.params);
        } else if message.id.is_some() {
            progress.clear();
            return Ok(match (message.result, message.error) {
                (Some(result), _) => Ok(result),
                (None, error) => Err(error.unwrap_or_default()),
            });
        }
    }
    progress.clear();
    Err(Error::command(
        REFUSED,
        "the server ended without a response",
    ))
}
