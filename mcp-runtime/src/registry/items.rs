//! The handle by which a program adds and removes tools, resources and prompts.
//!
//! The handle exists before the server is built, so it begins as a list ([`Stage::Building`]) and becomes a weak
//! reference to the running registry; a mounted server's handle forwards everything, with its prefix. The lock of the
//! stage is never held while code of the program runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::dynamic::{DynamicPrompt, DynamicResource, DynamicTool};
use super::live::{LiveRegistry, Refusal};
use super::{Conflict, Entry};
use crate::error::{Error, Result};
use crate::handler::spec::kind::Kind;
use crate::limits;

/// Adds and removes tools, resources and prompts of a server, while it is built and while it runs.
///
/// Listening clients are notified of each change, in every revision. Calls in flight of a removed item continue. An
/// item that contradicts itself, or that is ambiguous with another one, is refused. Clones change the same server; a
/// handle does not keep it alive.
///
/// A server with this handle declares tools, resources and prompts from the start, so that clients request the lists.
/// It has at most 10,000 items. The metrics count an added item by its name; beyond 1000 names in the life of a
/// server, items are counted as `_other`.
///
#[doc = include_str!("../docs/items.md")]
#[derive(Clone, Debug)]
pub struct Items(Arc<Mutex<Stage>>);

/// The stage of a server.
#[derive(Debug)]
enum Stage {
    /// The entries are collected until the server is built.
    Building { entries: Vec<Entry>, is_held: bool },
    /// The server has been built.
    Running(Weak<LiveRegistry>),
    /// The server is mounted in another one, under a prefix.
    Mounted { parent: Items, prefix: String },
}

impl Default for Items {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Stage::Building {
            entries: Vec::new(),
            is_held: false,
        })))
    }
}

impl Items {
    /// Adds a tool.
    ///
    /// # Errors
    ///
    /// [`Error::is_declaration`](crate::Error::is_declaration) if the tool contradicts itself, such as by a schema
    /// that is not an object's, and [`Error::is_conflict`](crate::Error::is_conflict) if its name is taken. Nothing is
    /// changed then.
    pub fn add_tool(&self, tool: DynamicTool) -> Result<()> {
        self.add(tool.into_entry())
    }

    /// Adds a resource, or a template of resources.
    ///
    /// # Errors
    ///
    /// As [`Items::add_tool`]; a conflict is also a template that matches a URI of another one.
    pub fn add_resource(&self, resource: DynamicResource) -> Result<()> {
        self.add(resource.into_entry())
    }

    /// Adds a prompt.
    ///
    /// # Errors
    ///
    /// As [`Items::add_tool`].
    pub fn add_prompt(&self, prompt: DynamicPrompt) -> Result<()> {
        self.add(prompt.into_entry())
    }

    /// Removes the tool called `name`, declared or added; returns `false` if there is none.
    ///
    /// Calls in flight continue to their end; later calls get the error for an unknown tool.
    pub fn remove_tool(&self, name: &str) -> bool {
        self.remove(Kind::Tool, name)
    }

    /// Removes the resource at `uri`, or the template with that text; returns `false` if there is none.
    pub fn remove_resource(&self, uri: &str) -> bool {
        self.remove(Kind::Resource, uri)
    }

    /// Removes the prompt called `name`; returns `false` if there is none.
    pub fn remove_prompt(&self, name: &str) -> bool {
        self.remove(Kind::Prompt, name)
    }

    /// Makes the server declare all kinds that may be added.
    pub(crate) fn hold(&self) {
        match &mut *self.lock() {
            Stage::Building { is_held, .. } => *is_held = true,
            Stage::Running(_) => {}
            Stage::Mounted { parent, .. } => parent.hold(),
        }
    }

    /// Returns `true` if the program has a handle.
    pub(crate) fn is_held(&self) -> bool {
        matches!(&*self.lock(), Stage::Building { is_held: true, .. })
    }

    /// Calls `see` with the entries that were added before the start.
    pub(crate) fn with_entries<T>(&self, see: impl FnOnce(&mut Vec<Entry>) -> T) -> T {
        match &mut *self.lock() {
            Stage::Building { entries, .. } => see(entries),
            Stage::Running(_) | Stage::Mounted { .. } => see(&mut Vec::new()),
        }
    }

