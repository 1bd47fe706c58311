//! One registered tool: its declaration bound to the server's state, with the state's type erased.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::value::{RawValue, to_raw_value};

use crate::handler::argument::{ArgList as _, Input};
use crate::handler::inject::State;
use crate::handler::output::Returns;
use crate::handler::repair::Problems;
use crate::handler::spec::Spec;
use crate::handler::{Context, Tool, ToolError};
use crate::ops::metrics::{Metrics, ToolMetrics};
use crate::policy::Policies;
use crate::protocol::{Icon, Object, ToolAnnotations, ToolResult, tool};
use crate::schema::{FinishedInput, InputSchema};

/// A tool as the service sees it.
pub(crate) struct ToolEntry {
    pub spec: Spec,
    pub descriptor: tool::Tool,
    pub policies: Policies,
    pub metrics: ToolMetrics,
    pub headers: Vec<(&'static str, &'static str)>,
    handler: Box<dyn Handler>,
}

/// The arguments of a call.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    pub object: Object<'a>,
    pub raw: Option<&'a RawValue>,
    pub coerce: bool,
}

type Outcome = Result<ToolResult, ToolError>;

/// A declared function with its state.
trait Handler: Send + Sync {
    /// Decodes the arguments and begins the call; how many arguments had to be coerced.
    fn begin(&self, cx: &Context, arguments: Arguments<'_>) -> Result<(BoxFuture<'static, Outcome>, u32), Problems>;
    fn input(&self) -> &FinishedInput;
}

impl ToolEntry {
    /// Declares `T` with `state`.
    pub(crate) fn new<S: State, T: Tool<S>>(state: Arc<S>) -> Self {
        let spec = T::spec();
        let mut args = T::args();
        let mut input = InputSchema::new();
        args.prepare(&mut input);
        let mut finished = input.finish();
        if let Some(keywords) = spec.schema {
            finished.overlay(keywords());
        }
        let mut headers = Vec::new();
        args.headers(&mut |argument, header| headers.push((argument, header)));
        let returns = T::returns();
        let descriptor = describe(&spec, &finished, &returns);
        let keywords = Keywords::compile(&spec, &descriptor.input_schema);
        Self {
            descriptor,
            policies: Policies::new(&spec),
            metrics: ToolMetrics::default(),
            headers,
            handler: Box::new(Bound::<S, T> { state, args, returns, input: finished, keywords }),
            spec,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.spec.name
    }

    pub(crate) fn begin(
        &self,
        cx: &Context,
        arguments: Arguments<'_>,
    ) -> Result<(BoxFuture<'static, Outcome>, u32), Problems> {
        self.handler.begin(cx, arguments)
    }

    pub(crate) fn input(&self) -> &FinishedInput {
        self.handler.input()
    }

    pub(super) fn measure(&mut self, metrics: &Metrics) {
        self.metrics = metrics.tool(self.spec.name);
    }
}

impl fmt::Debug for ToolEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolEntry").field("spec", &self.spec).finish_non_exhaustive()
    }
}

fn describe<T>(spec: &Spec, input: &FinishedInput, returns: &Returns<T>) -> tool::Tool {
    let annotations = ToolAnnotations {
        title: None,
        read_only: spec.read_only.then_some(true),
        // What only reads destroys nothing; the protocol's default would say otherwise.
        destructive: spec.destructive.or(spec.read_only.then_some(false)),
        idempotent: spec.idempotent.then_some(true),
        open_world: spec.open_world,
    };
    tool::Tool {
        name: spec.name.to_owned(),
        title: spec.title.map(str::to_owned),
        description: spec.description.to_owned(),
        icons: spec.icon.map(Icon::new).into_iter().collect(),
        input_schema: to_raw_value(input).unwrap_or_default(),
        output_schema: returns.schema.as_ref().and_then(|schema| to_raw_value(schema).ok()),
        annotations: (annotations != ToolAnnotations::default()).then_some(annotations),
    }
}

/// A declared function, the state it borrows from, and what was compiled from its declaration.
struct Bound<S: State, T: Tool<S>> {
    state: Arc<S>,
    args: T::Args,
    returns: Returns<T::Output>,
    input: FinishedInput,
    keywords: Keywords,
}

impl<S: State, T: Tool<S>> Handler for Bound<S, T> {
    fn begin(&self, cx: &Context, arguments: Arguments<'_>) -> Result<(BoxFuture<'static, Outcome>, u32), Problems> {
        self.keywords.check(arguments.raw)?;
        let (values, coerced) =
            Input::new(arguments.object, &self.input, arguments.coerce).decode::<T::Args>(&self.args)?;
        let (state, cx, convert) = (Arc::clone(&self.state), cx.clone(), self.returns.convert);
        Ok((Box::pin(async move { convert(T::call(&state, &cx, values).await) }), coerced))
    }

    fn input(&self) -> &FinishedInput {
        &self.input
    }
}

/// The hand-written keywords of `schema = ..`, compiled into a check.
#[cfg(feature = "json-schema")]
struct Keywords(Option<jsonschema::Validator>);

#[cfg(feature = "json-schema")]
impl Keywords {
    fn compile(spec: &Spec, schema: &RawValue) -> Self {
        let compiled = spec.schema.and_then(|_| {
            let schema = serde_json::from_str(schema.get()).ok()?;
            jsonschema::draft202012::new(&schema).inspect_err(|error| {
                tracing::error!(tool = spec.name, %error, "the hand-written schema is not valid; every call is refused");
            }).ok()
        });
        match (compiled, spec.schema) {
            (None, Some(_)) => Self(jsonschema::draft202012::new(&serde_json::Value::Bool(false)).ok()),
            (compiled, _) => Self(compiled),
        }
    }

    fn check(&self, arguments: Option<&RawValue>) -> Result<(), Problems> {
        let Some(validator) = &self.0 else { return Ok(()) };
        let text = arguments.map_or("{}", RawValue::get);
        let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let mut problems = Problems::new();
        for error in validator.iter_errors(&value) {
            problems.foreign(error.instance_path().as_str(), &error.to_string());
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

/// Without the feature there is no key that could ask for keywords.
#[cfg(not(feature = "json-schema"))]
struct Keywords;

#[cfg(not(feature = "json-schema"))]
impl Keywords {
    fn compile(spec: &Spec, _: &RawValue) -> Self {
        if spec.schema.is_some() {
            tracing::error!(tool = spec.name, "`schema = ..` needs the feature `json-schema` of mcp-runtime");
        }
        Self
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "same shape as with the feature")]
    fn check(&self, _: Option<&RawValue>) -> Result<(), Problems> {
        Ok(())
    }
}
