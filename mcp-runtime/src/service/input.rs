//! Input from the client during a call: `inputResponses` and `requestState` come in, `input_required` goes out.
//!
//! Invariants: a response is not read before its input request has been made; a request state is accepted only as
//! sealed by the server, for this caller and this call.
//!
//! The input is the client's responses by their keys, and the state that the last round has sealed; the output is the
//! open requests by their keys, and a new state with all previous responses and the outputs of `once`. The server
//! keeps nothing between two rounds, so that any instance with the same keys can process the next one.
//!
//! The state is bound to the caller (its digest) and to the call: kind, name and canonical arguments ([`subject`]). A
//! client that changes an argument between rounds must begin again, because the responses belong to another question.
//! A sealed state has at most 1 MiB of JSON.

use bytes::Bytes;
use serde::{Serialize, Serializer};

use super::Service;
use crate::answer::{Answer, members};
use crate::handler::input::pending::InputRequired;
use crate::policy::{Call, canonical};
use crate::protocol::{InputRequest, Members, Object, RpcError};
use crate::seal::{KeyedValues, RoundId, State, Subject, Unsealable};

const RESPONSES: &str = "inputResponses";
const STATE: &str = "requestState";

impl Service {
    /// Receives the input responses and the request state of a call; older revisions have none. Returns the round if
    /// it continues a call.
    ///
    /// Also returns `None` for a round without a response to an open request: it then counts as a separate call for
    /// the rate limit, so that repeating a state is not free.
    pub(super) fn receive(
        &self,
        params: Option<&Members>,
        call: &Call<'_>,
    ) -> Result<Option<RoundId>, RpcError> {
        let Some(params) = params.filter(|_| call.cx.is_modern()) else {
            return Ok(None);
        };
        let (sent, state) = (responses(params)?, params.text(STATE));
        if sent.is_none() && state.is_none() {
            return Ok(None);
        }
        let sent = sent.unwrap_or_default();
        let (mut memory, round) = match state {
            None => (State::default(), None),
            Some(Err(_)) => {
                return Err(RpcError::invalid_params("`requestState` must be a string"));
            }
            Some(Ok(text)) => {
                let opened =
                    self.keys
                        .get()
                        .open(&text, call.cx.principal().digest(), subject(call));
                let (memory, round) = opened.map_err(|why| {
                    let help = "start the call again, without `requestState` and `inputResponses`";
                    RpcError::invalid_params(format!("`requestState` {why}: {help}"))
                })?;
                (memory, Some(round))
            }
        };
        let round = round.filter(|_| memory.continues(&sent));
        memory.rounds += usize::from(round.is_some());
        call.cx.input_requests_or_init().receive(sent, memory);
        Ok(round)
    }

    /// Builds an `input_required` result.
    pub(super) fn input_required(
        &self,
        required: &InputRequired,
        call: &Call<'_>,
    ) -> Result<Answer, RpcError> {
        let sealed = self.seal(&required.memory, call).map_err(|error| {
            tracing::error!(%error, "the request state of a call could not be encrypted");
            RpcError::internal("internal error")
        })?;
        Ok(Answer::InputRequired(body(&required.requests, &sealed)))
    }

    fn seal(&self, memory: &State, call: &Call<'_>) -> Result<String, Unsealable> {
        self.keys
            .get()
            .seal(memory, call.cx.principal().digest(), subject(call))
    }
}

/// Returns `true` if a request continues a call that ended in `input_required`.
pub(super) fn is_retry(params: &Members) -> bool {
    [RESPONSES, STATE]
        .iter()
        .any(|member| params.get(member).is_some())
}

/// The members of `inputResponses`; `None` if it is absent.
fn responses(params: &Members) -> Result<Option<KeyedValues>, RpcError> {
    match params.decode::<Object<'_>>(RESPONSES) {
        None => Ok(None),
        Some(Err(_)) => Err(RpcError::invalid_params(
            "`inputResponses` must be an object: the responses by key",
        )),
        Some(Ok(object)) => {
            let kept = object
                .iter()
                .map(|(key, raw)| (key.to_owned(), raw.to_boxed()));
            Ok(Some(kept.collect()))
        }
    }
}

/// Returns the subject of the call: its kind, its name and its arguments.
fn subject(call: &Call<'_>) -> Subject {
    let arguments = canonical::arguments(call.arguments);
    Subject::from_parts([call.item.kind.noun(), call.item.name, &arguments].map(str::as_bytes))
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
