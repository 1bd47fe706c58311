//! Tools that are made at run time.

use std::time::Duration;

use serde_json::Value;

use super::item::{Dynamic, Run, run};
use super::keys::keys;
use crate::clock::millis;
use crate::handler::Context;
use crate::handler::output::tool::{IntoToolResult, Returns};
use crate::handler::spec::Spec;
use crate::handler::spec::TaskSupport;
use crate::handler::spec::policy::{Breaker, Cache, Concurrency, RateLimit, Retry, Source};
use crate::handler::spec::visible::VisibleIf;
use crate::principal::Principal;
use crate::registry::{Descriptor, Entry};
use serde_json::value::to_raw_value;

/// A tool that is made at run time: from a name, a JSON Schema of its arguments, and a closure.
///
/// Added before the start by [`Server::tool`](crate::Server::tool), or while the server runs by
/// [`Items::add_tool`](crate::Items::add_tool). The methods have the names of the keys of `#[tool]`.
///
/// Arguments are checked by the schema, coerced and explained as those of a declared tool, and the closure receives
/// them as an object. The root of the schema has `"type": "object"`; undeclared arguments are ignored or refused,
/// unless it has `additionalProperties`. Keywords such as `pattern` or `if` need the feature `json-schema`; unknown
/// keywords are refused.
///
/// ```
/// use std::time::Duration;
/// use mcp_runtime::{DynamicTool, Server};
/// use serde_json::{Value, json};
///
/// let schema = json!({
///     "type": "object",
///     "properties": { "town": { "type": "string", "minLength": 1 } },
///     "required": ["town"],
/// });
/// let weather = DynamicTool::new("weather", schema)
///     .description("Tells the weather of a town.")
///     .rate_limit("10/min")
///     .timeout(Duration::from_secs(5))
///     .read_only()
///     .handler(|_cx, arguments: Value| async move { format!("sunny in {}", arguments["town"]) });
/// let server = Server::new("sky", "1.0.0").tool(weather);
/// assert!(server.check().is_ok());
/// ```
pub struct DynamicTool {
    spec: Spec,
    schema: Value,
    output_schema: Option<Value>,
    run: Option<Run>,
    faults: Vec<String>,
}

keys!(DynamicTool, "tool");

impl DynamicTool {
    /// Creates a tool called `name` with arguments according to `schema`.
    ///
    /// The schema is checked later: [`Server::check`](crate::Server::check) or
    /// [`Items::add_tool`](crate::Items::add_tool) lists all faults.
    pub fn new(name: impl Into<String>, schema: Value) -> Self {
        Self {
            spec: Spec::tool(name.into(), ""),
            schema,
            output_schema: None,
            run: None,
            faults: Vec::new(),
        }
    }

    /// Sets the function that runs a call.
    ///
    /// Required: a tool without one is a fault. It has the return types of a declared tool.
    #[must_use]
    pub fn handler<F, R, O>(mut self, handler: F) -> Self
    where
        F: Fn(Context, Value) -> R + Send + Sync + 'static,
        R: Future<Output = O> + Send + 'static,
        O: IntoToolResult + 'static,
    {
        let returns = Returns::<O>::result();
        self.output_schema = self.output_schema.or(returns.schema);
        self.run = Some(run(handler, returns.convert));
        self
    }

    /// Sets the JSON Schema of the structured content, if the return type of the handler does not determine it.
    #[must_use]
    pub fn output_schema(mut self, schema: Value) -> Self {
        self.output_schema = Some(schema);
        self
    }

    /// Sets `readOnlyHint`: it changes nothing.
    ///
    /// Error texts then tell the model that calling again is safe.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.spec = self.spec.read_only();
        self
    }

    /// Sets `idempotentHint`: a repeated call has no further effect.
    ///
    /// `retry` needs this or [`read_only`](Self::read_only).
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.spec = self.spec.idempotent();
        self
    }

    /// Sets `destructiveHint`.
    ///
    /// Without it, clients assume a destructive tool; `false` means that it only adds.
    #[must_use]
    pub fn destructive(mut self, destructive: bool) -> Self {
        self.spec = self.spec.destructive(destructive);
        self
    }

    /// Sets `openWorldHint`.
    ///
    /// `false` means that it accesses only this server's own data.
    #[must_use]
    pub fn open_world(mut self, open_world: bool) -> Self {
        self.spec = self.spec.open_world(open_world);
        self
    }

    /// Sets whether calls become tasks: `"optional"`, `"required"`.
    ///
    /// Any other text is a fault. See [`task`](crate::task).
    #[must_use]
    pub fn task(mut self, support: &str) -> Self {
        match support {
            "optional" => self.spec = self.spec.task(TaskSupport::Optional),
            "required" => self.spec = self.spec.task(TaskSupport::Required),
            _ => self.faults.push(format!(
                "`task` is {support:?}; write \"optional\" or \"required\""
            )),
        }
        self
    }

    pub(crate) fn into_entry(self) -> Entry {
        let input = to_raw_value(&self.schema).unwrap_or_default();
        let descriptor = Descriptor::tool(&self.spec, input, self.output_schema.as_ref());
        Dynamic::entry(
            self.spec,
            &self.schema,
            descriptor,
            self.run,
            None,
            self.faults,
        )
    }
}
