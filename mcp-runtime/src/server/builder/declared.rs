//! The functions of a server, declared by attributes or made at run time.
//!
//! Lists of `tools![..]` and the like are visited once ([`Register`]): the visitor gets the concrete types of
//! arguments and results, makes an [`Entry`] of each function, and thereby erases the types.

use std::sync::Arc;

use super::Server;
use crate::handler::Context;
use crate::handler::argument::arg::{ArgList, Values};
use crate::handler::call::inject::State;
use crate::handler::declaration::{Callbacks, Visitor};
use crate::handler::output::tool::Returns;
use crate::handler::spec::Spec;
use crate::registry::Entry;
use crate::registry::dynamic::{DynamicPrompt, DynamicResource, DynamicTool};

impl<S: State> Server<S> {
    /// Adds a tool that is made at run time; a fault of it stops the start.
    ///
    /// [`DynamicTool`] has an example. Two tools with one name are a conflict, whether declared or made at run time.
    pub fn tool(self, tool: DynamicTool) -> Self {
        self.add(tool.into_entry());
        self
    }

    /// Adds a resource, or a template of resources, that is made at run time; a fault of it stops the start.
    pub fn resource(self, resource: DynamicResource) -> Self {
        self.add(resource.into_entry());
        self
    }

    /// Adds a prompt that is made at run time; a fault of it stops the start.
    pub fn prompt(self, prompt: DynamicPrompt) -> Self {
        self.add(prompt.into_entry());
        self
    }

    fn add(&self, entry: Entry) {
        self.parts.items.with_entries(|entries| entries.push(entry));
    }
}

/// Registers the entries of a list.
pub(super) struct Register<'a, S: State>(pub &'a mut Server<S>);

impl<S: State> Visitor<S> for Register<'_, S> {
    fn declare<A, O, R>(
        &mut self,
        spec: Spec,
        args: A,
        returns: Returns<O>,
        callbacks: Callbacks<S>,
        call: impl Fn(Arc<S>, Context, Values<A>) -> R + Send + Sync + 'static,
    ) where
        A: ArgList,
        O: 'static,
        R: Future<Output = O> + Send + 'static,
    {
        let state = Arc::clone(&self.0.state);
        let entry = Entry::new(state, spec, args, returns, callbacks, call);
        self.0.add(entry);
    }
}
