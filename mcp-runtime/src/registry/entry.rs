//! One registered function: its declaration bound to the server's state, with the state's type erased.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::descriptor::Descriptor;
use super::function::{Arguments, Bound, Callable, Function, Proposals};
use super::keywords::Keywords;
use super::template::Template;
use crate::handler::Context;
use crate::handler::argument::arg::{ArgList, Leniency, Values};
use crate::handler::argument::problem::Problems;
use crate::handler::call::completion::Completion;
use crate::handler::call::inject::State;
use crate::handler::declaration::Completers;
use crate::handler::output::tool::Returns;
use crate::handler::spec::kind::{Item, Kind};
use crate::handler::spec::{Spec, is_view};
use crate::live::Live;
use crate::ops::metrics::{ItemMetrics, Metrics};
use crate::policy::{self, Budget, Policies, Redacted};
use crate::protocol::resource::Place;
use crate::protocol::{extension, resource};
use crate::schema::{FinishedInput, InputSchema, rules};

/// A declared function as the service sees it.
pub(crate) struct Entry {
    /// Its name on the wire.
    pub name: String,
    pub spec: Spec,
    pub descriptor: Descriptor,
    policies: Live<Policies>,
    pub metrics: ItemMetrics,
    pub headers: Vec<(&'static str, &'static str)>,
    /// The faults that keep the declaration from being served; found when it is registered.
    pub faults: Vec<String>,
    /// The parsed URI template.
    pub template: Option<Template>,
    handler: Box<dyn Callable>,
}

impl Entry {
    /// Puts the rules of its arguments into their descriptions.
    pub(crate) fn describe_rules(&mut self) {
        if let Descriptor::Tool(tool) = &mut self.descriptor
            && let Ok(mut schema) = serde_json::from_str(tool.input_schema.get())
        {
            rules::describe(&mut schema);
            tool.input_schema = to_raw_value(&schema).unwrap_or_default();
        }
    }

    /// Binds a declared function to `state`.
    pub(crate) fn new<S, A, O, R>(
        state: Arc<S>,
        spec: Spec,
        mut args: A,
        returns: Returns<O>,
        completers: Completers<S>,
        call: impl Fn(Arc<S>, Context, Values<A>) -> R + Send + Sync + 'static,
    ) -> Self
    where
        S: State,
        A: ArgList,
        O: 'static,
        R: Future<Output = O> + Send + 'static,
    {
        let mut input = InputSchema::new();
        args.prepare(&mut input);
        let mut faults = std::mem::take(&mut input.faults);
        let mut finished = input.finish();
        finished.noun = spec.kind.noun();
        if let Some(keywords) = spec.schema {
            finished.overlay(keywords());
        }
        faults.extend(check_media_type(&spec));
        let mut headers = Vec::new();
        args.headers(&mut |argument, header| headers.push((argument, header)));
        let redacted = redacted(&args, &finished);
        faults.extend(check_texts(&spec, &finished));
        let descriptor = Descriptor::new(&spec, &finished, &returns);
        let keywords = Keywords::compile(&spec, &finished, &redacted, &mut faults);
        let template = compile_template(spec.uri).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        Self {
            name: spec.name.to_owned(),
            descriptor,
            policies: Live::new(Policies::new(&spec, redacted)),
            metrics: ItemMetrics::default(),
            headers,
            faults,
            template,
            handler: Box::new(Bound(Arc::new(Function {
                state,
                spec: spec.clone(),
                args,
                returns,
                input: finished,
                keywords,
                completers,
                call,
            }))),
            spec,
        }
    }

    /// The policies that are in force.
    pub(crate) fn policies(&self) -> Arc<Policies> {
        self.policies.get()
    }

    /// Puts the policies of `spec` in force, which is this function's with what the configuration changes of it.
    pub(crate) fn reconfigure(&self, spec: &Spec, enabled: bool) {
        let policies = self.policies.get().reconfigured(spec, enabled);
        self.policies.set(policies);
    }

    /// Has its remembered results share `budget` with those of other functions.
    pub(crate) fn cache_within(&self, budget: &Arc<Budget>) {
        self.policies.set(self.policies.get().cached_within(budget));
    }

