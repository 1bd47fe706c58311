//! One call of a declared function, of any kind: admits it, decodes the arguments, runs the handler, counts the
//! outcome.

use serde_json::value::RawValue;
use tokio::time::Instant;

use super::Service;
use crate::answer::Answer;
use crate::handler::Context;
use crate::handler::argument::arg::{Leniency, Reading};
use crate::handler::argument::problem::Problems;
use crate::handler::output::product::Product;
use crate::handler::spec::kind::{Kind, event};
use crate::ops::metrics::ItemMetrics;
use crate::policy::contain::{Panicked, contain_now};
use crate::policy::{Call, Done, Handler, Outcome};
use crate::protocol::{Members, RpcError};
use crate::registry::{Arguments, Entry};
use crate::seal::Stamp;

/// The params and arguments of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a> {
    pub params: Option<&'a Members>,
    pub arguments: Option<&'a RawValue>,
    /// `true` if the arguments are strings by their nature, and are coerced to the types of the parameters.
    pub textual: bool,
}

impl Service {
    /// Calls `entry`, and builds a response from its product.
    pub(super) async fn call(
        &self,
        entry: &Entry,
        cx: &Context,
        given: Given<'_>,
        finish: impl FnOnce(Product) -> Result<Answer, RpcError>,
    ) -> Result<Answer, RpcError> {
        let arguments = given.arguments;
        let call = Call {
            item: entry.item(),
            cx,
            arguments: arguments.filter(|raw| raw.get() != "null"),
        };
        let mut running = Running {
            entry,
            call,
            begun: Instant::now(),
            outcome: Outcome::Cancelled,
        };
        let done = self.carry_out(entry, call, given).await;
        running.outcome = done.outcome;
        self.finish(done, &call, finish)
    }

    /// Builds the response: `input_required`, or the result of `finish`.
    pub(super) fn finish(
        &self,
        done: Done,
        call: &Call<'_>,
        finish: impl FnOnce(Product) -> Result<Answer, RpcError>,
    ) -> Result<Answer, RpcError> {
        match done.answer? {
            Product::Questions(questions) => self.input_required(&questions, call),
            product => finish(product),
        }
    }

    async fn carry_out(&self, entry: &Entry, call: Call<'_>, given: Given<'_>) -> Done {
        let round = match self.admit(entry, &call, given.params) {
            Ok(round) => round,
            Err(refused) => return *refused,
        };
        let done = self.run(entry, call, given.textual).await;
        if let Some(round) = round.filter(|_| done.outcome.is_refusal()) {
            entry.policies.give_back(call.cx, round);
        }
        done
    }

    /// Admits a call with the client's input responses, or returns the response that refuses it. A round that continues
    /// a call is returned, and not counted.
    pub(super) fn admit(
        &self,
        entry: &Entry,
        call: &Call<'_>,
        params: Option<&Members>,
    ) -> Result<Option<Stamp>, Box<Done>> {
        let policies = &entry.policies;
        if let Some(hidden) = policies.forbids(call.item, call.cx) {
            return Err(Box::new(hidden));
        }
        let received = self.receive(params, call);
        let round = received.as_ref().ok().copied().flatten();
        if let Some(refused) = policies.counts_out(call.item, call.cx, round) {
            return Err(Box::new(refused));
        }
        received.map_err(|error| Box::new(Done::malformed(error)))
    }

    /// Runs an admitted call.
    async fn run(&self, entry: &Entry, call: Call<'_>, textual: bool) -> Done {
        let reading = if textual {
            Reading::Textual
        } else {
            self.settings.reading
        };
        let begin = || begin(entry, &call, reading);
        let handler = match begin() {
            Begun::Ready(handler, leniency) => {
                if !textual {
                    tell(&call, &entry.metrics, &leniency);
                }
                handler
            }
            Begun::Misfit(problems) => return misfit(&call, &problems),
            Begun::Panicked => return Done::panicked(call.item),
            Begun::Malformed(error) => return Done::malformed(error),
        };
        let again = || match begin() {
            Begun::Ready(handler, _) => Some(handler),
            _ => None,
        };
        tokio::select! {
            biased;
            done = entry.policies.run(call, handler, &again) => done,
            () = self.drain.expired() => entry.policies.stopped(call.item),
        }
    }
}

/// Counts the arguments that were coerced and those that were ignored.
fn tell(call: &Call<'_>, metrics: &ItemMetrics, leniency: &Leniency) {
    metrics.made(leniency.coerced, leniency.ignored);
    if leniency.ignored > 0 {
        let (ignored, names) = (leniency.ignored, &leniency.names);
        event!(info, call.item, { ignored, ?names, }, "has no arguments of these names");
    }
}

/// The outcome of decoding the arguments of a call.
enum Begun {
    /// The handler, and what was coerced and ignored.
    Ready(Handler, Leniency),
    /// The arguments do not fit.
    Misfit(Problems),
    /// The author's code panicked.
    Panicked,
    /// The arguments are no JSON object.
    Malformed(RpcError),
}

fn begin(entry: &Entry, call: &Call<'_>, reading: Reading) -> Begun {
    let arguments = match Arguments::of(call.arguments, reading) {
        Ok(arguments) => arguments,
        Err(error) => return Begun::Malformed(error),
    };
    match contain_now(|| entry.begin(call.cx, arguments)) {
        Ok(Ok((handler, leniency))) => Begun::Ready(handler, leniency),
        Ok(Err(problems)) => Begun::Misfit(problems),
        Err(Panicked) => Begun::Panicked,
    }
}

/// Arguments that do not fit: the model repairs those of a tool; a URI that does not fit is that of no resource.
pub(super) fn misfit(call: &Call<'_>, problems: &Problems) -> Done {
    let text = problems.describe(call.item);
    match call.item.kind {
        Kind::Tool => Done::failed(call.item, Outcome::InvalidArguments, text),
        Kind::Prompt => Done::malformed(RpcError::invalid_params(text)),
        Kind::Resource => {
            Done::malformed(RpcError::resource_not_found().because(problems.in_a_row()))
        }
    }
}

impl Service {
    /// Calls a tool as a task, after the call was admitted.
    pub(super) async fn call_admitted(
        &self,
        entry: &Entry,
        cx: &Context,
        arguments: Option<&RawValue>,
    ) -> Done {
        let call = Call {
            item: entry.item(),
            cx,
            arguments,
        };
        let mut running = Running {
            entry,
            call,
            begun: Instant::now(),
            outcome: Outcome::Cancelled,
        };
        let done = self.run(entry, call, false).await;
        running.outcome = done.outcome;
        done
    }
}

/// The answer with a tool's product.
pub(super) fn tool_answer(product: Product) -> Result<Answer, RpcError> {
    match product {
        Product::Tool(result) => Ok(Answer::Tool(result)),
        _ => Err(RpcError::internal("internal error")),
    }
}

/// A call in progress: counted when it ends, as cancelled when it is dropped before.
pub(super) struct Running<'a> {
    pub entry: &'a Entry,
    pub call: Call<'a>,
    pub begun: Instant,
    pub outcome: Outcome,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        self.entry.metrics.record(self.outcome, took);
        self.entry.policies.record(&self.call, self.outcome, took);
        self.call.cx.set_outcome(self.outcome.as_str());
    }
}
