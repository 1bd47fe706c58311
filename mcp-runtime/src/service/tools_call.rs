//! `tools/call`: find the tool, let the call in, decode the arguments, run the handler, say what came of it.

use serde_json::value::RawValue;
use tokio::time::Instant;

use super::{Answer, Service};
use crate::handler::Context;
use crate::policy::contain::{Panicked, contain_now};
use crate::policy::{Call, Done, Outcome};
use crate::protocol::json::Text;
use crate::protocol::{Members, RpcError};
use crate::registry::{Arguments, ToolEntry};

impl Service {
    pub(super) async fn call_tool(&self, params: Option<&Members>, cx: &Context) -> Result<Answer, RpcError> {
        let entry = self.find(params)?;
        let arguments = params.and_then(|params| params.decode::<&RawValue>("arguments")).and_then(Result::ok);
        let call = Call { tool: entry.name(), cx, arguments: arguments.filter(|raw| raw.get() != "null") };
        let mut running = Running { entry, call, begun: Instant::now(), outcome: Outcome::Cancelled };
        let done = self.carry_out(entry, call).await;
        running.outcome = done.outcome;
        done.answer.map(Answer::Tool)
    }

    fn find(&self, params: Option<&Members>) -> Result<&ToolEntry, RpcError> {
        let missing = || RpcError::invalid_params("`name` is missing: which tool?");
        let params = params.ok_or_else(missing)?;
        let name = match params.decode::<Text<'_>>("name") {
            Some(Ok(Text(name))) => name,
            Some(Err(_)) => return Err(RpcError::invalid_params("`name` must be a string")),
            None => return Err(missing()),
        };
        self.registry.tool(&name).ok_or_else(|| RpcError::unknown_tool(&name))
    }

    async fn carry_out(&self, entry: &ToolEntry, call: Call<'_>) -> Done {
        if let Some(refused) = entry.policies.refusal(call.tool, call.cx) {
            return refused;
        }
        let begin = || {
            let arguments = Arguments::of(call.arguments, self.settings.coerce)?;
            Ok(contain_now(|| entry.begin(call.cx, arguments)))
        };
        let handler = match begin() {
            Ok(Ok(Ok((handler, coerced)))) => {
                entry.metrics.coerced(coerced);
                handler
            }
            Ok(Ok(Err(problems))) => return Done::failed(Outcome::InvalidArguments, problems.describe(call.tool)),
            Ok(Err(Panicked)) => return Done::panicked(call.tool),
            Err(error) => return Done { outcome: Outcome::InvalidArguments, answer: Err(error) },
        };
        let again = || begin().ok()?.ok()?.ok().map(|(handler, _)| handler);
        tokio::select! {
            biased;
            done = entry.policies.run(call, handler, &again) => done,
            () = self.drain.expired() => entry.policies.stopped(),
        }
    }
}

/// A call in progress: counted when it ends, as cancelled when it is dropped before.
struct Running<'a> {
    entry: &'a ToolEntry,
    call: Call<'a>,
    begun: Instant,
    outcome: Outcome,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        self.entry.metrics.record(self.outcome, took);
        self.entry.policies.record(&self.call, self.outcome, took);
        tracing::debug!(tool = self.entry.name(), outcome = self.outcome.as_str(), ?took, "tool called");
    }
}

/// The text of an argument as a header mirrors it; `None` when it is absent or `null`.
pub(crate) fn mirrored(raw: Option<&RawValue>) -> Option<&str> {
    raw.map(RawValue::get).filter(|text| *text != "null")
}
