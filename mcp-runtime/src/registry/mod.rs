//! The declarations of a server: functions with their state, schemas and policies. Immutable once built.
//!
//! Invariants: the order is the order of registration; lookups are O(1) except for URIs that only a template matches;
//! one kind, one name; one URI, one resource.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::handler::spec::kind::Kind;
use crate::ops::metrics::Metrics;
use crate::principal::Principal;
#[cfg(feature = "cli")]
use crate::protocol::Tool;
use crate::protocol::resource::Place;
use crate::protocol::skill::Skill;

mod descriptor;
mod elicit;
mod entry;
pub(crate) mod files;
mod function;
mod keywords;
pub(crate) mod overlap;
mod template;

use files::Files;

pub(crate) use descriptor::Descriptor;
pub(crate) use entry::Entry;
pub(crate) use function::{Arguments, Proposals};

/// The declarations of a server.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    pub tools: Listing,
    pub resources: Listing,
    pub templates: Listing,
    pub prompts: Listing,
    pub files: Files,
    /// In the order of their paths.
    pub skills: Vec<Skill>,
}

/// Declared functions of one list, in the order of their registration.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    entries: Vec<Entry>,
    /// By name, or by URI.
    by_key: HashMap<String, usize>,
}

/// Two entries that a client could not tell apart.
#[derive(Debug)]
pub(crate) enum Conflict {
    /// They are of one kind and have one name.
    Name(Kind, String),
    /// They are resources that have one URI, or match one in common.
    Uri(String, String),
}

/// Lists every pair of entries with one name or one URI; resources and templates share their names.
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
    /// Registers entries without [`conflicts`], each with its counters at zero, and the skills.
    pub(crate) fn new(
        entries: Vec<Entry>,
        (files, skills): (Files, Vec<Skill>),
        metrics: &Metrics,
    ) -> Self {
        let mut registry = Self {
            files,
            skills,
            ..Self::default()
        };
        for mut entry in entries {
            entry.measure(metrics);
            let (listing, key) = match &entry.descriptor {
                Descriptor::Tool(_) => (&mut registry.tools, entry.name.clone()),
                Descriptor::Prompt(_) => (&mut registry.prompts, entry.name.clone()),
                Descriptor::Resource(descriptor) => match &descriptor.place {
                    Place::Uri(uri) => (&mut registry.resources, uri.clone()),
                    Place::Template(uri) => (&mut registry.templates, uri.clone()),
                },
            };
            listing.by_key.insert(key, listing.entries.len());
            listing.entries.push(entry);
        }
        registry
    }

    /// All declared functions.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        [&self.tools, &self.resources, &self.templates, &self.prompts]
            .into_iter()
            .flat_map(Listing::entries)
    }

    /// The resource at `uri`, and the variables of its template as a JSON object.
    pub(crate) fn resource(&self, uri: &str) -> Option<(&Entry, Option<String>)> {
        if let Some(entry) = self.resources.get(uri) {
            return Some((entry, None));
        }
        self.templates
            .entries
            .iter()
            .find_map(|entry| Some((entry, Some(entry.template.as_ref()?.variables(uri)?))))
    }

    /// The scopes of what a caller without any may see, sorted.
    pub(crate) fn scopes(&self) -> Vec<String> {
        let access = self.declared().map(|entry| entry.policies().access);
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
        lists.into_iter().flat_map(Listing::entries)
    }

    /// The tools that are shown in a view or called by one.
    pub(crate) fn viewed(&self) -> impl Iterator<Item = &Entry> {
        self.tools
            .entries()
            .iter()
            .filter(|tool| tool.spec.ui.is_some() || !tool.spec.visible_to.is_empty())
    }
}

impl Listing {
    /// The entry with this name, or at this URI.
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.by_key.get(key).map(|index| &self.entries[*index])
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
