//! `tools/list`: rendered once per revision, when the server is built.

use bytes::Bytes;
use serde::Serialize;

use super::answer::members;
use super::{Answer, Service};
use crate::legacy::downgrade;
use crate::protocol::{Members, RpcError, Tool, Version};
use crate::registry::Registry;

/// The list of tools as each revision writes it.
#[derive(Debug)]
pub(crate) struct Lists([Bytes; Version::ALL.len()]);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    tools: Vec<&'a Tool>,
    #[serde(flatten)]
    cache: Option<Cache>,
}

/// Cache hints of a modern list: it may change, so it is asked for again.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cache {
    ttl_ms: u64,
    cache_scope: &'static str,
}

impl Lists {
    pub(crate) fn render(registry: &Registry) -> Self {
        Self(Version::ALL.map(|version| {
            if version.is_legacy() {
                let tools: Vec<Tool> =
                    registry.tools().iter().map(|entry| downgrade::tool(entry.descriptor.clone(), version)).collect();
                members(&Page { tools: tools.iter().collect(), cache: None })
            } else {
                let tools = registry.tools().iter().map(|entry| &entry.descriptor).collect();
                members(&Page { tools, cache: Some(Cache { ttl_ms: 0, cache_scope: "private" }) })
            }
        }))
    }
}

impl Service {
    pub(super) fn list_tools(&self, params: Option<&Members>, version: Version) -> Result<Answer, RpcError> {
        if let Some(cursor) = params.and_then(|params| params.get_raw("cursor")) {
            // All tools are on the first page, so no cursor was ever given out.
            return Err(RpcError::invalid_params(format!("unknown cursor {cursor}; start again without one")));
        }
        Ok(Answer::Members(self.lists.0[version.index()].clone()))
    }
}
