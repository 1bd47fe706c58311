//! What a server offers: declared tools with their state, schemas and policies. Immutable once built.
//!
//! Invariants: the order is the order of registration; nothing is looked up by iteration; one tool, one name.

use std::collections::HashMap;

use crate::ops::metrics::Metrics;

mod entry;

pub(crate) use entry::{Arguments, ToolEntry};

/// The tools of a server, in the order of their registration.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    tools: Vec<ToolEntry>,
    by_name: HashMap<&'static str, usize>,
}

impl Registry {
    /// Adds a tool; gives its name back if there is one of that name already.
    pub(crate) fn add(&mut self, entry: ToolEntry) -> Result<(), &'static str> {
        let name = entry.name();
        if self.by_name.insert(name, self.tools.len()).is_some() {
            return Err(name);
        }
        self.tools.push(entry);
        Ok(())
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&ToolEntry> {
        self.by_name.get(name).map(|index| &self.tools[*index])
    }

    pub(crate) fn tools(&self) -> &[ToolEntry] {
        &self.tools
    }

    /// Gives every tool its counters, registered at zero.
    pub(crate) fn measure(&mut self, metrics: &Metrics) {
        for entry in &mut self.tools {
            entry.measure(metrics);
        }
    }
}
