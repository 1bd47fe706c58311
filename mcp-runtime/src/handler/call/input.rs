//! Input requests of a declared function to its client: its user, its model, its roots.
//!
//! Each method makes an [`InputRequest`] and a reader for its response, and awaits both by
//! `answer_to`. The difference between the eras is one branch in `resolved`: in a session or a task
//! the first waiter sends the request to the client; otherwise it only waits, and the call is
//! dropped (`policy/suspend.rs`).

use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::context::Context;
use crate::excerpt::excerpt;
use crate::handler::argument::arg::MissingArgument;
use crate::handler::form::Form;
use crate::handler::form::elicit::Elicit;
use crate::handler::input::error::{ElicitError, Kind};
use crate::handler::input::pending::{InputFailure, Reach};
use crate::protocol::input::elicitation::{Action, ElicitResult};
use crate::protocol::input::roots::{ListRootsResult, Root};
use crate::protocol::input::sampling::{Sample, Sampled};
use crate::protocol::{InputRequest, Object, RawStr};

/// The key of [`Context::roots`].
const ROOTS: &str = "client_roots";

/// The outcome of an input request; `Err` describes a malformed response.
type Read<T> = Result<Result<T, ElicitError>, String>;

/// The future of an elicitation: boxed, so that a `T` that is not a form is one error.
type ElicitFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, ElicitError>> + Send + 'a>>;

/// The future of work that runs once: boxed, so that a `T` that cannot be remembered is one error.
type OnceFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A value that is remembered between the rounds of a call.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be remembered between the rounds of a call: it needs both `Serialize` and `Deserialize`",
    label = "cannot be written as JSON and read again",
    note = "put `#[mcp_runtime::model]` on `{Self}` and on the types in it, which derives both; or remember a part of it, such as an id"
)]
pub trait Remembered: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Remembered for T {}

/// # Input requests
///
/// The function only awaits the response. In a session (revisions before 2026-07-28) the input request is sent to the
/// client, and the function continues with the response. In 2026-07-28 a function that awaits a response it does not
/// have is **dropped**: the call returns `input_required`, and when the client calls again with the responses, the
/// function runs again **from the top**. Code before an input request therefore runs once more in each round, unless it
/// is in [`Context::once`]; requests that are awaited concurrently (`tokio::join!`) are sent in one round.
///
/// Each input request has a key, the same in every round, which identifies its response; two requests need two keys.
/// The responses are carried by the client, encrypted, for this call and this caller only, for at most ten minutes from
/// one round to the next. Each round has a `timeout` and takes a `concurrency` permit of its own; `rate_limit` counts
/// the first round, and any later round that responds to no open request or is sent again.
///
/// If the client has not declared the capability that an input request needs, the call ends with an error: -32021, or a
/// tool error in a session. The same holds for a response of another form, such as content that does not fit the form's
/// schema. The time that a session's client takes to respond does not count against `timeout`.
impl Context {
    /// Asks the user to fill in a form: `T` derives [`Elicit`](macro@crate::Elicit), or is a string, a number or a
    /// `bool`.
    ///
    /// A form must not ask for secrets; [`Context::elicit_url`] sends the user to a page of your own instead.
    ///
    /// ```
    /// use mcp_runtime::{Confirm, Context, ToolError, tool};
    ///
    /// /// Deletes a file.
    /// #[tool(destructive)]
    /// async fn delete(cx: &Context, path: String) -> Result<String, ToolError> {
    ///     let sure: Confirm = cx.elicit("confirm", format!("Really delete {path}?")).await?;
    ///     Ok(if sure.yes() { format!("deleted {path}") } else { format!("kept {path}") })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ElicitError`] if the user declined or dismissed the form, or the client refused it or has disconnected; `?`
    /// turns it into a failure that the model reads. A missing capability `elicitation`, or content that violates the
    /// form's schema, ends the call instead, because no code of the function could do better.
    pub fn elicit<T: Elicit>(
        &self,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> ElicitFuture<'_, T> {
        let (key, message) = (key.into(), message.into());
        Box::pin(async move {
            let form = Form::<T>::new();
            let request = InputRequest::form(&message, form.schema());
            self.answer_to(&key, request, |raw| {
                elicited(&key, raw, |content| form.read(content))
            })
            .await
        })
    }

