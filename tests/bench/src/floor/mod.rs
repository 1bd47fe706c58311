//! The floor: the cost of a call to a server written by hand for its two tools.
//!
//! Minimal: a message is parsed in one pass into one type, and the answer is written in one piece. There is no schema,
//! no policy, no metric, and no check of a header or of `_meta`, which the protocol requires of every server.

pub(crate) mod batched;
pub(crate) mod http;
pub(crate) mod stdio;
pub(crate) mod tokio;

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

fn result(request: &[u8]) -> Result<(&RawValue, CallResult<'_>), Refusal> {
    let Envelope { id, method, params } =
        serde_json::from_slice(request).map_err(|_| Refusal::NOT_A_CALL)?;
    if method != "tools/call" {
        return Err(Refusal::UNKNOWN_METHOD);
    }
    let Arguments { a, b, text } = params.arguments;
    match &*params.name {
        "add" => Ok((id, CallResult::of((a + b).to_string().into()))),
        "echo" => Ok((id, CallResult::of(text))),
        _ => Err(Refusal::NOT_A_CALL),
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Call<'a>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Arguments<'a>,
}

/// The arguments of either tool, so that a message is read in one pass.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Arguments<'a> {
    a: i64,
    b: i64,
    #[serde(borrow)]
    text: Cow<'a, str>,
}

#[derive(Serialize)]
struct Answer<'a> {
    jsonrpc: &'static str,
    id: &'a RawValue,
    result: CallResult<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallResult<'a> {
    result_type: &'static str,
    content: [Content<'a>; 1],
    is_error: bool,
    #[serde(rename = "_meta")]
    meta: Meta,
}

impl<'a> CallResult<'a> {
    fn of(text: Cow<'a, str>) -> Self {
        Self {
            result_type: "complete",
            content: [Content { kind: "text", text }],
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
struct Content<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    text: Cow<'a, str>,
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
    const UNKNOWN_METHOD: Self = Self {
        code: -32601,
        message: "unknown method",
    };
    const NOT_A_CALL: Self = Self {
        code: -32602,
        message: "not a call of `add` or `echo`",
    };
}

#[cfg(test)]
mod tests {
    use super::answer;
    use crate::call::{Answers, Call, Request};

    #[test]
    fn the_floor_answers_what_the_load_generator_sends() {
        let mut out = Vec::new();
        assert!(answer(Request::line(Call::Add).with_id(1_000_000_000), &mut out).is_ok());
        assert_eq!(Answers::default().check(&out).ok(), Some(1_000_000_000));
    }
}
