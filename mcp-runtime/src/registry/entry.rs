//! One registered function: its declaration bound to the server's state, with the state's type erased.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::asking;
use super::template::Template;
use crate::handler::argument::{ArgList, Asked, Decoded, Input, Values};
use crate::handler::completion::Completion;
use crate::handler::declaration::Completers;
use crate::handler::inject::State;
use crate::handler::kind::{Item, Kind};
use crate::handler::output::Returns;
use crate::handler::problem::Problems;
use crate::handler::product::Product;
use crate::handler::spec::{Spec, is_view};
use crate::handler::{Context, ToolError};
use crate::ops::metrics::{ItemMetrics, Metrics};
use crate::policy::{self, Policies, Redacted};
use crate::protocol::resource::Place;
use crate::protocol::{Icon, Object, RpcError, Tool, ToolAnnotations, prompt, resource, view};
use crate::schema::{FinishedInput, InputSchema};

/// A declared function as the service sees it.
pub(crate) struct Entry {
    /// Its name on the wire.
    pub name: String,
    pub spec: Spec,
    pub descriptor: Descriptor,
    pub policies: Policies,
    pub metrics: ItemMetrics,
    pub headers: Vec<(&'static str, &'static str)>,
    /// Why the declaration cannot be served; found only when it is registered.
    pub faults: Vec<String>,
    /// How the URI of a template is read.
    pub template: Option<Template>,
    handler: Box<dyn Handler>,
}

/// How a list describes it.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Descriptor {
    Tool(Tool),
    Resource(resource::Descriptor),
    Prompt(prompt::Descriptor),
}

/// The arguments of a call.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    pub object: Object<'a>,
    pub raw: Option<&'a RawValue>,
    pub coerce: bool,
}