    /// Asks the user to open `url`, and returns when they consent; needs a client with `elicitation.url`.
    ///
    /// Consent says nothing about the user's action on the page: the page itself must verify it, for an authenticated
    /// user. The URL must not carry secrets. Revisions before 2025-11-25 do not support it.
    pub async fn elicit_url(
        &self,
        key: impl Into<String>,
        message: impl Into<String>,
        url: impl Into<String>,
    ) -> Result<(), ElicitError> {
        let key = key.into();
        let request = InputRequest::url(&message.into(), &url.into());
        self.answer_to(&key, request, |raw| elicited(&key, raw, |_| Ok(())))
            .await
    }

    /// Elicits a parameter that the client did not send: returns the user's input if `check` accepts it.
    pub(crate) async fn elicit_argument(
        &self,
        argument: &MissingArgument,
        check: impl Fn(&RawValue) -> Result<(), String>,
    ) -> Result<Option<Box<RawValue>>, ElicitError> {
        let request = InputRequest::form(argument.message, argument.form.clone());
        self.answer_to(argument.name, request, |raw| {
            elicited(argument.name, raw, |content| {
                let content = content.unwrap_or(RawValue::NULL);
                check(content)?;
                let members: Object<'_> = serde_json::from_str(content.get()).unwrap_or_default();
                Ok(members.get(argument.name).map(RawStr::to_boxed))
            })
        })
        .await
    }

    /// Runs the client's model; the client may let its user decide about it.
    ///
    /// ```
    /// use mcp_runtime::{Context, Sample, ToolError, tool};
    ///
    /// /// Says it shorter.
    /// #[tool(read_only)]
    /// async fn summary(cx: &Context, text: String) -> Result<String, ToolError> {
    ///     let sample = Sample::new(format!("Summarise in one sentence: {text}")).max_tokens(100);
    ///     Ok(cx.sample("summary", sample).await?.text())
    /// }
    /// ```
    ///
    /// Needs the capability `sampling`, or `sampling.tools` for a sample with tools. The response is that of the
    /// client's model, and as untrusted as any other input.
    pub async fn sample(
        &self,
        key: impl Into<String>,
        sample: Sample,
    ) -> Result<Sampled, ElicitError> {
        self.answer_to(&key.into(), InputRequest::sample(&sample), |raw| {
            serde_json::from_str(raw.get())
                .map(Ok)
                .map_err(|error| shape("a result of sampling", &error))
        })
        .await
    }

    /// Returns the client's roots; the input request has the key `client_roots`.
    ///
    /// Needs the capability `roots`. The roots are the client's claim: a server that opens files must check paths
    /// itself.
    pub async fn roots(&self) -> Result<Vec<Root>, ElicitError> {
        self.answer_to(ROOTS, InputRequest::roots(), |raw| {
            let read = serde_json::from_str(raw.get());
            read.map(|ListRootsResult { roots }| Ok(roots))
                .map_err(|error| shape("a list of roots", &error))
        })
        .await
    }

