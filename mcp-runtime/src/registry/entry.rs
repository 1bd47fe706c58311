//! One registered function: its declaration bound to the server's state, with the state's type erased.
//!
//! Types are erased here: an entry has a `Box<dyn Callable>`, and only `function.rs` knows the types behind it
//! (arguments, state, output). Faults of the declaration are collected instead of returned, so that the start can list
//! them all; an entry with faults is never served. The policies can be replaced while calls run, since each call keeps
//! those that it began with.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::descriptor::Descriptor;
use super::function::{Arguments, Bound, Callable, Completions, Function, Links};
use super::keywords::Keywords;
use super::template::Template;
use crate::handler::Context;
use crate::handler::argument::arg::{ArgList, Leniency, Values};
use crate::handler::argument::problem::Problems;
use crate::handler::call::completion::Completion;
use crate::handler::call::inject::State;
use crate::handler::declaration::Callbacks;
use crate::handler::output::tool::Returns;
use crate::handler::spec::kind::{Item, Kind};
use crate::handler::spec::{Spec, is_view};
use crate::live::Live;
use crate::ops::metrics::ItemMetrics;
use crate::policy::{self, Policies, Redacted};
use crate::protocol::metadata::is_reserved;
use crate::protocol::resource::UriOrTemplate;
use crate::protocol::{Object, RawStr, extension, resource};
use crate::schema::{FinishedInput, InputSchema, rules};
use crate::share::Budget;
use crate::store::Stores;

/// A declared function as the service sees it.
pub(crate) struct Entry {
    /// Its name on the wire.
    pub name: String,
    /// Its number in the order of registration.
    pub number: u64,
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
    /// Adds the rules of its arguments to their descriptions.
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
        callbacks: Callbacks<S>,
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
        let any = Arc::clone(&state) as Arc<dyn Any + Send + Sync>;
        let handler = Box::new(Bound(Arc::new(Function {
            state,
            spec: spec.clone(),
            args,
            returns,
            input: finished,
            keywords,
            callbacks,
            call,
        })));
        Self {
            headers,
            ..Self::with_handler(spec, descriptor, redacted, faults, handler, &any)
        }
    }

    /// Combines a declaration with the handler of its calls, on a server with `state`.
    pub(super) fn with_handler(
        spec: Spec,
        descriptor: Descriptor,
        redacted: Redacted,
        mut faults: Vec<String>,
        handler: Box<dyn Callable>,
        state: &Arc<dyn Any + Send + Sync>,
    ) -> Self {
        let template = compile_template(&spec.uri).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        let reserved = spec.meta.keys().filter(|key| is_reserved(key));
        faults.extend(reserved.map(|key| {
            format!(
                "the protocol has reserved the key `{key}` of `_meta`; use a prefix of your own"
            )
        }));
        Self {
            name: spec.name.clone().into_owned(),
            number: 0,
            descriptor,
            policies: Live::new(Policies::new(&spec, redacted, state)),
            metrics: ItemMetrics::default(),
            headers: Vec::new(),
            faults,
            template,
            handler,
            spec,
        }
    }

    /// The policies that are in force.
    pub(crate) fn policies(&self) -> Arc<Policies> {
        self.policies.get()
    }

    /// Applies the policies of `spec`: this function's declaration as changed by the configuration.
    #[cfg(feature = "cli")]
    pub(crate) fn reconfigure(&self, spec: &Spec, enabled: bool) {
        let policies = self.policies.get().reconfigured(spec, enabled);
        self.policies.set(policies);
    }

    /// Makes its cache share `budget` with those of other functions, and its counts with other instances by `stores`.
    pub(crate) fn share(&self, budget: &Arc<Budget>, stores: &Stores) {
        self.policies
            .set(self.policies.get().joined(budget, stores));
    }

    /// The item for texts: its kind and its name.
    pub(crate) fn item(&self) -> Item<'_> {
        Item {
            kind: self.spec.kind,
            name: &self.name,
        }
    }

    /// The URI or the URI template of a resource; empty for other kinds.
    pub(crate) fn uri(&self) -> &str {
        match &self.descriptor {
            Descriptor::Resource(resource::Descriptor {
                uri: UriOrTemplate::Uri(uri) | UriOrTemplate::Template(uri),
                ..
            }) => uri,
            _ => "",
        }
    }

    /// The name of a tool or a prompt, the URI of a resource.
    pub(crate) fn key(&self) -> &str {
        match self.spec.kind {
            Kind::Resource => self.uri(),
            Kind::Tool | Kind::Prompt => &self.name,
        }
    }

    /// Returns true for a resource with this URI.
    pub(crate) fn is_at(&self, uri: &str) -> bool {
        match &self.template {
            Some(template) => template.variables(uri).is_some(),
            None => self.uri() == uri,
        }
    }

    /// Adds a prefix, as a part of another server.
    ///
    /// The name in the declaration stays; the name on the wire changes.
    pub(crate) fn mount(&mut self, prefix: &str) {
        self.name = format!("{prefix}.{}", self.name);
        if let Err(rule) =
            check_name(self.spec.kind, &self.name).and(check_name(Kind::Tool, prefix))
        {
            let fault = format!("{rule} ; mount its server under another prefix");
            self.faults.push(fault);
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
    ) -> Option<Completions> {
        self.handler.complete(argument, cx, completion)
    }

    pub(crate) fn argument(&self, name: &str) -> Option<&Value> {
        self.handler.argument(name)
    }

    /// The value that was sent for an argument, under its name or an alias.
    pub(crate) fn sent<'a>(&self, object: &Object<'a>, name: &str) -> Option<RawStr<'a>> {
        self.handler.sent(object, name)
    }

    pub(crate) fn lists(&self) -> bool {
        self.handler.lists()
    }

    pub(crate) fn list(&self, cx: &Context) -> Option<Links> {
        self.handler.list(cx)
    }

    pub(super) fn measure(&mut self, metrics: ItemMetrics) {
        self.metrics = metrics;
    }
}

