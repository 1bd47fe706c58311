//! `tools/list`, `resources/list`, `resources/templates/list` and `prompts/list`: rendered once per revision, when the
//! server is built; put together anew for callers from whom something is hidden, and for pages.
//!
//! A cursor names the last entry of its page, so that it stays good however often it is used.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde::Serialize;

use super::answer::members;
use super::{Answer, Service};
use crate::handler::{Context, Principal};
use crate::legacy::downgrade;
use crate::protocol::{Members, RpcError, Version};
use crate::registry::{Entry, Listing, Registry};

/// One of the lists of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    Tools,
    Resources,
    Templates,
    Prompts,
}

impl Which {
    const ALL: [Self; 4] = [Self::Tools, Self::Resources, Self::Templates, Self::Prompts];

    /// The member of the result.
    fn member(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Resources => "resources",
            Self::Templates => "resourceTemplates",
            Self::Prompts => "prompts",
        }
    }

    fn of(self, registry: &Registry) -> &Listing {
        match self {
            Self::Tools => &registry.tools,
            Self::Resources => &registry.resources,
            Self::Templates => &registry.templates,
            Self::Prompts => &registry.prompts,
        }
    }
}

/// The lists as each revision writes them.
#[derive(Debug)]
pub(crate) struct Lists([[List; Version::ALL.len()]; Which::ALL.len()]);

#[derive(Debug)]
struct List {
    /// The only page, where everybody sees the same and it is not too long.
    whole: Option<Bytes>,
    /// The entries one by one, in the order of the registry.
    each: Vec<Bytes>,
    which: Which,
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
    pub(crate) fn render(registry: &Registry, page_size: usize) -> Self {
        Self(Which::ALL.map(|which| Version::ALL.map(|version| List::render(registry, which, version, page_size))))
    }
}

impl List {
    fn render(registry: &Registry, which: Which, version: Version, page_size: usize) -> Self {
        let entries = which.of(registry).entries();
        let each: Vec<Bytes> = entries.iter().map(|entry| render(entry, version)).collect();
        let mut list = Self { whole: None, each, which, version };
        if entries.len() <= page_size && entries.iter().all(|entry| entry.policies.access.is_open()) {
            list.whole = Some(list.page(list.each.iter(), None));
        }
        list
    }

    /// The page of what `principal` may see that comes after the entry at `after`.
    fn seen_by(&self, principal: &Principal, entries: &[Entry], after: Option<usize>, page_size: usize) -> Bytes {
        if let (Some(whole), None) = (&self.whole, after) {
            return whole.clone();
        }
        let mut visible = entries.iter().zip(&self.each).skip(after.map_or(0, |after| after + 1));
        let mut visible = visible.by_ref().filter(|(entry, _)| entry.policies.access.admits(principal));
        let page: Vec<_> = visible.by_ref().take(page_size).collect();
        let next = page.last().filter(|_| visible.next().is_some()).map(|(entry, _)| cursor(entry));
        self.page(page.iter().map(|(_, text)| *text), next.as_deref())
    }

    fn page<'a>(&self, entries: impl Iterator<Item = &'a Bytes>, next: Option<&str>) -> Bytes {
        let mut out = format!("\"{}\":[", self.which.member()).into_bytes();
        for (index, entry) in entries.enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(entry);
        }
        out.push(b']');
        if let Some(next) = next {
            out.extend_from_slice(format!(",\"nextCursor\":\"{next}\"").as_bytes());
        }
        if !self.version.is_legacy() {
            out.push(b',');
            out.extend_from_slice(&members(&Cache { ttl_ms: 0, cache_scope: "private" }));
        }
        out.into()
    }
}

fn render(entry: &Entry, version: Version) -> Bytes {
    let descriptor = downgrade::descriptor(entry.descriptor.clone(), version);
    serde_json::to_vec(&descriptor).unwrap_or_default().into()
}

/// Opaque to clients: the name of the last entry of a page.
fn cursor(entry: &Entry) -> String {
    URL_SAFE_NO_PAD.encode(&entry.name)
}

/// The place of the entry that a cursor names.
fn place(cursor: &str, entries: &[Entry]) -> Option<usize> {
    let name = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    entries.iter().position(|entry| entry.name.as_bytes() == name)
}

impl Service {
    pub(super) fn list(&self, which: Which, params: Option<&Members>, cx: &Context) -> Result<Answer, RpcError> {
        let entries = which.of(&self.registry).entries();
        let cursor = params.and_then(|params| params.decode::<Option<String>>("cursor"));
        let after = match cursor {
            None | Some(Ok(None)) => None,
            Some(Ok(Some(cursor))) => Some(place(&cursor, entries).ok_or_else(|| unknown(&cursor))?),
            Some(Err(_)) => return Err(RpcError::invalid_params("`cursor` must be a string")),
        };
        let list = &self.lists.0[which as usize][cx.version().index()];
        Ok(Answer::Members(list.seen_by(cx.principal(), entries, after, self.settings.page_size)))
    }
}

fn unknown(cursor: &str) -> RpcError {
    RpcError::invalid_params(format!("unknown cursor {cursor:?}; start again without one"))
}
