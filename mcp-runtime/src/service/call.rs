//! One call of a declared function, of any kind: admits it, decodes the arguments, runs the handler, counts the
//! outcome.
//!
//! The three kinds of functions share it: they differ in the form of refusals (`policy/outcome.rs`), of invalid
//! arguments, and in arguments that are strings in their transport ([`CallParams::textual`]: the variables of a URI,
//! the arguments of a prompt).
//!
//! Order: access, input responses, rate limit, arguments, then `policy/run.rs`. Input responses are opened before the
//! rate is counted, since they determine if the request is a call or a round of one; their errors are returned only
//! after it was counted, so that guessing a state is limited too. A call that is dropped at any point is recorded by
//! the destructor of [`CallInProgress`], as cancelled.

use std::pin::pin;
use std::task::Poll;

use tokio::time::Instant;

use super::Service;
use crate::answer::Answer;
use crate::handler::Context;
use crate::handler::argument::arg::{Leniency, Reading};
use crate::handler::argument::problem::Problems;
use crate::handler::spec::kind::{Kind, event};
use crate::ops::metrics::ItemMetrics;
use crate::policy::contain::{Panicked, contain_now};
use crate::policy::poll_once;
use crate::policy::{Call, CallResponse, Completed, HandlerFuture, Outcome, Policies};
use crate::protocol::{Given, Members, RpcError};
use crate::registry::{Arguments, Entry};
use crate::seal::RoundId;

/// The params and arguments of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallParams<'a> {
    pub members: Option<&'a Members>,
    pub arguments: Option<Given<'a>>,
    /// `true` if the arguments are strings in their transport, and are coerced to the types of the parameters.
    pub textual: bool,
}

impl Service {
    /// Calls `entry`, and builds the response.
    pub(super) async fn call(
        &self,
        entry: &Entry,
        cx: &Context,
        params: CallParams<'_>,
    ) -> Result<Answer, RpcError> {
        let arguments = params.arguments;
        let call = Call {
            item: entry.item(),
            cx,
            arguments: arguments.filter(|given| given.text().get() != "null"),
        };
        let policies = entry.policies();
        let policies = &*policies;
        let mut running = CallInProgress {
            service: self,
            entry,
            policies,
            call,
            begun: cx.begin(),
            outcome: Outcome::Cancelled,
        };
        let completed = self.admit_and_run((entry, policies), call, params).await;
        running.outcome = completed.outcome;
        self.answer_to(&call, completed.response)
    }

    /// Builds the response to a call.
    pub(super) fn answer_to(
        &self,
        call: &Call<'_>,
        response: CallResponse,
    ) -> Result<Answer, RpcError> {
        match response {
            CallResponse::Output(output) => Ok(output.into()),
            CallResponse::InputRequired(required) => self.input_required(&required, call),
            CallResponse::Error(error) => Err(error),
        }
    }

    async fn admit_and_run(
        &self,
        (entry, policies): (&Entry, &Policies),
        call: Call<'_>,
        params: CallParams<'_>,
    ) -> Completed {
        let round = match self.admit(policies, &call, params.members).await {
            Ok(round) => round,
            Err(refused) => return *refused,
        };
        let completed = self.run((entry, policies), call, params.textual).await;
        if let Some(round) = round.filter(|_| completed.outcome.is_refusal()) {
            policies.forget_round(call.cx, round).await;
        }
        completed
    }

    /// Admits a call with the client's input responses, or returns the response that refuses it. For a round that
    /// continues a call, returns the round, and does not count it.
    ///
    /// The error is boxed: a `Completed` is large, and every call returns here.
    pub(super) async fn admit(
        &self,
        policies: &Policies,
        call: &Call<'_>,
        params: Option<&Members>,
    ) -> Result<Option<RoundId>, Box<Completed>> {
        policies.check_access(call.item, call.cx)?;
        let received = self.receive(params, call);
        let round = received.as_ref().ok().copied().flatten();
        policies.check_rate(call.item, call.cx, round).await?;
        received.map_err(|error| Box::new(Completed::malformed(error)))
    }

