//! What a server offers: declared functions with their state, schemas and policies. Immutable once built.
//!
//! Invariants: the order is the order of registration; nothing is looked up by iteration but a URI that only a template
//! can match; one kind, one name; one URI, one resource.

use std::collections::HashMap;

use crate::handler::kind::Kind;
use crate::ops::metrics::Metrics;
use crate::protocol::resource::Place;

mod entry;
pub(crate) mod overlap;
mod template;

pub(crate) use entry::{Arguments, Descriptor, Entry, Proposals};

/// What a server offers.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    pub tools: Listing,
    pub resources: Listing,
    pub templates: Listing,
    pub prompts: Listing,
}

/// Declared functions of one list, in the order of their registration.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    entries: Vec<Entry>,
    /// By name, or by URI.
    by_key: HashMap<String, usize>,
}

/// Why an entry cannot be added.
#[derive(Debug)]
pub(crate) enum Conflict {
    /// Another one of its kind has its name.
    Name(Entry),
    /// Another resource has its URI, or one that matches the same.
    Uri(Entry, String),
}

impl Registry {
    pub(crate) fn add(&mut self, entry: Entry) -> Result<(), Conflict> {
        match (&entry.descriptor, entry.spec.kind) {
            (Descriptor::Resource(descriptor), _) => match &descriptor.place {
                Place::Uri(uri) => {
                    let uri = uri.clone();
                    self.check_resource(entry).and_then(|entry| self.resources.add(uri, entry))
                }
                Place::Template(uri) => {
                    let uri = uri.clone();
                    self.check_resource(entry).and_then(|entry| self.templates.add(uri, entry))
                }
            },
            (_, Kind::Prompt) => self.prompts.add(entry.name.clone(), entry),
            _ => self.tools.add(entry.name.clone(), entry),
        }
    }

    /// Names of resources differ, whether they are templates or not, and so does what they match.
    fn check_resource(&self, entry: Entry) -> Result<Entry, Conflict> {
        let mut others = self.resources.entries.iter().chain(&self.templates.entries);
        if others.any(|other| other.name == entry.name) {
            return Err(Conflict::Name(entry));
        }
        let same = |other: &&Entry| overlap::is_ambiguous(other.uri(), entry.uri());
        match self.resources.entries.iter().chain(&self.templates.entries).find(same) {
            Some(other) => Err(Conflict::Uri(entry, other.name.clone())),
            None => Ok(entry),
        }
    }

    /// The resource at `uri`, and the variables of its template as a JSON object.
    pub(crate) fn resource(&self, uri: &str) -> Option<(&Entry, Option<String>)> {
        if let Some(entry) = self.resources.get(uri) {
            return Some((entry, None));
        }
        self.templates.entries.iter().find_map(|entry| Some((entry, Some(entry.template.as_ref()?.variables(uri)?))))
    }

    /// Everything that is declared.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        [&self.tools, &self.resources, &self.templates, &self.prompts].into_iter().flat_map(Listing::entries)
    }

    /// Gives everything its counters, registered at zero.
    pub(crate) fn measure(&mut self, metrics: &Metrics) {
        for listing in [&mut self.tools, &mut self.resources, &mut self.templates, &mut self.prompts] {
            for entry in &mut listing.entries {
                entry.measure(metrics);
            }
        }
    }
}

impl Listing {
    fn add(&mut self, key: String, entry: Entry) -> Result<(), Conflict> {
        if self.by_key.contains_key(&key) {
            return Err(Conflict::Name(entry));
        }
        self.by_key.insert(key, self.entries.len());
        self.entries.push(entry);
        Ok(())
    }

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
