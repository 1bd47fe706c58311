//! `server/discover`: the revisions, the capabilities and the instructions.

use serde::Serialize;
use serde_json::{Value, json};

use super::answer::members;
use super::{Answer, Service};
use crate::protocol::Version;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Discover<'a> {
    supported_versions: [&'static str; Version::ALL.len()],
    capabilities: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<&'a str>,
    ttl_ms: u64,
    cache_scope: &'static str,
}

impl Service {
    pub(super) fn discover(&self) -> Answer {
        Answer::Members(members(&Discover {
            supported_versions: Version::ALL.map(Version::as_str),
            capabilities: Self::capabilities(),
            instructions: self.identity.instructions.as_deref(),
            ttl_ms: 0,
            cache_scope: "private",
        }))
    }

    /// What the server can do, in every revision.
    pub(crate) fn capabilities() -> Value {
        json!({ "tools": { "listChanged": true }, "logging": {} })
    }
}
