//! Items made at run time, as the registry calls them.
//!
//! The second implementation of `Callable`, in addition to declared functions: arguments are checked by the given
//! schema, and the closure gets them as JSON. Elicitation of arguments and completion are features of declared
//! parameters only.

use std::any::Any;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::schema;
use crate::handler::argument::arg::Leniency;
use crate::handler::argument::given::GivenSchema;
use crate::handler::argument::problem::Problems;
use crate::handler::call::completion::Completion;
use crate::handler::output::value::Output;
use crate::handler::spec::{Spec, rules};
use crate::handler::{Context, ToolError};
use crate::policy::{self, Redacted};
use crate::protocol::content::ResourceLink;
use crate::registry::descriptor::Descriptor;
use crate::registry::entry::{Entry, check_name};
use crate::registry::function::{Arguments, Callable, Completions, Links};
use crate::registry::keywords::Keywords;

/// Runs a call with its arguments.
pub(super) type Run =
    Arc<dyn Fn(Context, Value) -> BoxFuture<'static, Result<Output, ToolError>> + Send + Sync>;
/// Lists the resources of a template.
pub(super) type List =
    Arc<dyn Fn(Context) -> BoxFuture<'static, Result<Vec<ResourceLink>, ToolError>> + Send + Sync>;

/// Runs `handler`, and converts its output.
pub(super) fn run<R: Future + Send + 'static>(
    handler: impl Fn(Context, Value) -> R + Send + Sync + 'static,
    convert: fn(R::Output) -> Result<Output, ToolError>,
) -> Run {
    Arc::new(move |cx, arguments| {
        let running = handler(cx, arguments);
        Box::pin(async move { convert(running.await) })
    })
}

/// An item that was made at run time.
pub(super) struct Dynamic {
    schema: Value,
    given: GivenSchema,
    /// The check of the keywords that shapes do not cover.
    keywords: Option<Keywords>,
    run: Run,
    list: Option<List>,
}

impl Dynamic {
    /// Creates the entry of an item, with all of its faults.
    pub(super) fn entry(
        spec: Spec,
        schema: &Value,
        descriptor: Descriptor,
        run: Option<Run>,
        list: Option<List>,
        mut faults: Vec<String>,
    ) -> Entry {
        faults.extend(check_name(spec.kind, &spec.name).err());
        faults.extend(rules::contradictions(&spec));
        if spec.description.trim().is_empty() {
            faults.push("it has no description: set one with `.description(..)`".to_owned());
        }
        if run.is_none() {
            faults.push("it has no handler: set one with `.handler(..)`".to_owned());
        }
        let needs_keywords = schema::check(schema, &mut faults);
        let resolved = schema::resolved(schema);
        let properties = resolved.get("properties").and_then(Value::as_object);
        let redacted = Redacted {
            known: properties
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone().into())
                .collect(),
            ..Redacted::default()
        };
        let dynamic = Self {
            given: GivenSchema::new(&resolved, spec.kind.noun()),
            keywords: needs_keywords.then(|| Keywords::compile_given(&resolved, &mut faults)),
            schema: resolved,
            run: run.unwrap_or_else(|| {
                Arc::new(|_, _| Box::pin(async { Err(ToolError::new("it has no handler")) }))
            }),
            list,
        };
        let state = Arc::new(()) as Arc<dyn Any + Send + Sync>;
        Entry::with_handler(
            spec,
            descriptor,
            redacted,
            faults,
            Box::new(dynamic),
            &state,
        )
    }

    fn check(&self, arguments: Map<String, Value>) -> Result<Value, Problems> {
        let arguments = Value::Object(arguments);
        if let Some(keywords) = &self.keywords {
            let raw = to_raw_value(&arguments).ok();
            keywords.check(raw.as_deref().map(Into::into))?;
        }
        Ok(arguments)
    }
}

impl Callable for Dynamic {
    fn begin(
        &self,
        cx: &Context,
        arguments: Arguments<'_>,
    ) -> Result<(policy::HandlerFuture, Leniency), Problems> {
        let (values, leniency) = self.given.read(&arguments.object, arguments.reading)?;
        let values = self.check(values)?;
        let (run, cx) = (Arc::clone(&self.run), cx.clone());
        let running = async move { run(cx, values).await.map_err(ToolError::settled) };
        Ok((policy::HandlerFuture::new(running), leniency))
    }

    fn complete_arguments(
        &self,
        _: &Context,
        arguments: Arguments<'_>,
    ) -> Result<Option<policy::HandlerFuture<Box<RawValue>>>, Problems> {
        let (values, _) = self.given.read(&arguments.object, arguments.reading)?;
        self.check(values).map(|_| None)
    }

    fn complete(&self, _: &str, _: &Context, _: Completion) -> Option<Completions> {
        None
    }

    fn argument(&self, name: &str) -> Option<&Value> {
        self.schema.get("properties")?.get(name)
    }

    fn lists(&self) -> bool {
        self.list.is_some()
    }

    fn list(&self, cx: &Context) -> Option<Links> {
        let (list, cx) = (Arc::clone(self.list.as_ref()?), cx.clone());
        Some(Links::new(async move {
            list(cx).await.map_err(ToolError::settled)
        }))
    }
}
