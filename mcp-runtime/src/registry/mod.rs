//! What a server offers: declared functions with their state, schemas and policies. Immutable once built.
//!
//! Invariants: the order is the order of registration; nothing is looked up by iteration but a URI that only a template
//! can match; one kind, one name; one URI, one resource.

use std::collections::HashMap;

use crate::handler::spec::kind::Kind;
use crate::ops::metrics::Metrics;
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

/// What a server offers.
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

/// Why an entry cannot be added.
#[derive(Debug)]
pub(crate) enum Conflict {
    /// Another one of its kind has its name.
    Name(Kind, String),
    /// Two resources have one URI, or match the same.
    Uri(String, String),
}

impl Registry {
    pub(crate) fn add(&mut self, entry: Entry) -> Result<(), Conflict> {
        let key = entry.name.clone();
        match &entry.descriptor {
            Descriptor::Tool(_) => self.tools.add(key, entry),
            Descriptor::Prompt(_) => self.prompts.add(key, entry),
            Descriptor::Resource(descriptor) => {
                self.check_resource(&entry)?;
                match &descriptor.place {
                    Place::Uri(uri) => self.resources.add(uri.clone(), entry),
                    Place::Template(uri) => self.templates.add(uri.clone(), entry),
                }
            }
        }
    }

    /// Names of resources differ, whether they are templates or not, and so does what they match.
    fn check_resource(&self, entry: &Entry) -> Result<(), Conflict> {
        for other in self
            .resources
            .entries()
            .iter()
            .chain(self.templates.entries())
        {
            if other.name == entry.name {
                return Err(Conflict::Name(Kind::Resource, entry.name.clone()));
            }
            if overlap::is_ambiguous(other.uri(), entry.uri()) {
                return Err(Conflict::Uri(other.name.clone(), entry.name.clone()));
            }
        }
        Ok(())
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

    /// The tools that are shown in a view or called by one.
    pub(crate) fn viewed(&self) -> impl Iterator<Item = &Entry> {
        self.tools
            .entries()
            .iter()
            .filter(|tool| tool.spec.ui.is_some() || !tool.spec.visible_to.is_empty())
    }

    /// A tool whose view is no resource here, and the view's URI.
    pub(crate) fn without_view(&self) -> Option<(&Entry, &'static str)> {
        self.viewed()
            .filter_map(|tool| Some((tool, tool.spec.ui?)))
            .find(|(_, uri)| self.resource(uri).is_none())
    }

    /// Gives everything its counters, registered at zero.
    pub(crate) fn measure(&mut self, metrics: &Metrics) {
        for listing in [
            &mut self.tools,
            &mut self.resources,
            &mut self.templates,
            &mut self.prompts,
        ] {
            for entry in &mut listing.entries {
                entry.measure(metrics);
            }
        }
    }
}

impl Listing {
    fn add(&mut self, key: String, entry: Entry) -> Result<(), Conflict> {
        if self.by_key.contains_key(&key) {
            return Err(Conflict::Name(entry.spec.kind, entry.name));
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