    /// The item that messages call it: its kind and its name.
    pub(crate) fn item(&self) -> Item<'_> {
        Item {
            kind: self.spec.kind,
            name: &self.name,
        }
    }

    /// The URI or the URI template of a resource; empty for what has none.
    pub(crate) fn uri(&self) -> &str {
        match &self.descriptor {
            Descriptor::Resource(resource::Descriptor {
                place: Place::Uri(uri) | Place::Template(uri),
                ..
            }) => uri,
            _ => "",
        }
    }

    /// Returns true for a resource that is at `uri`.
    pub(crate) fn is_at(&self, uri: &str) -> bool {
        match &self.template {
            Some(template) => template.variables(uri).is_some(),
            None => self.uri() == uri,
        }
    }

    /// Puts it under a prefix, as a part of another server.
    pub(crate) fn mount(&mut self, prefix: &str) {
        self.name = format!("{prefix}.{}", self.name);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if self.name.len() > 128 || prefix.is_empty() || !self.name.chars().all(is_name) {
            self.faults.push(
                "names have 1 to 128 of A-Z a-z 0-9 _ - . ; mount its server under another prefix"
                    .to_owned(),
            );
        }
        let name = match &mut self.descriptor {
            Descriptor::Tool(tool) => &mut tool.name,
            Descriptor::Resource(resource) => &mut resource.name,
            Descriptor::Prompt(prompt) => &mut prompt.name,
        };
        self.name.clone_into(name);
    }

    pub(crate) fn begin(
        &self,
        cx: &Context,
        arguments: Arguments<'_>,
    ) -> Result<(policy::HandlerFuture, Leniency), Problems> {
        self.handler.begin(cx, arguments)
    }

    pub(crate) fn complete_arguments(
        &self,
        cx: &Context,
        arguments: Arguments<'_>,
    ) -> Result<Option<policy::HandlerFuture<Box<RawValue>>>, Problems> {
        self.handler.complete_arguments(cx, arguments)
    }

    pub(crate) fn complete(
        &self,
        argument: &str,
        cx: &Context,
        completion: Completion,
    ) -> Option<Proposals> {
        self.handler.complete(argument, cx, completion)
    }

    pub(crate) fn input(&self) -> &FinishedInput {
        self.handler.input()
    }

    pub(super) fn measure(&mut self, metrics: &Metrics) {
        self.metrics = metrics.item(self.item());
    }
}

/// Returns the fault of a view that declares another media type than that of views.
fn check_media_type(spec: &Spec) -> Option<String> {
    let mime_type = extension::VIEW_MIME_TYPE;
    (is_view(spec.uri) && spec.mime_type != Some(mime_type)).then(|| {
        format!("what is at a `ui://` URI is of the media type `{mime_type}`; remove `mime_type`")
    })
}

/// Returns the faults of a prompt's arguments, whose values are texts.
fn check_texts(spec: &Spec, input: &FinishedInput) -> Vec<String> {
    let structured = input
        .properties()
        .filter(|(_, schema)| spec.kind == Kind::Prompt && is_structured(schema));
    structured.map(not_text).collect()
}

/// Returns the arguments that logs and errors may show, and those that they may not.
fn redacted<A: ArgList>(args: &A, input: &FinishedInput) -> Redacted {
    let mut redacted = Redacted {
        known: input.properties().map(|(name, _)| name).collect(),
        ..Redacted::default()
    };
    args.redacted(&mut |argument| redacted.names.push(argument));
    redacted
}

/// Parses `uri` if it is a template.
fn compile_template(uri: &'static str) -> Result<Option<Template>, String> {
    Template::is_template(uri)
        .then(|| Template::compile(uri))
        .transpose()
}

/// Returns `true` if values of this schema are always objects or lists.
fn is_structured(schema: &Value) -> bool {
    match (
        schema.get("type").and_then(Value::as_str),
        schema.get("anyOf").and_then(Value::as_array),
    ) {
        (Some(name), _) => matches!(name, "object" | "array"),
        (None, Some(all)) => all.iter().all(is_structured),
        (None, None) => false,
    }
}

fn not_text((name, _): (&'static str, &Value)) -> String {
    format!("the argument `{name}` is an object or a list, and arguments of prompts are text")
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("spec", &self.spec)
            .finish_non_exhaustive()
    }
}