    /// Runs an admitted call.
    async fn run(
        &self,
        (entry, policies): (&Entry, &Policies),
        call: Call<'_>,
        textual: bool,
    ) -> Completed {
        let reading = if textual {
            Reading::Textual
        } else {
            self.settings.reading
        };
        let prepare = || prepare(entry, &call, reading);
        let handler = match prepare() {
            Prepared::Ready(handler, leniency) => {
                if !textual {
                    report_leniency(&call, &entry.metrics, &leniency);
                }
                handler
            }
            Prepared::Invalid(problems) => return invalid_arguments(&call, &problems),
            Prepared::Panicked => return Completed::panicked(call.item),
            Prepared::Malformed(error) => return Completed::malformed(error),
        };
        let create_handler = || match prepare() {
            Prepared::Ready(handler, _) => Some(handler),
            _ => None,
        };
        let mut running = pin!(policies.run(&call, handler, &create_handler));
        // Nearly every call completes on its first poll; the others wait in a box.
        if let Poll::Ready(completed) = poll_once(running.as_mut()).await {
            return completed;
        }
        Box::pin(async {
            tokio::select! {
                biased;
                completed = running => completed,
                () = self.drain.expired() => policies.stopped(call.item),
            }
        })
        .await
    }
}

/// Counts the coerced arguments and the ignored ones.
fn report_leniency(call: &Call<'_>, metrics: &ItemMetrics, leniency: &Leniency) {
    metrics.made(leniency.coerced, leniency.ignored);
    if leniency.ignored > 0 {
        let (ignored, names) = (leniency.ignored, &leniency.names);
        event!(info, call.item, { ignored, ?names, }, "has no arguments of these names");
    }
}

/// The outcome of decoding the arguments of a call.
enum Prepared {
    /// The handler, and the counts of inexact arguments.
    Ready(HandlerFuture, Leniency),
    /// The arguments are invalid.
    Invalid(Problems),
    /// The author's code panicked.
    Panicked,
    /// The arguments are not a JSON object.
    Malformed(RpcError),
}

fn prepare(entry: &Entry, call: &Call<'_>, reading: Reading) -> Prepared {
    let arguments = match Arguments::parse(call.arguments, reading) {
        Ok(arguments) => arguments,
        Err(error) => return Prepared::Malformed(error),
    };
    match contain_now(|| entry.begin(call.cx, arguments)) {
        Ok(Ok((handler, leniency))) => Prepared::Ready(handler, leniency),
        Ok(Err(problems)) => Prepared::Invalid(problems),
        Err(Panicked) => Prepared::Panicked,
    }
}

/// Reports invalid arguments: to the model for a tool, which can correct them; as an unknown resource for a URI.
///
/// For a tool they are a result with `isError`, which the model reads (specification, tools, error handling); -32602
/// would end at the client.
pub(super) fn invalid_arguments(call: &Call<'_>, problems: &Problems) -> Completed {
    let text = problems.describe(call.item);
    match call.item.kind {
        Kind::Tool => Completed::failed(call.item, Outcome::InvalidArguments, text),
        Kind::Prompt => Completed::malformed(RpcError::invalid_params(text)),
        Kind::Resource => {
            Completed::malformed(RpcError::resource_not_found().because(problems.in_a_row()))
        }
    }
}

impl Service {
    /// Calls a tool as a task, after the call was admitted.
    pub(super) async fn call_admitted(
        &self,
        entry: &Entry,
        cx: &Context,
        arguments: Option<Given<'_>>,
    ) -> Completed {
        let call = Call {
            item: entry.item(),
            cx,
            arguments,
        };
        let policies = entry.policies();
        let policies = &*policies;
        let mut running = CallInProgress {
            service: self,
            entry,
            policies,
            call,
            begun: cx.begin(),
            outcome: Outcome::Cancelled,
        };
        let completed = self.run((entry, policies), call, false).await;
        running.outcome = completed.outcome;
        completed
    }
}

/// A call in progress: counted when it ends, as cancelled when it is dropped before.
///
/// The outcome is set when the call has completed; until then it is [`Outcome::Cancelled`], which applies if the
/// future is dropped.
pub(super) struct CallInProgress<'a> {
    pub service: &'a Service,
    pub entry: &'a Entry,
    pub policies: &'a Policies,
    pub call: Call<'a>,
    pub begun: Instant,
    pub outcome: Outcome,
}

impl Drop for CallInProgress<'_> {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        self.entry.metrics.record(self.outcome, took);
        let audit = &self.service.audit;
        audit.call(self.policies, &self.call, self.outcome, took);
        self.call.cx.set_outcome(self.outcome.as_str(), took);
    }
}
