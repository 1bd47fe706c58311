//! The declarations of a running server, which may change: readers take a snapshot, and keep only the entries that
//! they call.
//!
//! Invariants: the code of a program never runs under the lock; a call in flight keeps its entry; subscribers are
//! notified of a change after it is in force.
//!
//! Copy on write: a change clones the registry if a reader has it, which costs a reference count for each entry, and
//! readers never wait for one another. A subscriber that requests the list after the notification sees the change.

use std::fmt;
use std::sync::Arc;

use super::{Conflict, Entry, Registry};
use crate::changes::{Change, Changes, List};
use crate::handler::spec::kind::Kind;
use crate::limits;
use crate::live::Live;
use crate::ops::metrics::Metrics;
use crate::protocol::skill::Skill;
use crate::share::Budget;
use crate::store::Stores;

use super::files::Files;

/// The registry of a running server.
#[derive(Debug)]
pub(crate) struct LiveRegistry {
    current: Live<Registry>,
    setup: Setup,
}

/// The parts of a server that every entry is connected to.
#[derive(Debug)]
pub(crate) struct Setup {
    pub metrics: Arc<Metrics>,
    pub budget: Arc<Budget>,
    pub stores: Stores,
    pub describe_rules: bool,
    pub changes: Changes,
    /// True if the program has a handle by which it may add entries of every kind.
    pub is_open: bool,
    /// Applies the limits of the configuration to an entry.
    pub configure: Configure,
}

/// Changes the policies of an entry.
pub(crate) struct Configure(pub Box<dyn Fn(&Entry) + Send + Sync>);

impl fmt::Debug for Configure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Configure")
    }
}

/// The reason for refusing an entry.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is ambiguous with another one.
    Conflict(Conflict),
    /// The maximum number of entries is reached.
    Full,
}

impl LiveRegistry {
    /// Registers entries without [`conflicts`](super::conflicts), and the skills.
    pub(crate) fn new(
        entries: Vec<Entry>,
        (files, skills): (Files, Vec<Skill>),
        setup: Setup,
    ) -> Self {
        let mut registry = Registry {
            files,
            skills,
            is_open: setup.is_open,
            ..Registry::default()
        };
        for mut entry in entries {
            setup.connect(&mut entry);
            entry.measure(setup.metrics.item(&entry.spec, &entry.name));
            registry.insert(entry);
        }
        Self {
            current: Live::new(registry),
            setup,
        }
    }

    /// Returns the current declarations.
    pub(crate) fn read(&self) -> Arc<Registry> {
        self.current.get()
    }

    /// Adds an entry, and notifies subscribers.
    ///
    /// Linear in the number of entries. Each addition is a notification; they coalesce for a reader that has not seen
    /// the first.
    pub(crate) fn add(&self, mut entry: Entry) -> Result<(), Refusal> {
        self.setup.connect(&mut entry);
        let kind = entry.spec.kind;
        self.current.change(|current| {
            if current.len() >= limits::ITEMS {
                return Err(Refusal::Full);
            }
            if let Some(conflict) = current.conflict(&entry) {
                return Err(Refusal::Conflict(conflict));
            }
            entry.measure(self.setup.metrics.added_item(&entry.spec, &entry.name));
            Arc::make_mut(current).insert(entry);
            Ok(())
        })?;
        self.notify(kind);
        Ok(())
    }

    /// Removes the entry with this name, or at this URI, and notifies subscribers; returns `false` if there is none.
    /// Its calls in flight continue.
    pub(crate) fn remove(&self, kind: Kind, key: &str) -> bool {
        let removed = self.current.change(|current| {
            let is_there = current.has(kind, key);
            is_there.then(|| Arc::make_mut(current).remove(kind, key))
        });
        let Some(removed) = removed else {
            return false;
        };
        // Dropped without the lock: its closure is the program's.
        drop(removed);
        self.notify(kind);
        true
    }

    fn notify(&self, kind: Kind) {
        self.setup.changes.publish(&Change::List(match kind {
            Kind::Tool => List::Tools,
            Kind::Resource => List::Resources,
            Kind::Prompt => List::Prompts,
        }));
    }
}

impl Setup {
    fn connect(&self, entry: &mut Entry) {
        if self.describe_rules {
            entry.describe_rules();
        }
        entry.share(&self.budget, &self.stores);
        (self.configure.0)(entry);
    }
}
