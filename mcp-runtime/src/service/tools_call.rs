//! `tools/call`: find the tool, let the call in, decode the arguments, run the handler, count what came of it.

use std::borrow::Cow;

use serde_json::value::RawValue;
use tokio::time::Instant;

use super::{Answer, Service};
use crate::handler::tool_error::{failed, reference};
use crate::handler::{Context, ToolError};
use crate::ops::metrics::Outcome;
use crate::policy::contain::{Panicked, contain, contain_now};
use crate::protocol::json::Text;
use crate::protocol::{Members, Object, RpcError, ToolResult};
use crate::registry::{Arguments, ToolEntry};

impl Service {
    pub(super) async fn call_tool(&self, params: Option<&Members>, cx: &Context) -> Result<Answer, RpcError> {
        let (entry, arguments) = self.find(params)?;
        let mut call = Running { entry, begun: Instant::now(), outcome: Outcome::Cancelled };
        let (outcome, result) = self.carry_out(entry, arguments, cx).await;
        call.outcome = outcome;
        result.map(Answer::Tool)
    }

    fn find<'a>(&'a self, params: Option<&'a Members>) -> Result<(&'a ToolEntry, Arguments<'a>), RpcError> {
        let missing = || RpcError::invalid_params("`name` is missing: which tool?");
        let params = params.ok_or_else(missing)?;
        let name: Cow<'a, str> = match params.decode::<Text<'a>>("name") {
            Some(Ok(Text(name))) => name,
            Some(Err(_)) => return Err(RpcError::invalid_params("`name` must be a string")),
            None => return Err(missing()),
        };
        let entry = self
            .registry
            .tool(&name)
            .ok_or_else(|| RpcError::invalid_params(format!("Unknown tool: {name}")))?;
        let raw = params.decode::<&'a RawValue>("arguments").and_then(Result::ok).filter(|raw| raw.get() != "null");
        let object = raw.map(|raw| serde_json::from_str::<Object<'a>>(raw.get())).transpose();
        let object = object.map_err(|_| RpcError::invalid_params("`arguments` must be an object"))?.unwrap_or_default();
        Ok((entry, Arguments { object, raw, coerce: self.settings.coerce }))
    }

    async fn carry_out(
        &self,
        entry: &ToolEntry,
        arguments: Arguments<'_>,
        cx: &Context,
    ) -> (Outcome, Result<ToolResult, RpcError>) {
        let name = entry.name();
        if let Err(refusal) = entry.policies.admit(name, cx.principal()) {
            return (Outcome::RateLimited, Ok(refusal));
        }
        let handler = match contain_now(|| entry.begin(cx, arguments)) {
            Ok(Ok((handler, coerced))) => {
                entry.metrics.coerced(coerced);
                handler
            }
            Err(Panicked) => return (Outcome::Panic, Ok(panicked(name))),
            Ok(Err(problems)) => return (Outcome::InvalidArguments, Ok(ToolResult::error(problems.describe(name)))),
        };
        tokio::select! {
            biased;
            done = entry.policies.run(contain(handler)) => match done {
                Ok(done) => finish(name, done, cx),
                Err(timed_out) => (Outcome::Timeout, Ok(timed_out)),
            },
            () = self.drain.expired() => (Outcome::Cancelled, Ok(ToolResult::error(entry.policies.stopped()))),
        }
    }
}

fn finish(
    name: &str,
    done: Result<Result<ToolResult, ToolError>, Panicked>,
    cx: &Context,
) -> (Outcome, Result<ToolResult, RpcError>) {
    match done {
        Ok(Ok(result)) if result.is_error => (Outcome::Error, Ok(result)),
        Ok(Ok(result)) => (Outcome::Ok, Ok(result)),
        Ok(Err(error)) => match error.lacks().filter(|_| cx.is_told_of_capabilities()) {
            Some(capability) => (Outcome::Error, Err(RpcError::missing_capability(capability.required()))),
            None => (Outcome::Error, Ok(error.into_result(name))),
        },
        Err(Panicked) => (Outcome::Panic, Ok(panicked(name))),
    }
}

fn panicked(name: &str) -> ToolResult {
    let reference = reference();
    tracing::error!(tool = name, %reference, "tool panicked");
    failed(name, &reference)
}

/// A call in progress: counted when it ends, as cancelled when it is dropped before.
struct Running<'a> {
    entry: &'a ToolEntry,
    begun: Instant,
    outcome: Outcome,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        self.entry.metrics.record(self.outcome, took);
        tracing::debug!(tool = self.entry.name(), outcome = self.outcome.as_str(), ?took, "tool called");
    }
}

/// The text of an argument as a header mirrors it; `None` when it is absent or `null`.
pub(crate) fn mirrored(raw: Option<&RawValue>) -> Option<&str> {
    raw.map(RawValue::get).filter(|text| *text != "null")
}
