//! The record of a task, and its form for clients.

use crate::clock::rfc3339;
use crate::handler::Principal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The status of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TaskStatus {
    /// It is running.
    Working,
    /// It waits for input responses.
    InputRequired,
    /// The call has a result, which may be that of a tool that failed.
    Completed,
    /// The call has a JSON-RPC error.
    Failed,
    /// The client has cancelled it.
    Cancelled,
}

impl TaskStatus {
    /// Returns `true` if the status is final.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// The record of a task in a [`TaskStore`](super::TaskStore). It is plain JSON: a store may write it as such.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TaskRecord {
    /// Its id: 128 random bits in hexadecimal.
    pub task_id: String,
    /// The subject of its owner ([`Principal::subject`](crate::Principal::subject)), or `None` for anonymous callers.
    pub owner: Option<String>,
    /// The issuer of the owner's token: [`Principal::issuer`](crate::Principal::issuer).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The status.
    pub status: TaskStatus,
    /// A message about the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// The time of its creation, in milliseconds since 1970.
    pub created_at: u64,
    /// The time of its last change, in milliseconds since 1970.
    pub updated_at: u64,
    /// The time for which it is kept after its creation, in milliseconds.
    pub ttl_ms: u64,
    /// The open input requests, by key.
    #[serde(default)]
    pub input_requests: Map<String, Value>,
    /// The `result` of a completed task, the `error` of a failed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Box<RawValue>>,
}

impl TaskRecord {
    /// Returns `true` if `principal` owns it.
    pub(crate) fn is_of(&self, principal: &Principal) -> bool {
        self.owner.as_deref() == principal.subject() && self.issuer.as_deref() == principal.issuer()
    }

    /// Returns the time at which it may be deleted, in milliseconds since 1970.
    pub fn expires_at(&self) -> u64 {
        self.created_at.saturating_add(self.ttl_ms)
    }
}

/// `DetailedTask` of the extension: a task with the members of its status.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DetailedTask<'r> {
    task_id: &'r str,
    status: TaskStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<&'r str>,
    created_at: String,
    last_updated_at: String,
    ttl_ms: u64,
    poll_interval_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_requests: Option<&'r Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'r RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'r RawValue>,
}

impl<'r> DetailedTask<'r> {
    /// The response to `tasks/get`.
    pub(crate) fn from_record(record: &'r TaskRecord) -> Self {
        let when = |status| {
            record
                .outcome
                .as_deref()
                .filter(|_| record.status == status)
        };
        Self {
            input_requests: (record.status == TaskStatus::InputRequired)
                .then_some(&record.input_requests),
            result: when(TaskStatus::Completed),
            error: when(TaskStatus::Failed),
            ..Self::created(record)
        }
    }

    /// Its members.
    pub(crate) fn members(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        }
    }

    /// The response that creates a task, without the members of its status.
    pub(crate) fn created(record: &'r TaskRecord) -> Self {
        Self {
            task_id: &record.task_id,
            status: record.status,
            status_message: record.status_message.as_deref(),
            created_at: timestamp(record.created_at),
            last_updated_at: timestamp(record.updated_at),
            ttl_ms: record.ttl_ms,
            poll_interval_ms: super::POLL_INTERVAL_MS,
            input_requests: None,
            result: None,
            error: None,
        }
    }
}

/// ISO 8601, in UTC.
fn timestamp(millis: u64) -> String {
    let time =
        std::time::SystemTime::UNIX_EPOCH.checked_add(std::time::Duration::from_millis(millis));
    rfc3339(time.unwrap_or(std::time::SystemTime::UNIX_EPOCH), 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_has_the_members_of_its_status() {
        let outcome = serde_json::value::to_raw_value(&serde_json::json!({"content": []})).unwrap();
        let mut record = TaskRecord {
            task_id: "a".to_owned(),
            owner: None,
            issuer: None,
            status: TaskStatus::Completed,
            status_message: None,
            created_at: 1_000,
            updated_at: 2_500,
            ttl_ms: 60_000,
            input_requests: Map::new(),
            outcome: Some(outcome),
        };
        let shown =
            |record: &TaskRecord| serde_json::to_value(DetailedTask::from_record(record)).unwrap();
        assert_eq!(shown(&record)["result"], serde_json::json!({"content": []}));
        assert_eq!(shown(&record)["lastUpdatedAt"], "1970-01-01T00:00:02.500Z");
        record.status = TaskStatus::Failed;
        assert!(shown(&record).get("result").is_none() && shown(&record).get("error").is_some());
        assert_eq!(
            serde_json::to_value(DetailedTask::created(&record))
                .unwrap()
                .get("error"),
            None
        );
    }
}