    /// Runs `work` once in a call, however many rounds the call has: its output is remembered under `key`, and carried
    /// by the client, encrypted, to the next round.
    ///
    /// The call is not suspended while `work` runs, and `work` must not send input requests itself. The output is lost
    /// when the client abandons the call, starts it again or sends one round twice.
    ///
    /// ```
    /// # use mcp_runtime::{Confirm, Context, ToolError, tool};
    /// # async fn charge(account: &str) -> u64 { 7 }
    /// # async fn ship(receipt: u64) {}
    /// /// Buys it.
    /// #[tool]
    /// async fn buy(cx: &Context, account: String) -> Result<String, ToolError> {
    ///     let receipt: u64 = cx.once("charge", async { charge(&account).await }).await;
    ///     let now: Confirm = cx.elicit("ship", "Charged. Ship it today?").await?;
    ///     if now.yes() {
    ///         ship(receipt).await;
    ///     }
    ///     Ok(format!("receipt {receipt}"))
    /// }
    /// ```
    ///
    /// The output is JSON; all outputs and responses of a call together have at most 1 MiB, as the
    /// client carries them. Two blocks with one key end the call with an error. In a session, where
    /// the function does not run again, the block simply runs.
    pub fn once<'a, T>(
        &'a self,
        key: impl Into<String>,
        work: impl Future<Output = T> + Send + 'a,
    ) -> OnceFuture<'a, T>
    where
        T: Remembered + Send + 'a,
    {
        let key = key.into();
        Box::pin(async move { self.input_requests_or_init().once(&key, work).await })
    }

    /// The same for `work` that can fail: an error is not remembered, so that the next round tries again.
    pub fn try_once<'a, T, E>(
        &'a self,
        key: impl Into<String>,
        work: impl Future<Output = Result<T, E>> + Send + 'a,
    ) -> OnceFuture<'a, Result<T, E>>
    where
        T: Remembered + Send + 'a,
        E: Send + 'a,
    {
        let key = key.into();
        Box::pin(async move { self.input_requests_or_init().try_once(&key, work).await })
    }

    async fn answer_to<T>(
        &self,
        key: &str,
        request: InputRequest,
        read: impl Fn(&RawValue) -> Read<T>,
    ) -> Result<T, ElicitError> {
        let answer = self.resolved(key, request, read).await;
        if answer.is_err() {
            self.input_requests_or_init().mark_refused();
        }
        answer
    }

    async fn resolved<T>(
        &self,
        key: &str,
        request: InputRequest,
        read: impl Fn(&RawValue) -> Read<T>,
    ) -> Result<T, ElicitError> {
        let requests = self.input_requests_or_init();
        let waiter = requests.add(key, request.clone(), || self.reach(&request));
        // A request from a spawned task does not wake the call otherwise.
        self.wake();
        if waiter.is_first && !self.reruns_for_input() {
            // Dropping this future ends the wait for the client.
            let _waiting = requests.wait();
            let answer = match self.translate(request) {
                Some(request) => self.send_request(key, request.method, request.params).await,
                None => Err(crate::handler::input::client::ClientError::Gone),
            };
            waiter.resolve(
                answer
                    .map(Arc::from)
                    .map_err(|error| ElicitError::new(key, Kind::Refused(error))),
            );
            self.wake();
        }
        let answer = waiter.response().await?;
        let problem = match read(&answer) {
            Ok(outcome) => return outcome,
            Err(problem) => problem,
        };
        waiter.malformed(key, problem);
        self.wake();
        // The response arrives only at a waiter that outlives its call.
        waiter
            .response()
            .await
            .and(Err(ElicitError::new(key, Kind::Over)))
    }

    /// Checks that the client supports this request.
    fn reach(&self, request: &InputRequest) -> Reach {
        let missing: Vec<_> = request
            .needs
            .iter()
            .copied()
            .filter(|need| !self.capabilities().has(*need))
            .collect();
        if !missing.is_empty() {
            return Err(InputFailure::Missing(missing));
        }
        let can_be_said = self.reruns_for_input() || self.translate(request.clone()).is_some();
        if can_be_said {
            Ok(())
        } else {
            Err(InputFailure::Missing(request.needs.clone()))
        }
    }
}

/// Converts the user's reaction to a form or a URL.
fn elicited<T>(
    key: &str,
    raw: &RawValue,
    accepted: impl Fn(Option<&RawValue>) -> Result<T, String>,
) -> Read<T> {
    let result = ElicitResult::parse(raw)?;
    match result.action {
        Action::Accept => accepted(result.content).map(Ok),
        Action::Decline => Ok(Err(ElicitError::new(key, Kind::Declined))),
        Action::Cancel => Ok(Err(ElicitError::new(key, Kind::Dismissed))),
    }
}

fn shape(wanted: &str, error: &serde_json::Error) -> String {
    // serde_json appends a position in a text that the client has not sent alone.
    let text = error.to_string();
    format!(
        "must be {wanted}: {}",
        excerpt(text.split(" at line ").next().unwrap_or(&text))
    )
}
