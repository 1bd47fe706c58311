//! `tools/list`, `resources/list`, `resources/templates/list`, `prompts/list` and `skills/list`: rendered once per
//! revision of the protocol, and again after a change; assembled per request for callers with hidden items, for pages,
//! and for resources that templates list.
//!
//! Rendering a list of a thousand tools takes longer than any other request, and every client sends it at its start.
//! So each list is kept as bytes for each revision of the protocol and of the registry: after a change, the next
//! request renders it, under one lock, reusing unchanged rows. Memory is at most five lists times five revisions, each
//! as large as its text.
//!
//! The kept bytes are the result only if all callers see the same items, all of them fit into one page, no template
//! lists resources and no configuration hides items. Otherwise a page is assembled from rows, which are shared and not
//! copied ([`Bytes`]).

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::Service;
use super::page::{self, Page, Row, RowKey};
use crate::answer::{Answer, Hint, downgrade, members};
use crate::handler::{Context, Principal};
use crate::protocol::{Members, RpcError, Version, resource};
use crate::registry::{Descriptor, Entry, Registry};

/// One of the lists of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ListKind {
    Tools,
    Resources,
    Templates,
    Prompts,
    Skills,
}

impl ListKind {
    const ALL: [Self; 5] = [
        Self::Tools,
        Self::Resources,
        Self::Templates,
        Self::Prompts,
        Self::Skills,
    ];

    /// The member of the result.
    fn member(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Resources => "resources",
            Self::Templates => "resourceTemplates",
            Self::Prompts => "prompts",
            Self::Skills => "skills",
        }
    }

    /// The declared functions in it.
    fn entries(self, registry: &Registry) -> &[Arc<Entry>] {
        match self {
            Self::Tools => registry.tools.entries(),
            Self::Resources => registry.resources.entries(),
            Self::Templates => registry.templates.entries(),
            Self::Prompts => registry.prompts.entries(),
            Self::Skills => &[],
        }
    }

    /// Returns the rows after the declared entries, which never change.
    fn fixed(self, registry: &Registry, version: Version) -> Vec<Row> {
        let key = |index: usize| RowKey::Fixed(index as u64);
        match self {
            Self::Resources => {
                let files = registry.files.listed.iter().enumerate();
                files
                    .map(|(index, file)| row(key(index), file.clone(), version))
                    .collect()
            }
            Self::Skills => {
                let skills = registry.skills.iter().enumerate();
                skills
                    .map(|(index, skill)| Row::new(key(index), skill))
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The row of a resource that is not a function.
pub(super) fn row(key: RowKey, resource: resource::Descriptor, version: Version) -> Row {
    Row::new(
        key,
        &downgrade::descriptor(Descriptor::Resource(resource), version),
    )
}

/// The lists in each revision, rendered on demand.
#[derive(Debug, Default)]
pub(crate) struct Lists([[Mutex<Option<Arc<List>>>; Version::ALL.len()]; ListKind::ALL.len()]);

/// A list in one revision of the registry.
///
/// The first rows are in the order of `RowKey`, so that a row of the previous rendering is found by binary search.
#[derive(Debug)]
struct List {
    /// The revision of the registry.
    revision: u64,
    /// The maximum number of entries in a page.
    page_size: usize,
    /// The only page, if all callers see the same and it is not too long.
    whole: Option<Bytes>,
    /// Declared functions in the order of the registry, then the rows that all callers may see.
    rows: Vec<Row>,
}

impl Lists {
    /// Returns the list of `registry`, which is rendered once for each of its revisions.
    ///
    /// Other requests for the same list wait while it is rendered; those for another list or
    /// revision do not.
    fn get(
        &self,
        which: ListKind,
        version: Version,
        registry: &Registry,
        page_size: usize,
    ) -> Arc<List> {
        let slot = &self.0[which as usize][version.index()];
        let mut kept = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = kept
            .as_ref()
            .filter(|list| list.revision == registry.revision && list.page_size == page_size)
        {
            return Arc::clone(list);
        }
        let before = kept.as_ref().map_or(&[][..], |list| &list.rows);
        let list = Arc::new(List::render(registry, before, which, version, page_size));
        *kept = Some(Arc::clone(&list));
        list
    }
}

impl List {
    /// Renders the list, reusing unchanged rows of `before`.
    fn render(
        registry: &Registry,
        before: &[Row],
        which: ListKind,
        version: Version,
        page_size: usize,
    ) -> Self {
        let entries = which.entries(registry);
        let declared = |entry: &Arc<Entry>| {
            let key = RowKey::Declared(entry.number);
            match before.binary_search_by(|row| row.key.cmp(&key)) {
                Ok(index) => before[index].clone(),
                Err(_) => Row::new(
                    key,
                    &downgrade::descriptor(entry.descriptor.clone(), version),
                ),
            }
        };
        let mut rows: Vec<Row> = entries.iter().map(declared).collect();
        rows.extend(which.fixed(registry, version));
        let is_same_for_all = entries
            .iter()
            .all(|entry| entry.policies().access.is_open());
        let whole = (is_same_for_all && rows.len() <= page_size).then(|| {
            let mut page = Page::new(page_size);
            for row in &rows {
                page.push(row.clone());
            }
            written(&page, which, version)
        });
        Self {
            revision: registry.revision,
            page_size,
            whole,
            rows,
        }
    }

    /// Fills `page` with the rows after `after` that `principal` may see.
    ///
    /// O(log n) to the first row of the page, then one test of access for each row passed.
    fn fill(
        &self,
        page: &mut Page,
        (after, entries): (Option<&RowKey>, &[Arc<Entry>]),
        principal: &Principal,
    ) {
        let is_seen = |index: usize| {
            entries
                .get(index)
                .is_none_or(|entry| entry.policies().access.admits(principal))
        };
        let begin = after.map_or(0, |after| {
            self.rows.partition_point(|row| row.key <= *after)
        });
        for (index, row) in self.rows.iter().enumerate().skip(begin) {
            if is_seen(index) && !page.push(row.clone()) {
                return;
            }
        }
    }
}

fn written(page: &Page, which: ListKind, version: Version) -> Bytes {
    let mut out = page.write(which.member(), which.member());
    if !version.is_legacy() {
        out.push(b',');
        out.extend_from_slice(&members(&Hint::NONE));
    }
    out.into()
}

impl Service {
    pub(super) async fn list(
        &self,
        which: ListKind,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let after = page::cursor(which.member(), params)?;
        let registry = self.registry.read();
        let page_size = self.live.with(|it| it.page_size);
        let list = self.lists.get(which, cx.version(), &registry, page_size);
        let listing = match which {
            ListKind::Resources => registry.listing(cx.principal()),
            _ => Vec::new(),
        };
        let is_filtered = self.lists_are_filtered.load(Ordering::SeqCst);
        if let (Some(whole), None, true, false) =
            (&list.whole, &after, listing.is_empty(), is_filtered)
        {
            return Ok(Answer::Members(whole.clone()));
        }
        let mut page = Page::new(page_size);
        let entries = which.entries(&registry);
        list.fill(&mut page, (after.as_ref(), entries), cx.principal());
        drop((registry, list));
        if !listing.is_empty() {
            Box::pin(self.fill_listed(&mut page, after.as_ref(), &listing, cx)).await?;
        }
        Ok(Answer::Members(written(&page, which, cx.version())))
    }
}
