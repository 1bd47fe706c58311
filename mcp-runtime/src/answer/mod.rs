//! Results of requests, and their serialization for each revision: in one pass, into one buffer.
//!
//! Members that are the same for every revision are serialized by their producer; the envelope, and the `resultType`
//! and `_meta` of 2026-07-28, are added here. There is no intermediate `serde_json::Value`, and no second pass: a
//! tool's text is copied once, into the response.

pub(crate) mod downgrade;
mod identity;
mod read;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

pub(crate) use identity::Identity;
pub(crate) use read::{Hint, ReadResult};

use crate::handler::output::value::Output;
use crate::protocol::meta::SERVER_INFO;
use crate::protocol::written::{WrittenResult, write_json, write_members as write_tool_members};
use crate::protocol::{Prompt, RequestId, RpcError, ToolResult, Version};
use crate::task::{DetailedTask, TaskRecord};

/// The outcome of a request, before it is written for a revision.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A result whose members are serialized already, such as `"tools":[..]`, without the outer braces.
    Members(bytes::Bytes),
    /// The result of a tool.
    Tool(ToolResult),
    /// The result of a tool, serialized already.
    Written(WrittenResult),
    /// The contents of a resource.
    Read(ReadResult),
    /// The messages of a prompt.
    Prompt(Prompt),
    /// The input requests to respond to first, as serialized members.
    InputRequired(bytes::Bytes),
    /// A task that has begun.
    Task(Box<TaskRecord>),
    /// `{}`.
    Empty,
    /// A JSON-RPC error.
    Error(RpcError),
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        match output {
            Output::Tool(result) => Self::Tool(result),
            Output::Written(result) => Self::Written(result),
            Output::Contents(contents) => Self::Read(ReadResult {
                contents,
                hint: Hint::NONE,
            }),
            Output::Prompt(prompt) => Self::Prompt(prompt),
        }
    }
}

impl Answer {
    /// The HTTP status.
    pub(crate) fn status(&self, version: Version) -> u16 {
        match self {
            Self::Error(error) => downgrade::status(error, version),
            _ => 200,
        }
    }

    /// The whole response message.
    pub(crate) fn encode(
        self,
        id: Option<&RequestId>,
        version: Version,
        identity: &Identity,
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        out.extend_from_slice(b"{\"jsonrpc\":\"2.0\"");
        match (id, version) {
            (Some(id), _) => {
                out.extend_from_slice(b",\"id\":");
                out.extend_from_slice(id.as_bytes());
            }
            // The schemas before 2025-11-25 require an id; JSON-RPC says `null` where none could be read.
            (None, version) if version < Version::V2025_11_25 => {
                out.extend_from_slice(b",\"id\":null");
            }
            (None, _) => {}
        }
        match self {
            Self::Error(error) => {
                out.extend_from_slice(b",\"error\":");
                write_json(&mut out, &downgrade::error(error, version));
            }
            result if version.is_legacy() => write_legacy(&mut out, result, version),
            result => write_modern(&mut out, result, identity),
        }
        out.push(b'}');
        out
    }
}

fn write_modern(out: &mut Vec<u8>, answer: Answer, identity: &Identity) {
    let kind: &[u8] = match answer {
        Answer::InputRequired(_) => b"input_required",
        Answer::Task(_) => b"task",
        _ => b"complete",
    };
    out.extend_from_slice(b",\"result\":{\"resultType\":\"");
    out.extend_from_slice(kind);
    out.push(b'"');
    let mut meta = None;
    match answer {
        Answer::Members(members) | Answer::InputRequired(members) => {
            out.push(b',');
            out.extend_from_slice(&members);
        }
        Answer::Tool(result) => {
            out.push(b',');
            write_tool_members(out, &result);
            meta = result.meta;
        }
        Answer::Written(result) => {
            out.push(b',');
            out.extend_from_slice(result.members());
            meta = result.meta;
        }
        Answer::Read(read) => {
            out.extend_from_slice(b",\"contents\":");
            write_json(out, &read.contents);
            out.push(b',');
            out.extend_from_slice(&members(&read.hint));
        }
        Answer::Prompt(prompt) => {
            out.push(b',');
            out.extend_from_slice(&members(&prompt));
            meta = prompt.meta;
        }
        Answer::Task(record) => {
            out.push(b',');
            out.extend_from_slice(&members(&DetailedTask::created(&record)));
        }
        Answer::Empty | Answer::Error(_) => {}
    }
    out.extend_from_slice(b",\"_meta\":{\"");
    out.extend_from_slice(SERVER_INFO.as_bytes());
    out.extend_from_slice(b"\":");
    out.extend_from_slice(identity.info_json.as_bytes());
    for (key, value) in meta.iter().flatten() {
        out.push(b',');
        write_json(out, key);
        out.push(b':');
        write_json(out, value);
    }
    out.extend_from_slice(b"}}");
}

fn write_legacy(out: &mut Vec<u8>, mut answer: Answer, version: Version) {
    if let Answer::Written(result) = answer {
        answer = if result.is_known_to(version) {
            Answer::Written(result)
        } else {
            Answer::Tool(result.read())
        };
    }
    match &mut answer {
        Answer::Tool(result) => downgrade::result(result, version),
        Answer::Read(read) => downgrade::contents(&mut read.contents, version),
        Answer::Prompt(prompt) => downgrade::messages(prompt, version),
        _ => {}
    }
    out.extend_from_slice(b",\"result\":{");
    write_members(out, answer);
    out.push(b'}');
}

/// Writes the members of a result that all revisions have.
fn write_members(out: &mut Vec<u8>, answer: Answer) {
    match answer {
        Answer::Members(members) => out.extend_from_slice(&members),
        Answer::Tool(result) => {
            write_tool_members(out, &result);
            write_meta(out, result.meta.as_ref());
        }
        Answer::Written(result) => {
            out.extend_from_slice(result.members());
            write_meta(out, result.meta.as_ref());
        }
        Answer::Read(read) => {
            out.extend_from_slice(b"\"contents\":");
            write_json(out, &read.contents);
        }
        Answer::Prompt(prompt) => {
            out.extend_from_slice(&members(&prompt));
            write_meta(out, prompt.meta.as_ref());
        }
        // The client of a session gets requests instead, and knows no tasks.
        Answer::InputRequired(_) | Answer::Task(_) | Answer::Empty | Answer::Error(_) => {}
    }
}

fn write_meta(out: &mut Vec<u8>, meta: Option<&Map<String, Value>>) {
    if let Some(meta) = meta {
        out.extend_from_slice(b",\"_meta\":");
        write_json(out, meta);
    }
}

/// Serializes the output of a call alone, as a task holds it.
pub(crate) fn output_json(output: Output) -> Option<Box<RawValue>> {
    let mut out = b"{".to_vec();
    write_members(&mut out, output.into());
    out.push(b'}');
    String::from_utf8(out)
        .ok()
        .and_then(|text| RawValue::from_string(text).ok())
}

/// The members of `value`, which serialises to an object, without the outer braces.
pub(crate) fn members<T: Serialize>(value: &T) -> bytes::Bytes {
    let text = serde_json::to_vec(value).unwrap_or_default();
    bytes::Bytes::from(
        text.get(1..text.len().saturating_sub(1))
            .unwrap_or_default()
            .to_vec(),
    )
}
