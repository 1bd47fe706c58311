//! The floor: what a call costs when a server is written by hand for its one tool.
//!
//! Honest, but minimal: the envelope is parsed once, with its parameters borrowed, the parameters once into their
//! type, and the answer is written in one piece. There is no schema, no policy, no metric and no header check.

pub(crate) mod batched;
pub(crate) mod http;
pub(crate) mod stdio;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Writes the answer to one request.
fn answer(request: &[u8], out: &mut Vec<u8>) -> serde_json::Result<()> {
    match result(request) {
        Ok((id, result)) => serde_json::to_writer(
            out,
            &Answer {
                jsonrpc: "2.0",
                id,
                result,
            },
        ),
        Err(error) => serde_json::to_writer(
            out,
            &Failure {
                jsonrpc: "2.0",
                error,
            },
        ),
    }
}

fn result(request: &[u8]) -> Result<(&RawValue, CallResult), Refusal> {
    let envelope: Envelope = serde_json::from_slice(request).map_err(|_| Refusal::NOT_A_REQUEST)?;
    if envelope.method != "tools/call" {
        return Err(Refusal::UNKNOWN_METHOD);
    }
    let call: Call =
        serde_json::from_str(envelope.params.get()).map_err(|_| Refusal::NOT_A_CALL)?;
    if call.name != "add" {
        return Err(Refusal::NOT_A_CALL);
    }
    Ok((
        envelope.id,
        CallResult::of(call.arguments.a + call.arguments.b),
    ))
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: &'a RawValue,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    arguments: Arguments,
}

#[derive(Deserialize)]
struct Arguments {
    a: i64,
    b: i64,
}

#[derive(Serialize)]
struct Answer<'a> {
    jsonrpc: &'static str,
    id: &'a RawValue,
    result: CallResult,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallResult {
    result_type: &'static str,
    content: [Content; 1],
    is_error: bool,
    #[serde(rename = "_meta")]
    meta: Meta,
}

impl CallResult {
    fn of(sum: i64) -> Self {
        Self {
            result_type: "complete",
            content: [Content {
                kind: "text",
                text: sum.to_string(),
            }],
            is_error: false,
            meta: Meta {
                server: Implementation {
                    name: "calculator",
                    version: env!("CARGO_PKG_VERSION"),
                },
            },
        }
    }
}

#[derive(Serialize)]
struct Content {
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Meta {
    #[serde(rename = "io.modelcontextprotocol/serverInfo")]
    server: Implementation,
}

#[derive(Serialize)]
struct Implementation {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Failure {
    jsonrpc: &'static str,
    error: Refusal,
}

#[derive(Serialize)]
struct Refusal {
    code: i32,
    message: &'static str,
}

impl Refusal {
    const NOT_A_REQUEST: Self = Self {
        code: -32600,
        message: "not a request",
    };
    const UNKNOWN_METHOD: Self = Self {
        code: -32601,
        message: "unknown method",
    };
    const NOT_A_CALL: Self = Self {
        code: -32602,
        message: "not a call of `add`",
    };
}

#[cfg(test)]
mod tests {
    use super::answer;
    use crate::call::{Answers, Request};

    #[test]
    fn the_floor_answers_what_the_load_generator_sends() {
        let mut out = Vec::new();
        assert!(answer(Request::line().with_id(1_000_000_000), &mut out).is_ok());
        assert_eq!(Answers::default().check(&out).ok(), Some(1_000_000_000));
    }
}