impl<'a> Arguments<'a> {
    /// The members of `raw`; no arguments are the same as an empty object.
    pub(crate) fn of(raw: Option<&'a RawValue>, coerce: bool) -> Result<Self, RpcError> {
        let object = raw.map(|raw| serde_json::from_str::<Object<'a>>(raw.get())).transpose();
        let object = object.map_err(|_| RpcError::invalid_params("`arguments` must be an object"))?;
        Ok(Self { object: object.unwrap_or_default(), raw, coerce })
    }
}

/// Proposals for an argument, on their way.
pub(crate) type Proposals = BoxFuture<'static, Result<Vec<String>, ToolError>>;

/// A declared function with its state.
trait Handler: Send + Sync {
    /// Decodes the arguments and begins the call; how many arguments had to be coerced.
    fn begin(&self, cx: &Context, arguments: Arguments<'_>) -> Result<(policy::Handler, u32), Problems>;
    /// Decodes the arguments of a call that is to run later; what asks for those that were not sent, if that is to be
    /// done first.
    fn complete_arguments(&self, cx: &Context, arguments: Arguments<'_>) -> Result<Option<policy::Handler>, Problems>;
    /// Completes an argument, if its declaration says how.
    fn complete(&self, argument: &str, cx: &Context, asked: Completion) -> Option<Proposals>;
    fn input(&self) -> &FinishedInput;
}

impl Entry {
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
        if let Some(keywords) = spec.schema {
            finished.overlay(keywords());
        }
        if is_view(spec.uri) && spec.mime_type != Some(view::MIME_TYPE) {
            let mime_type = view::MIME_TYPE;
            faults.push(format!("what is at a `ui://` URI is of the media type `{mime_type}`; remove `mime_type`"));
        }
        let mut headers = Vec::new();
        args.headers(&mut |argument, header| headers.push((argument, header)));
        let mut redacted =
            Redacted { known: finished.properties().map(|(name, _)| name).collect(), ..Redacted::default() };
        args.redacted(&mut |argument| redacted.names.push(argument));
        if spec.kind == Kind::Prompt {
            faults.extend(finished.properties().filter(|(_, schema)| is_structured(schema)).map(not_text));
        }
        let descriptor = Descriptor::of(&spec, &finished, &returns);
        let keywords = Keywords::compile(&spec, &finished, &redacted, &mut faults);
        let template = Template::is_template(spec.uri).then(|| Template::compile(spec.uri)).transpose();
        let template = template.unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        Self {
            name: spec.name.to_owned(),
            descriptor,
            policies: Policies::new(&spec, redacted),
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

    /// What messages call it.
    pub(crate) fn item(&self) -> Item<'_> {
        Item { kind: self.spec.kind, name: &self.name }
    }

    /// The URI or the URI template of a resource; empty for what has none.
    pub(crate) fn uri(&self) -> &str {
        match &self.descriptor {
            Descriptor::Resource(resource::Descriptor { place: Place::Uri(uri) | Place::Template(uri), .. }) => uri,
            _ => "",
        }
    }

    /// Puts it under a prefix, as a part of another server.
    pub(crate) fn mount(&mut self, prefix: &str) {
        self.name = format!("{prefix}.{}", self.name);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if self.name.len() > 128 || prefix.is_empty() || !self.name.chars().all(is_name) {
            self.faults
                .push("names have 1 to 128 of A-Z a-z 0-9 _ - . ; mount its server under another prefix".to_owned());
        }
        let name = match &mut self.descriptor {
            Descriptor::Tool(tool) => &mut tool.name,
            Descriptor::Resource(resource) => &mut resource.name,
            Descriptor::Prompt(prompt) => &mut prompt.name,
        };
        self.name.clone_into(name);
    }

    pub(crate) fn begin(&self, cx: &Context, arguments: Arguments<'_>) -> Result<(policy::Handler, u32), Problems> {
        self.handler.begin(cx, arguments)
    }

    pub(crate) fn complete_arguments(
        &self,
        cx: &Context,
        arguments: Arguments<'_>,
    ) -> Result<Option<policy::Handler>, Problems> {
        self.handler.complete_arguments(cx, arguments)
    }

    pub(crate) fn complete(&self, argument: &str, cx: &Context, asked: Completion) -> Option<Proposals> {
        self.handler.complete(argument, cx, asked)
    }

    pub(crate) fn input(&self) -> &FinishedInput {
        self.handler.input()
    }

    pub(super) fn measure(&mut self, metrics: &Metrics) {
        self.metrics = metrics.item(self.item());
    }
}

/// Whether values of this schema are objects or lists, whatever they are.
fn is_structured(schema: &Value) -> bool {
    match (schema.get("type").and_then(Value::as_str), schema.get("anyOf").and_then(Value::as_array)) {
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
        f.debug_struct("Entry").field("spec", &self.spec).finish_non_exhaustive()
    }
}

impl Descriptor {
    fn of<T>(spec: &Spec, input: &FinishedInput, returns: &Returns<T>) -> Self {
        match spec.kind {
            Kind::Tool => Self::Tool(tool(spec, input, returns)),
            Kind::Resource => Self::Resource(resource(spec)),
            Kind::Prompt => Self::Prompt(prompt(spec, input)),
        }
    }
}

fn icons(spec: &Spec) -> Vec<Icon> {
    spec.icon.map(Icon::new).into_iter().collect()
}

fn tool<T>(spec: &Spec, input: &FinishedInput, returns: &Returns<T>) -> Tool {
    let annotations = ToolAnnotations {
        title: None,
        read_only: spec.read_only.then_some(true),
        // What only reads destroys nothing; the protocol's default would say otherwise.
        destructive: spec.destructive.or(spec.read_only.then_some(false)),
        idempotent: spec.idempotent.then_some(true),
        open_world: spec.open_world,
    };
    Tool {
        name: spec.name.to_owned(),
        title: spec.title.map(str::to_owned),
        description: spec.description.to_owned(),
        icons: icons(spec),
        input_schema: to_raw_value(input).unwrap_or_default(),
        output_schema: returns.schema.as_ref().and_then(|schema| to_raw_value(schema).ok()),
        annotations: (annotations != ToolAnnotations::default()).then_some(annotations),
        meta: ui(spec),
    }
}

/// The view of a tool, and who sees the tool, as `_meta` says it.
fn ui(spec: &Spec) -> Option<Map<String, Value>> {
    let mut ui = Map::new();
    if let Some(uri) = spec.ui {
        ui.insert("resourceUri".to_owned(), uri.into());
    }
    if !spec.visible_to.is_empty() {
        ui.insert("visibility".to_owned(), spec.visible_to.into());
    }
    (!ui.is_empty()).then(|| Map::from_iter([("ui".to_owned(), ui.into())]))
}

fn resource(spec: &Spec) -> resource::Descriptor {
    let uri = spec.uri.to_owned();
    resource::Descriptor {
        place: if Template::is_template(&uri) { Place::Template(uri) } else { Place::Uri(uri) },
        name: spec.name.to_owned(),
        title: spec.title.map(str::to_owned),
        description: spec.description.to_owned(),
        icons: icons(spec),
        mime_type: spec.mime_type.map(str::to_owned),
        size: spec.size,
        annotations: spec.annotations(),
        meta: None,
    }
}

fn prompt(spec: &Spec, input: &FinishedInput) -> prompt::Descriptor {
    let argument = |(name, schema): (&'static str, &Value)| prompt::Argument {
        name: name.to_owned(),
        title: None,
        description: schema.get("description").and_then(Value::as_str).map(str::to_owned),
        required: input.requires(name),
    };
    prompt::Descriptor {
        name: spec.name.to_owned(),
        title: spec.title.map(str::to_owned),
        description: spec.description.to_owned(),
        icons: icons(spec),
        arguments: input.properties().map(argument).collect(),
    }
}

/// A declared function, the state it borrows from, and what was compiled from its declaration.
struct Function<S, A, O, F> {
    state: Arc<S>,
    spec: Spec,
    args: A,
    returns: Returns<O>,
    input: FinishedInput,
    keywords: Keywords,
    completers: Completers<S>,
    call: F,
}

/// What calls share of a function.
struct Bound<S, A, O, F>(Arc<Function<S, A, O, F>>);

impl<S, A, O, F, R> Function<S, A, O, F>
where
    S: State,
    A: ArgList,
    O: 'static,
    F: Fn(Arc<S>, Context, Values<A>) -> R + Send + Sync + 'static,
    R: Future<Output = O> + Send + 'static,
{
    /// The call of the function, on its way.
    fn run(
        &self,
        cx: Context,
        values: Values<A>,
    ) -> impl Future<Output = Result<Product, ToolError>> + Send + use<S, A, O, F, R> {
        let (running, convert) = ((self.call)(Arc::clone(&self.state), cx, values), self.returns.convert);
        async move { convert(running.await) }
    }

    /// Asks for what was not sent, and calls the function.
    async fn ask(
        self: Arc<Self>,
        cx: Context,
        raw: Option<Box<RawValue>>,
        asked: Vec<Asked>,
    ) -> Result<Product, ToolError> {
        let (_, values) = self.asked(&cx, raw, &asked).await?;
        self.run(cx, values).await
    }

    /// All arguments, as JSON and as values, when what was not sent was asked for.
    async fn asked(
        &self,
        cx: &Context,
        raw: Option<Box<RawValue>>,
        asked: &[Asked],
    ) -> Result<(Box<RawValue>, Values<A>), ToolError> {
        let check = |name: &str, content: &RawValue| {
            let object = serde_json::from_str(content.get()).map_err(|_| "`content` must be an object".to_owned())?;
            Input::new(object, &self.input, true).check(&self.args, name)
        };
        let whole = asking::complete(cx, raw.as_deref(), asked, check).await?;
        let misfit = |problems: Problems| ToolError::new(problems.describe(self.spec.item()));
        self.keywords.check(Some(&whole)).map_err(misfit)?;
        let object = serde_json::from_str(whole.get())?;
        let (values, _) = Input::new(object, &self.input, true).decode::<A>(&self.args).map_err(misfit)?;
        Ok((whole, values))
    }
}

impl<S, A, O, F, R> Handler for Bound<S, A, O, F>
where
    S: State,
    A: ArgList,
    O: 'static,
    F: Fn(Arc<S>, Context, Values<A>) -> R + Send + Sync + 'static,
    R: Future<Output = O> + Send + 'static,
{
    fn begin(&self, cx: &Context, arguments: Arguments<'_>) -> Result<(policy::Handler, u32), Problems> {
        let Self(function) = self;
        function.keywords.check(arguments.raw)?;
        let input = Input::new(arguments.object, &function.input, arguments.coerce);
        match input.decode_or_ask::<A>(&function.args)? {
            Decoded::Values(values, coerced) => Ok((Box::pin(function.run(cx.clone(), values)), coerced)),
            Decoded::Asks(asked) => {
                let raw = arguments.raw.map(ToOwned::to_owned);
                Ok((Box::pin(Arc::clone(function).ask(cx.clone(), raw, asked)), 0))
            }
        }
    }

    fn complete_arguments(&self, cx: &Context, arguments: Arguments<'_>) -> Result<Option<policy::Handler>, Problems> {
        self.0.keywords.check(arguments.raw)?;
        let input = Input::new(arguments.object, &self.0.input, arguments.coerce);
        let Decoded::Asks(asked) = input.decode_or_ask::<A>(&self.0.args)? else { return Ok(None) };
        let (function, cx, raw) = (Arc::clone(&self.0), cx.clone(), arguments.raw.map(ToOwned::to_owned));
        Ok(Some(Box::pin(
            async move { function.asked(&cx, raw, &asked).await.map(|(whole, _)| Product::Arguments(whole)) },
        )))
    }

    fn complete(&self, argument: &str, cx: &Context, asked: Completion) -> Option<Proposals> {
        let (_, completer) = self.0.completers.iter().find(|(name, _)| *name == argument)?;
        Some(completer(Arc::clone(&self.0.state), cx.clone(), asked))
    }

    fn input(&self) -> &FinishedInput {
        &self.0.input
    }
}

/// The hand-written keywords of `schema = ..`, compiled into a check.
#[cfg(feature = "json-schema")]
struct Keywords {
    validator: Option<jsonschema::Validator>,
    redacted: Vec<&'static str>,
}

#[cfg(feature = "json-schema")]
impl Keywords {
    fn compile(spec: &Spec, schema: &impl Serialize, redacted: &Redacted, faults: &mut Vec<String>) -> Self {
        let validator = spec.schema.and_then(|_| {
            let schema = serde_json::to_value(schema).ok()?;
            let compiled = jsonschema::draft202012::new(&schema);
            compiled.map_err(|error| faults.push(format!("the hand-written schema is not valid: {error}"))).ok()
        });
        Self { validator, redacted: redacted.names.clone() }
    }

    fn check(&self, arguments: Option<&RawValue>) -> Result<(), Problems> {
        let Some(validator) = &self.validator else { return Ok(()) };
        let text = arguments.map_or("{}", RawValue::get);
        let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let mut problems = Problems::new();
        for error in validator.iter_errors(&value) {
            let path = error.instance_path().as_str();
            let text = if self.shows_redacted(path) { error.masked().to_string() } else { error.to_string() };
            problems.foreign(path, &text);
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Whether an error at `path` shows the value of a parameter that nobody may read.
    fn shows_redacted(&self, path: &str) -> bool {
        match path.split('/').nth(1) {
            None => !self.redacted.is_empty(),
            Some(parameter) => self.redacted.contains(&parameter),
        }
    }
}

/// Without the feature there is no key that could ask for keywords.
#[cfg(not(feature = "json-schema"))]
struct Keywords;

#[cfg(not(feature = "json-schema"))]
impl Keywords {
    fn compile(spec: &Spec, _: &impl Serialize, _: &Redacted, faults: &mut Vec<String>) -> Self {
        if spec.schema.is_some() {
            faults.push("`schema = ..` needs the feature `json-schema` of mcp-runtime".to_owned());
        }
        Self
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "same shape as with the feature")]
    fn check(&self, _: Option<&RawValue>) -> Result<(), Problems> {
        Ok(())
    }
}

#[cfg(all(test, feature = "json-schema"))]
mod tests {
    use super::*;

    #[test]
    fn hand_written_keywords_do_not_show_redacted_values() {
        let schema = || {
            serde_json::json!({
                "type": "object",
                "properties": { "pin": { "minLength": 9 }, "user": { "minLength": 9 } },
                "dependentRequired": { "pin": ["user"] },
                "not": { "required": ["forbidden"] },
            })
        };
        let raw = |text: &str| -> Box<RawValue> { serde_json::from_str(text).unwrap() };
        let spec = Spec::tool("sign_in", "Signs in.").schema(schema);
        let redacted = Redacted { names: vec!["pin"], known: vec!["pin", "user"] };
        let keywords = Keywords::compile(&spec, &raw(&schema().to_string()), &redacted, &mut Vec::new());
        let sign_in = Item { kind: Kind::Tool, name: "sign_in" };
        let told = |arguments: &str| keywords.check(Some(&raw(arguments))).unwrap_err().describe(sign_in);
        assert!(!told(r#"{"pin": "hunter2", "user": "longer than nine"}"#).contains("hunter2"));
        assert!(!told(r#"{"pin": "hunter2 hunter2", "forbidden": true}"#).contains("hunter2"));
        assert!(told(r#"{"user": "short"}"#).contains("short"));
    }
}
