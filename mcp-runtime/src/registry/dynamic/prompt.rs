//! Prompts that are made at run time.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::item::{Dynamic, Run, run};
use super::keys::keys;
use crate::clock::millis;
use crate::handler::Context;
use crate::handler::output::prompt::IntoPrompt;
use crate::handler::output::tool::Returns;
use crate::handler::spec::Spec;
use crate::handler::spec::policy::{Breaker, Cache, Concurrency, RateLimit, Retry, Source};
use crate::handler::spec::visible::VisibleIf;
use crate::principal::Principal;
use crate::protocol::prompt::Argument;
use crate::registry::{Descriptor, Entry};

/// A prompt that is made at run time: from a name, arguments and a closure.
///
/// Added before the start by [`Server::prompt`](crate::Server::prompt), or while the server runs by
/// [`Items::add_prompt`](crate::Items::add_prompt). The methods have the names of the keys of `#[prompt]`.
///
/// ```
/// use mcp_runtime::{DynamicPrompt, Server};
/// use serde_json::Value;
///
/// let walk = DynamicPrompt::new("walk")
///     .description("A walk through a town.")
///     .argument("town", "The town.", true)
///     .handler(|_cx, arguments: Value| async move { format!("Where do I walk in {}?", arguments["town"]) });
/// let server = Server::new("guide", "1.0.0").prompt(walk);
/// assert!(server.check().is_ok());
/// ```
pub struct DynamicPrompt {
    spec: Spec,
    arguments: Vec<Argument>,
    run: Option<Run>,
    faults: Vec<String>,
}

keys!(DynamicPrompt, "prompt");

impl DynamicPrompt {
    /// Creates a prompt called `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            spec: Spec::prompt(name.into(), ""),
            arguments: Vec::new(),
            run: None,
            faults: Vec::new(),
        }
    }

    /// Adds an argument, whose value is a string.
    ///
    /// A call without a required value is refused before the closure runs.
    #[must_use]
    pub fn argument(
        mut self,
        name: impl Into<String>,
        description: impl Into<String>,
        required: bool,
    ) -> Self {
        self.arguments.push(Argument {
            name: name.into(),
            title: None,
            description: Some(description.into()),
            required,
        });
        self
    }

    /// Sets the function that returns the messages.
    #[must_use]
    pub fn handler<F, R, O>(mut self, handler: F) -> Self
    where
        F: Fn(Context, Value) -> R + Send + Sync + 'static,
        R: Future<Output = O> + Send + 'static,
        O: IntoPrompt + 'static,
    {
        self.run = Some(run(handler, Returns::<O>::messages().convert));
        self
    }

    pub(crate) fn into_entry(mut self) -> Entry {
        let mut properties = Map::new();
        for argument in &self.arguments {
            let text = json!({ "type": "string", "description": argument.description });
            if properties.insert(argument.name.clone(), text).is_some() {
                let fault = format!("two arguments are called `{}`", argument.name);
                self.faults.push(fault);
            }
        }
        let required = self.arguments.iter().filter(|argument| argument.required);
        let required: Vec<&str> = required.map(|argument| argument.name.as_str()).collect();
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        let descriptor = Descriptor::prompt(&self.spec, self.arguments);
        Dynamic::entry(self.spec, &schema, descriptor, self.run, None, self.faults)
    }
}
