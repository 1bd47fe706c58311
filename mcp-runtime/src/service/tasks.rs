//! `tasks/get`, `tasks/update` and `tasks/cancel`, and calls that become tasks.
//!
//! [Tasks extension](https://github.com/modelcontextprotocol/ext-tasks). A call that is refused, or whose arguments
//! are invalid, gets its response immediately and no task.
//!
//! A call becomes a task if its tool allows or requires it and the client declares the extension in the request.
//! Refusals by access, rate and arguments, and elicitation of arguments, are part of the response. The rest runs in a
//! tokio task that the shutdown waits for, for at most the `ttl`; input requests are stored in the record, and
//! `tasks/update` responds to them.
//!
//! The size of a task's result is limited to one caller's share of kept tasks; a larger one ends the task as failed,
//! with a text that says so.

use std::sync::Arc;

use futures_util::future::{AbortHandle, Abortable, Aborted};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use tokio::time::Instant;
use tracing::{Instrument as _, Span};

use super::call::{CallInProgress, CallParams, invalid_arguments};
use super::{Service, text_param};
use crate::answer::{Answer, members, output_json};
use crate::excerpt::excerpt;
use crate::handler::Context;
use crate::handler::input::client::Client;
use crate::handler::spec::TaskSupport;
use crate::policy::contain::{Panicked, contain, contain_now};
use crate::policy::{Call, CallResponse, Completed};
use crate::protocol::extension::TASKS;
use crate::protocol::{Given, Members, Object, RpcError, ToolResult};
use crate::registry::{Arguments, Entry};
use crate::seal::RoundId;
use crate::task::lease::Signal;
use crate::task::{DetailedTask, Running as Task, TaskError, TaskStatus};

/// The mode in which a call runs.
pub(super) enum Mode {
    /// Within the request.
    Now,
    /// As a task.
    Task,
    /// Not at all: the tool requires a task, and the client does not support tasks.
    Refused(Result<Answer, RpcError>),
}

impl Mode {
    /// Returns the mode for the tool's declaration and the client's capabilities.
    pub(super) fn choose(entry: &Entry, cx: &Context) -> Self {
        let Some(support) = entry.spec.task else {
            return Self::Now;
        };
        match (declares(cx), support) {
            (true, _) => Self::Task,
            (false, TaskSupport::Optional) => Self::Now,
            (false, TaskSupport::Required) if cx.version().is_legacy() => {
                let text = format!(
                    "{} runs only as a task, which needs a client of revision 2026-07-28",
                    entry.item()
                );
                Self::Refused(Ok(Answer::Tool(ToolResult::error(text))))
            }
            (false, TaskSupport::Required) => Self::Refused(Err(undeclared())),
        }
    }
}

/// Returns `true` if the client declares tasks, which it does in each request, and only in the modern revision.
pub(super) fn declares(cx: &Context) -> bool {
    cx.is_modern() && cx.capabilities().extensions.contains_key(TASKS)
}

pub(super) fn undeclared() -> RpcError {
    RpcError::missing_capability(&json!({ "extensions": { TASKS: {} } }))
}

impl Service {
    /// Starts a call as a task and responds with it, or with the reason for the refusal.
    pub(super) async fn call_as_task(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        cx: &Context,
        params: CallParams<'_>,
    ) -> Result<Answer, RpcError> {
        let arguments = params
            .arguments
            .filter(|given| given.text().get() != "null");
        let call = Call {
            item: entry.item(),
            cx,
            arguments,
        };
        let begun = Instant::now();
        match self.arguments(entry, call, params).await {
            Ok((arguments, round)) => {
                let begun = self.begin_task(entry, cx, arguments).await;
                if let Some(round) = round.filter(|_| begun.is_err()) {
                    entry.policies().forget_round(cx, round).await;
                }
                begun
            }
            Err(completed) => {
                // Counted when dropped.
                drop(CallInProgress {
                    service: self,
                    entry,
                    policies: &entry.policies(),
                    call,
                    begun,
                    outcome: completed.outcome,
                });
                self.answer_to(&call, completed.response)
            }
        }
    }

    /// Returns the arguments of an admitted call, including elicited ones, and the round by which it continues a call.
    async fn arguments(
        &self,
        entry: &Entry,
        call: Call<'_>,
        params: CallParams<'_>,
    ) -> Result<(Option<Box<RawValue>>, Option<RoundId>), Completed> {
        let policies = entry.policies();
        let admitted = self.admit(&policies, &call, params.members).await;
        let round = admitted.map_err(|refused| *refused)?;
        let arguments = Arguments::parse(call.arguments, self.settings.reading)
            .map_err(Completed::malformed)?;
        let missing = contain_now(|| entry.complete_arguments(call.cx, arguments))
            .map_err(|Panicked| Completed::panicked(call.item))?
            .map_err(|problems| invalid_arguments(&call, &problems))?;
        let arguments = match missing {
            None => call.arguments.map(|given| given.text().to_boxed()),
            Some(elicited) => Some(policies.elicit(&call, elicited).await?),
        };
        Ok((arguments, round))
    }

