//! `tools/list`: rendered once per revision, when the server is built; put together anew only for callers from whom
//! some tools are hidden.

use bytes::Bytes;
use serde::Serialize;

use super::answer::members;
use super::{Answer, Service};
use crate::handler::{Context, Principal};
use crate::legacy::downgrade;
use crate::protocol::{Members, RpcError, Version};
use crate::registry::{Registry, ToolEntry};

/// The list of tools as each revision writes it.
#[derive(Debug)]
pub(crate) struct Lists([List; Version::ALL.len()]);

#[derive(Debug)]
struct List {
    /// With every tool.
    whole: Bytes,
    /// The tools one by one, in the order of the registry; empty when nobody is shut out from any.
    each: Vec<Bytes>,
    version: Version,
}

/// Cache hints of a modern list: it may change, so it is asked for again; it is for one caller.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cache {
    ttl_ms: u64,
    cache_scope: &'static str,
}

impl Lists {
    pub(crate) fn render(registry: &Registry) -> Self {
        let open = registry.tools().iter().all(|entry| entry.policies.access.is_open());
        Self(Version::ALL.map(|version| {
            let each: Vec<Bytes> = registry.tools().iter().map(|entry| render(entry, version)).collect();
            let whole = page(each.iter(), version);
            List { whole, each: if open { Vec::new() } else { each }, version }
        }))
    }
}

impl List {
    fn seen_by(&self, principal: &Principal, tools: &[ToolEntry]) -> Bytes {
        let hidden = |entry: &ToolEntry| !entry.policies.access.admits(principal);
        if self.each.is_empty() || !tools.iter().any(hidden) {
            return self.whole.clone();
        }
        page(self.each.iter().zip(tools).filter(|(_, entry)| !hidden(entry)).map(|(tool, _)| tool), self.version)
    }
}

fn render(entry: &ToolEntry, version: Version) -> Bytes {
    let tool = if version.is_legacy() {
        serde_json::to_vec(&downgrade::tool(entry.descriptor.clone(), version))
    } else {
        serde_json::to_vec(&entry.descriptor)
    };
    tool.unwrap_or_default().into()
}

fn page<'a>(tools: impl Iterator<Item = &'a Bytes>, version: Version) -> Bytes {
    let mut out = b"\"tools\":[".to_vec();
    for (index, tool) in tools.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(tool);
    }
    out.push(b']');
    if !version.is_legacy() {
        out.push(b',');
        out.extend_from_slice(&members(&Cache { ttl_ms: 0, cache_scope: "private" }));
    }
    out.into()
}

impl Service {
    pub(super) fn list_tools(&self, params: Option<&Members>, cx: &Context) -> Result<Answer, RpcError> {
        if let Some(cursor) =
            params.and_then(|params| params.get_raw("cursor")).filter(|cursor| cursor.as_bytes() != b"null")
        {
            // All tools are on the first page, so no cursor was ever given out.
            return Err(RpcError::invalid_params(format!("unknown cursor {cursor}; start again without one")));
        }
        let list = &self.lists.0[cx.version().index()];
        Ok(Answer::Members(list.seen_by(cx.principal(), self.registry.tools())))
    }
}
