//! `tools/list`, `resources/list`, `resources/templates/list`, `prompts/list` and `skills/list`: rendered once per
//! revision, when the server is built; rendered per request for callers from whom something is hidden, and for pages.

use std::sync::atomic::Ordering;

use bytes::Bytes;

use super::Service;
use super::page::{self, Row};
use crate::answer::{Answer, Hint, downgrade, members};
use crate::handler::{Context, Principal};
use crate::protocol::resource::{self, Place};
use crate::protocol::{Members, RpcError, Version};
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
    fn entries(self, registry: &Registry) -> &[Entry] {
        match self {
            Self::Tools => registry.tools.entries(),
            Self::Resources => registry.resources.entries(),
            Self::Templates => registry.templates.entries(),
            Self::Prompts => registry.prompts.entries(),
            Self::Skills => &[],
        }
    }

    /// Returns the rows that follow the declared entries.
    fn others(self, registry: &Registry, version: Version) -> Vec<Row> {
        match self {
            Self::Resources => registry
                .files
                .listed
                .iter()
                .map(|file| row(file, version))
                .collect(),
            Self::Skills => registry
                .skills
                .iter()
                .map(|skill| Row::new(&skill.uri, skill))
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn row(file: &resource::Descriptor, version: Version) -> Row {
    let (Place::Uri(key) | Place::Template(key)) = &file.place;
    Row::new(
        key,
        &downgrade::descriptor(Descriptor::Resource(file.clone()), version),
    )
}

/// The lists as each revision writes them.
#[derive(Debug)]
pub(crate) struct Lists([[List; Version::ALL.len()]; ListKind::ALL.len()]);

#[derive(Debug)]
struct List {
    /// The only page, where everybody sees the same and it is not too long.
    whole: Option<Bytes>,
    /// Declared functions in the order of the registry, then what everybody may see.
    rows: Vec<Row>,
    which: ListKind,
    version: Version,
}

impl Lists {
    pub(crate) fn render(registry: &Registry, page_size: usize) -> Self {
        Self(ListKind::ALL.map(|which| {
            Version::ALL.map(|version| List::render(registry, which, version, page_size))
        }))
    }
}

impl List {
    fn render(registry: &Registry, which: ListKind, version: Version, page_size: usize) -> Self {
        let entries = which.entries(registry);
        let declared = |entry: &Entry| {
            Row::new(
                &entry.name,
                &downgrade::descriptor(entry.descriptor.clone(), version),
            )
        };
        let mut rows: Vec<Row> = entries.iter().map(declared).collect();
        rows.extend(which.others(registry, version));
        let mut list = Self {
            whole: None,
            rows,
            which,
            version,
        };
        if list.rows.len() <= page_size
            && entries
                .iter()
                .all(|entry| entry.policies().access.is_open())
        {
            list.whole = Some(list.page(list.rows.iter(), page_size));
        }
        list
    }

    /// The page of what `principal` may see that begins at the row at `begin`.
    fn seen_by(
        &self,
        principal: &Principal,
        entries: &[Entry],
        begin: usize,
        (page_size, filtered): (usize, bool),
    ) -> Bytes {
        if let (Some(whole), 0, false) = (&self.whole, begin, filtered) {
            return whole.clone();
        }
        let is_seen = |index: usize| {
            entries
                .get(index)
                .is_none_or(|entry| entry.policies().access.admits(principal))
        };
        let rows = self
            .rows
            .iter()
            .enumerate()
            .skip(begin)
            .filter(|(index, _)| is_seen(*index));
        self.page(rows.map(|(_, row)| row), page_size)
    }

    fn page<'r>(&self, rows: impl Iterator<Item = &'r Row>, page_size: usize) -> Bytes {
        let mut out = page::write(self.which.member(), rows, page_size);
        if !self.version.is_legacy() {
            out.push(b',');
            out.extend_from_slice(&members(&Hint::NONE));
        }
        out.into()
    }
}

impl Service {
    pub(super) fn list(
        &self,
        which: ListKind,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let list = &self.lists.0[which as usize][cx.version().index()];
        let begin = page::begin(&list.rows, params)?;
        let entries = which.entries(&self.registry);
        Ok(Answer::Members(list.seen_by(
            cx.principal(),
            entries,
            begin,
            (
                self.settings.page_size,
                self.lists_are_filtered.load(Ordering::SeqCst),
            ),
        )))
    }
}