    /// Applies changes to a running server from now on, including entries that were added in between.
    pub(crate) fn run(&self, live: &Arc<LiveRegistry>) {
        let before = std::mem::replace(&mut *self.lock(), Stage::Running(Arc::downgrade(live)));
        if let Stage::Building { entries, .. } = before {
            for entry in entries {
                let item = entry.item().to_string();
                if let Err(refusal) = live.add(entry) {
                    tracing::error!(item, error = %refused(refusal), "an item was not added");
                }
            }
        }
    }

    /// Mounts the server in `parent`, under `prefix`.
    pub(crate) fn mount_in(&self, parent: &Self, prefix: &str) {
        let mounted = Stage::Mounted {
            parent: parent.clone(),
            prefix: prefix.to_owned(),
        };
        let before = std::mem::replace(&mut *self.lock(), mounted);
        let Stage::Building { entries, is_held } = before else {
            return;
        };
        if is_held {
            parent.hold();
        }
        parent.with_entries(|all| {
            all.extend(entries.into_iter().map(|mut entry| {
                entry.mount(prefix);
                entry
            }));
        });
    }

    fn add(&self, mut entry: Entry) -> Result<()> {
        let faults = entry.faults.iter();
        let faults = faults.map(|fault| Error::declaration(entry.item(), fault));
        if let Some(error) = Error::all(faults.collect()) {
            return Err(error);
        }
        let mut stage = self.lock();
        let (live, parent) = match &mut *stage {
            Stage::Building { entries, .. } => {
                let conflict = entries.iter().find_map(|other| conflict(other, &entry));
                if let Some(conflict) = conflict {
                    return Err(refused(Refusal::Conflict(conflict)));
                }
                if entries.len() >= limits::ITEMS {
                    return Err(refused(Refusal::Full));
                }
                entries.push(entry);
                return Ok(());
            }
            Stage::Running(live) => (live.upgrade(), None),
            Stage::Mounted { parent, prefix } => {
                entry.mount(prefix);
                (None, Some(parent.clone()))
            }
        };
        drop(stage);
        match (parent, live) {
            (Some(parent), _) => parent.add(entry),
            (None, Some(live)) => live.add(entry).map_err(refused),
            (None, None) => Err(Error::other(
                "the server has ended: nothing can be added to it",
            )),
        }
    }

    fn remove(&self, kind: Kind, key: &str) -> bool {
        let mut stage = self.lock();
        let (live, mounted) = match &mut *stage {
            Stage::Building { entries, .. } => {
                let is_it = |entry: &Entry| entry.spec.kind == kind && entry.key() == key;
                let place = entries.iter().position(is_it);
                let removed = place.map(|place| entries.remove(place));
                drop(stage);
                return removed.is_some();
            }
            Stage::Running(live) => (live.upgrade(), None),
            Stage::Mounted { parent, prefix } => {
                let key = match kind {
                    Kind::Resource => key.to_owned(),
                    Kind::Tool | Kind::Prompt => format!("{prefix}.{key}"),
                };
                (None, Some((parent.clone(), key)))
            }
        };
        drop(stage);
        match mounted {
            Some((parent, key)) => parent.remove(kind, &key),
            None => live.is_some_and(|live| live.remove(kind, key)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn conflict(one: &Entry, other: &Entry) -> Option<Conflict> {
    if one.spec.kind != other.spec.kind {
        return None;
    }
    if one.name == other.name {
        return Some(Conflict::Name(one.spec.kind, one.name.clone()));
    }
    let is_resource = one.spec.kind == Kind::Resource;
    (is_resource && super::overlap::is_ambiguous(one.uri(), other.uri()))
        .then(|| Conflict::Uri(one.name.clone(), other.name.clone()))
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Conflict(conflict) => conflict.into(),
        Refusal::Full => Error::other(format!(
            "a server has at most {} tools, resources and prompts; remove some first",
            limits::ITEMS
        )),
    }
}

/// The error for two ambiguous entries.
impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::Name(kind, name) => Self::duplicate(format!(
                "two {}s are called `{name}`; rename one with `name = \"..\"`",
                kind.noun()
            )),
            Conflict::Uri(one, other) => Self::ambiguous(&one, &other),
        }
    }
}
