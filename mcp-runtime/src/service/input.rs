//! Input from the client in the middle of a call: `inputResponses` and `requestState` come in, `input_required` goes out.
//!
//! Invariants: a response is not read before its input request has been made; a request state is accepted only as the
//! server has sealed it, for this caller and this call.

use bytes::Bytes;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::Service;
use crate::answer::{Answer, members};
use crate::handler::Context;
use crate::handler::input::pending::Questions;
use crate::policy::{Call, canonical};
use crate::protocol::json::Text;
use crate::protocol::{InputRequest, Members, Object, RpcError};
use crate::seal::{Kept, State, Subject};

const RESPONSES: &str = "inputResponses";
const STATE: &str = "requestState";

impl Service {
    /// Receives the input responses and the request state of a call; in older revisions there are none. Returns `true`
    /// if the call continues one that an earlier round has begun.
    pub(super) fn receive(
        &self,
        params: Option<&Members>,
        call: &Call<'_>,
    ) -> Result<bool, RpcError> {
        let Some(params) = params.filter(|_| call.cx.is_modern()) else {
            return Ok(false);
        };
        let (sent, state) = (responses(params)?, params.decode::<Text<'_>>(STATE));
        let mut goes_on = false;
        let memory = match state {
            None => None,
            Some(Err(_)) => {
                return Err(RpcError::invalid_params("`requestState` must be a string"));
            }
            Some(Ok(Text(text))) => {
                let opened = self.keys.open(&text, caller(call.cx), subject(call));
                let memory = opened.map_err(|why| {
                    let help = "begin the call anew, without `requestState` and `inputResponses`";
                    RpcError::invalid_params(format!("`requestState` {why}: {help}"))
                })?;
                goes_on = self.spent.is_first(&text);
                Some(memory)
            }
        };
        if sent.is_some() || memory.is_some() {
            call.cx
                .asks()
                .receive(sent.unwrap_or_default(), memory.unwrap_or_default());
        }
        Ok(goes_on)
    }

    /// Builds an `input_required` result.
    pub(super) fn input_required(
        &self,
        questions: &Questions,
        call: &Call<'_>,
    ) -> Result<Answer, RpcError> {
        let sealed = self.seal(&questions.memory, call).map_err(|error| {
            tracing::error!(%error, "the state of a call could not be sealed");
            RpcError::internal("internal error")
        })?;
        Ok(Answer::InputRequired(body(&questions.requests, &sealed)))
    }

    fn seal(&self, memory: &State, call: &Call<'_>) -> Result<String, crate::seal::NoRandom> {
        self.keys.seal(memory, caller(call.cx), subject(call))
    }
}

/// Returns `true` if a request continues a call that was answered by `input_required`.
pub(super) fn is_retry(params: &Members) -> bool {
    [RESPONSES, STATE]
        .iter()
        .any(|member| params.get(member).is_some())
}

/// The members of `inputResponses`; `None` when there is no such member.
fn responses(params: &Members) -> Result<Option<Kept>, RpcError> {
    match params.decode::<Object<'_>>(RESPONSES) {
        None => Ok(None),
        Some(Err(_)) => Err(RpcError::invalid_params(
            "`inputResponses` must be an object: the answers by their keys",
        )),
        Some(Ok(object)) => {
            let kept = object
                .iter()
                .map(|(key, raw): (&str, &RawValue)| (key.to_owned(), raw.to_owned()));
            Ok(Some(kept.collect()))
        }
    }
}

/// Returns the subject of the caller; it is distinct for each principal.
fn caller(cx: &Context) -> Subject {
    match cx.principal().subject() {
        None => Subject::of([&b"anonymous"[..]]),
        Some(name) => Subject::of([&b"principal"[..], name.as_bytes()]),
    }
}

/// Returns the subject of the call: its kind, its name and its arguments.
fn subject(call: &Call<'_>) -> Subject {
    let arguments = canonical::arguments(call.arguments);
    Subject::of([call.item.kind.noun(), call.item.name, &arguments].map(str::as_bytes))
}

fn body(requests: &[(String, InputRequest)], state: &str) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        #[serde(serialize_with = "by_key", skip_serializing_if = "<[_]>::is_empty")]
        input_requests: &'a [(String, InputRequest)],
        request_state: &'a str,
    }
    members(&Body {
        input_requests: requests,
        request_state: state,
    })
}

fn by_key<S: Serializer>(
    requests: &[(String, InputRequest)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(requests.iter().map(|(key, request)| (key, request)))
}
