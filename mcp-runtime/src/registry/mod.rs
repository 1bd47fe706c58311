//! The declarations of a server: functions with their state, schemas and policies. [`live`] has those of a running server.
//!
//! Invariants: the order is the order of registration; lookups are O(1) except for URIs that only a template matches;
//! one kind, one name; one URI, one resource.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::handler::spec::kind::Kind;
use crate::principal::Principal;
#[cfg(feature = "cli")]
use crate::protocol::Tool;
use crate::protocol::resource::UriOrTemplate;
use crate::protocol::skill::Skill;

mod descriptor;
pub(crate) mod dynamic;
mod elicit;
mod entry;
pub(crate) mod files;
mod function;
pub(crate) mod items;
mod keywords;
pub(crate) mod live;
pub(crate) mod overlap;
mod template;

use files::Files;

pub(crate) use descriptor::Descriptor;
pub(crate) use entry::Entry;
pub(crate) use function::{Arguments, Completions};

/// The declarations of a server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    pub tools: Listing,
    pub resources: Listing,
    pub templates: Listing,
    pub prompts: Listing,
    pub files: Files,
    /// In the order of their paths.
    pub skills: Vec<Skill>,
    /// The names of each kind; resources and templates share theirs.
    names: HashSet<(Kind, String)>,
    /// `true` if entries of every kind may be added.
    pub is_open: bool,
    /// `true` if headers mirror arguments of some tool.
    pub has_headers: bool,
    /// The total number of entries that were registered.
    registered: u64,
    /// Incremented by each change.
    pub revision: u64,
}

/// Declared functions of one list, in the order of their registration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    entries: Vec<Arc<Entry>>,
    /// By name, or by URI.
    by_key: HashMap<String, Arc<Entry>>,
}

/// Two ambiguous entries.
#[derive(Debug)]
pub(crate) enum Conflict {
    /// They have the same kind and name.
    Name(Kind, String),
    /// They are resources with the same URI, or that match one in common.
    Uri(String, String),
}

/// Lists every pair of entries with one name or one URI; resources and templates share their names.
///
/// Quadratic in the number of resources: each pair of URIs is compared, at the start.
pub(crate) fn conflicts(entries: &[Entry]) -> Vec<Conflict> {
    let mut found = Vec::new();
    let mut names = HashSet::new();
    for entry in entries {
        if !names.insert((entry.spec.kind, &entry.name)) {
            found.push(Conflict::Name(entry.spec.kind, entry.name.clone()));
        }
    }
    let resources = || entries.iter().filter(|entry| !entry.uri().is_empty());
    for (place, one) in resources().enumerate() {
        for other in resources().skip(place + 1) {
            if one.name != other.name && overlap::is_ambiguous(one.uri(), other.uri()) {
                found.push(Conflict::Uri(one.name.clone(), other.name.clone()));
            }
        }
    }
    found
}

impl Registry {
    /// Registers an entry without a [conflict](Self::conflict).
    fn insert(&mut self, mut entry: Entry) {
        entry.number = self.registered;
        self.registered += 1;
        self.revision += 1;
        self.names.insert((entry.spec.kind, entry.name.clone()));
        self.has_headers |= !entry.headers.is_empty();
        let (listing, key) = match &entry.descriptor {
            Descriptor::Tool(_) => (&mut self.tools, entry.name.clone()),
            Descriptor::Prompt(_) => (&mut self.prompts, entry.name.clone()),
            Descriptor::Resource(descriptor) => match &descriptor.uri {
                UriOrTemplate::Uri(uri) => (&mut self.resources, uri.clone()),
                UriOrTemplate::Template(uri) => (&mut self.templates, uri.clone()),
            },
        };
        let entry = Arc::new(entry);
        listing.by_key.insert(key, Arc::clone(&entry));
        listing.entries.push(entry);
    }

    fn listings(&mut self, kind: Kind) -> Vec<&mut Listing> {
        match kind {
            Kind::Tool => vec![&mut self.tools],
            Kind::Prompt => vec![&mut self.prompts],
            Kind::Resource => vec![&mut self.resources, &mut self.templates],
        }
    }

