//! A call that runs as a task: the command waits for its end as for that of any other call.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::progress::Progress;
use super::request::{Answered, Params, answers, send};
use crate::error::{Error, Result};
use crate::server::memory::Connection;
use crate::task::TaskStatus;

/// A task as the server describes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Polled {
    task_id: String,
    status: TaskStatus,
    status_message: Option<String>,
    poll_interval_ms: u64,
    #[serde(default)]
    input_requests: Value,
    result: Option<Box<RawValue>>,
    error: Option<Value>,
}

/// The member of a result that says that a task was created.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    result_type: String,
}

/// Returns the response to a call; for a task, its outcome.
pub(super) async fn followed(connection: &mut Connection, answered: Answered) -> Result<Answered> {
    match answered.as_ref().ok().and_then(|raw| created(raw)) {
        Some(task) => ended(connection, task).await,
        None => Ok(answered),
    }
}

/// The task that a result creates.
fn created(result: &RawValue) -> Option<Polled> {
    let created: Created = serde_json::from_str(result.get()).ok()?;
    let is_task = created.result_type == "task";
    is_task.then(|| serde_json::from_str(result.get()).ok())?
}

/// Polls a task until it has ended, and responds to its input requests.
async fn ended(connection: &mut Connection, mut task: Polled) -> Result<Answered> {
    let mut progress = Progress::new();
    loop {
        match task.status {
            TaskStatus::Working => progress.status(task.status_message.as_deref()),
            TaskStatus::InputRequired => {
                progress.clear();
                let responses = answers(task.input_requests).await?;
                let params = Params::of_task(&task.task_id).answering(responses);
                if let Err(error) = send(connection, "tasks/update", &params).await? {
                    return Ok(Err(error));
                }
            }
            TaskStatus::Completed | TaskStatus::Failed | TaskStatus::Cancelled => {
                progress.clear();
                return Ok(outcome(task));
            }
        }
        tokio::time::sleep(Duration::from_millis(task.poll_interval_ms)).await;
        task = match send(connection, "tasks/get", &Params::of_task(&task.task_id)).await? {
            Ok(raw) => {
                serde_json::from_str(raw.get()).map_err(|error| Error::usage(error.to_string()))?
            }
            Err(error) => return Ok(Err(error)),
        };
    }
}

/// The result of an ended task, or its error.
fn outcome(task: Polled) -> Answered {
    let otherwise = || json!({ "message": task.status_message.unwrap_or_else(|| "the task was cancelled".to_owned()) });
    task.result
        .ok_or_else(|| task.error.unwrap_or_else(otherwise))
}