    async fn begin_task(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        cx: &Context,
        arguments: Option<Box<RawValue>>,
    ) -> Result<Answer, RpcError> {
        let (stop, registration) = AbortHandle::new_pair();
        let bytes = arguments.as_ref().map_or(0, |it| it.get().len());
        let begun = self.tasks.begin(cx, bytes, &self.changes, stop).await;
        let task = begun.map_err(|error| store_failure(&error))?;
        let seed = task.record();
        let cx = cx.as_task(Arc::clone(&task) as Arc<dyn Client>);
        let (service, entry) = (Arc::clone(self), Arc::clone(entry));
        let span = Span::current();
        self.drain.spawn(async move {
            let run = Abortable::new(
                contain(service.call_admitted(&entry, &cx, arguments.as_deref().map(Given::from)))
                    .instrument(span),
                registration,
            );
            let ended = tokio::time::timeout(service.tasks.ttl(), run).await;
            cx.end();
            match ended {
                Ok(Ok(Ok(completed))) => end(&task, completed.response, service.tasks.most()).await,
                Ok(Ok(Err(Panicked))) => {
                    end_failed(&task, &RpcError::internal("internal error")).await;
                }
                // The code that stopped it has set its status.
                Ok(Err(Aborted)) => {}
                Err(_) => {
                    let error = RpcError::internal("the task has exceeded its time to live");
                    end_failed(&task, &error).await;
                }
            }
            service.tasks.forget(&task).await;
        });
        Ok(Answer::Task(Box::new(seed)))
    }

    pub(super) async fn get_task(
        &self,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let id = task_id(params, cx)?;
        let found = self
            .tasks
            .get(&id, cx.principal())
            .await
            .map_err(|error| store_failure(&error))?;
        let record = found.ok_or_else(|| unknown(&id))?;
        Ok(Answer::Members(members(&DetailedTask::from_record(
            &record,
        ))))
    }

    pub(super) async fn update_task(
        &self,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let id = task_id(params, cx)?;
        let answers = params.and_then(|params| params.decode::<Object<'_>>("inputResponses"));
        let Some(Ok(answers)) = answers else {
            return Err(RpcError::invalid_params(
                "`inputResponses` must be an object: the responses by key",
            ));
        };
        let answers = answers
            .iter()
            .map(|(key, answer)| (key.to_owned(), answer.to_boxed()))
            .collect();
        match self.tasks.running(&id, cx.principal()) {
            Some(task) => task.answer(answers).await,
            None => self.signal_task(&id, cx, &Signal::Answer(answers)).await?,
        }
        Ok(Answer::Empty)
    }

    pub(super) async fn cancel_task(
        &self,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let id = task_id(params, cx)?;
        match self.tasks.running(&id, cx.principal()) {
            Some(task) => task.cancel().await,
            None => self.signal_task(&id, cx, &Signal::Cancel).await?,
        }
        Ok(Answer::Empty)
    }

    /// Sends a signal to the instance that runs a task, if it has not ended.
    ///
    /// Cancelling or updating an ended task succeeds without effect, as the extension requires.
    async fn signal_task(&self, id: &str, cx: &Context, signal: &Signal) -> Result<(), RpcError> {
        let reached = self.tasks.signal(id, cx.principal(), signal).await;
        match reached.map_err(|error| store_failure(&error))? {
            None => Err(unknown(id)),
            Some(true) => Ok(()),
            Some(false) => Err(RpcError::internal(
                "this task does not run on this instance, and the one that runs it cannot be reached: route its requests by `Mcp-Name`, or try again in a minute",
            )),
        }
    }
}

/// Records the outcome of its call in a task.
async fn end(task: &Task, response: CallResponse, most: usize) {
    let output = match response {
        CallResponse::Output(output) => output_json(output),
        CallResponse::Error(error) => return end_failed(task, &error).await,
        // A task stores its input requests in its record.
        CallResponse::InputRequired(_) => None,
    };
    match output {
        Some(result) if result.get().len() > most => {
            let bytes = result.get().len();
            let text = format!(
                "the result has {bytes} bytes, and at most {most} of a task are kept; request less"
            );
            end_failed(task, &RpcError::internal(text)).await;
        }
        result => task.end(TaskStatus::Completed, None, result).await,
    }
}

async fn end_failed(task: &Task, error: &RpcError) {
    task.end(
        TaskStatus::Failed,
        Some(error.message.clone().into_owned()),
        to_raw_value(error).ok(),
    )
    .await;
}

/// The id in the params of a client that knows tasks.
fn task_id(params: Option<&Members>, cx: &Context) -> Result<String, RpcError> {
    if !declares(cx) {
        return Err(undeclared());
    }
    text_param(params, "taskId", "which task?").map(std::borrow::Cow::into_owned)
}

fn unknown(id: &str) -> RpcError {
    RpcError::invalid_params(format!(
        "there is no task {:?}, or it has expired",
        excerpt(id)
    ))
}

fn store_failure(error: &TaskError) -> RpcError {
    match error {
        TaskError::TooMany(full) => return (*full).into(),
        TaskError::Store(cause) => tracing::error!(error = %cause, "the task store failed"),
        TaskError::NoRandom => {}
    }
    RpcError::internal(error.to_string())
}