    /// Returns `true` if there is an entry with this name, or at this URI.
    fn has(&self, kind: Kind, key: &str) -> bool {
        match kind {
            Kind::Tool => self.tools.get(key).is_some(),
            Kind::Prompt => self.prompts.get(key).is_some(),
            Kind::Resource => self
                .resources
                .get(key)
                .or(self.templates.get(key))
                .is_some(),
        }
    }

    fn remove(&mut self, kind: Kind, key: &str) -> Option<Arc<Entry>> {
        let mut listings = self.listings(kind).into_iter();
        let removed = listings.find_map(|listing| listing.remove(key))?;
        self.names.remove(&(kind, removed.name.clone()));
        self.revision += 1;
        Some(removed)
    }

    /// The number of entries.
    fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns the conflict of an entry with those that are registered.
    ///
    /// Linear in the number of templates.
    fn conflict(&self, entry: &Entry) -> Option<Conflict> {
        let kind = entry.spec.kind;
        if self.names.contains(&(kind, entry.name.clone())) {
            return Some(Conflict::Name(kind, entry.name.clone()));
        }
        let uri = entry.uri();
        let same = self.resources.get(uri).or(self.templates.get(uri));
        let templates = || self.templates.entries().iter();
        let overlapping = || templates().find(|it| overlap::is_ambiguous(it.uri(), uri));
        let other = same.or_else(|| entry.template.as_ref().and_then(|_| overlapping()))?;
        Some(Conflict::Uri(entry.name.clone(), other.name.clone()))
    }

    /// Finds the resource at `uri`, and the variables of its template as a JSON object.
    ///
    /// One look-up for a fixed URI; otherwise one match of a regular expression for each template, in the order of
    /// registration, until one matches.
    pub(crate) fn resource(&self, uri: &str) -> Option<(&Arc<Entry>, Option<String>)> {
        if let Some(entry) = self.resources.get(uri) {
            return Some((entry, None));
        }
        self.templates
            .entries
            .iter()
            .find_map(|entry| Some((entry, Some(entry.template.as_ref()?.variables(uri)?))))
    }

    /// The templates that list resources and are visible to `principal`.
    pub(crate) fn listing(&self, principal: &Principal) -> Vec<Arc<Entry>> {
        let lists =
            |entry: &&Arc<Entry>| entry.lists() && entry.policies().access.admits(principal);
        self.templates
            .entries()
            .iter()
            .filter(lists)
            .cloned()
            .collect()
    }

    /// The scopes of the items that are visible without any scope, sorted.
    ///
    /// A challenge and the metadata of the resource list them; scopes of hidden items are not revealed.
    pub(crate) fn scopes(&self) -> Vec<String> {
        let access = self.declared().map(|entry| entry.policies().access.clone());
        let shown = access.filter(|access| access.shows_itself_to(&Principal::anonymous()));
        let mut scopes = BTreeSet::new();
        for access in shown {
            scopes.extend(access.scopes().map(str::to_owned));
        }
        scopes.into_iter().collect()
    }

    /// The tools, as their list describes them.
    #[cfg(feature = "cli")]
    pub(crate) fn tools(&self) -> impl Iterator<Item = &Tool> {
        self.tools
            .entries()
            .iter()
            .filter_map(|entry| match &entry.descriptor {
                Descriptor::Tool(tool) => Some(tool),
                _ => None,
            })
    }

    /// All declared functions.
    pub(crate) fn declared(&self) -> impl Iterator<Item = &Entry> {
        let lists = [&self.tools, &self.resources, &self.templates, &self.prompts];
        let entries = lists.into_iter().flat_map(Listing::entries);
        entries.map(|entry| &**entry)
    }

    /// The tools that are shown in a view or called by one.
    pub(crate) fn viewed(&self) -> impl Iterator<Item = &Entry> {
        let tools = self.tools.entries().iter().map(|tool| &**tool);
        tools.filter(|tool| tool.spec.ui.is_some() || !tool.spec.visible_to.is_empty())
    }
}

impl Listing {
    /// The entry with this name, or at this URI.
    pub(crate) fn get(&self, key: &str) -> Option<&Arc<Entry>> {
        self.by_key.get(key)
    }

    pub(crate) fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn remove(&mut self, key: &str) -> Option<Arc<Entry>> {
        let removed = self.by_key.remove(key)?;
        self.entries.retain(|entry| !Arc::ptr_eq(entry, &removed));
        Some(removed)
    }
}