/// The maximum number of characters of a name.
const NAME: usize = 128;

/// Checks a name: clients serialize those of tools and prompts, and show those of resources.
///
/// The rule of the specification for tools (1 to 128 of letters, digits, `_`, `-` and `.`) also applies to prompts.
/// Clients have stricter ones, which [`lint`](crate::lint) checks.
pub(super) fn check_name(kind: Kind, name: &str) -> Result<(), String> {
    let is_allowed = |c: char| match kind {
        Kind::Resource => !c.is_control(),
        Kind::Tool | Kind::Prompt => c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'),
    };
    if (1..=NAME).contains(&name.chars().count()) && name.chars().all(is_allowed) {
        return Ok(());
    }
    Err(match kind {
        Kind::Resource => format!("names of resources have 1 to {NAME} characters, on one line"),
        Kind::Tool | Kind::Prompt => format!("names have 1 to {NAME} of A-Z a-z 0-9 _ - ."),
    })
}

/// Returns the fault of a view with another media type than that of views.
fn check_media_type(spec: &Spec) -> Option<String> {
    let mime_type = extension::VIEW_MIME_TYPE;
    (is_view(&spec.uri) && spec.mime_type.as_deref() != Some(mime_type)).then(|| {
        format!("what is at a `ui://` URI is of the media type `{mime_type}`; remove `mime_type`")
    })
}

/// Returns the faults of a prompt's arguments, whose values are strings.
fn check_texts(spec: &Spec, input: &FinishedInput) -> Vec<String> {
    let structured = input
        .properties()
        .filter(|(_, schema)| spec.kind == Kind::Prompt && is_structured(schema));
    structured.map(not_text).collect()
}

/// Returns the arguments that logs and errors may show, and those that they must not.
fn redacted<A: ArgList>(args: &A, input: &FinishedInput) -> Redacted {
    let mut redacted = Redacted {
        known: input.properties().map(|(name, _)| name.into()).collect(),
        ..Redacted::default()
    };
    args.redacted(&mut |argument| redacted.names.push(argument.into()));
    redacted
}

/// Parses `uri` if it is a template.
fn compile_template(uri: &str) -> Result<Option<Template>, String> {
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
