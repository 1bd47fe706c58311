//! The tolerance for arguments, and the description of their rules.

use crate::handler::argument::arg::Reading;
use crate::handler::call::inject::State;
use crate::server::builder::Server;

impl<S: State> Server<S> {
    /// Disables the tolerance for inexact arguments. Default: values are coerced where no information is lost: `"5"`
    /// and `5.0` to the integer 5, `"1.5"` to a number, `"true"` to a bool, the JSON of an object or an array in a
    /// string to that value; `""` for an optional number, bool or enum is absent; an undeclared argument is ignored,
    /// since hosts add some of their own, unless its name is close to a declared one or the call is invalid otherwise.
    ///
    /// An undeclared member of an object inside an argument is refused in either case, with the nearest name, as its
    /// schema says: `additionalProperties: false`. A type accepts members of any name with `#[serde(flatten)] rest:
    /// HashMap<String, T>`.
    ///
    /// The metrics `mcp_argument_coercions_total{tool=".."}` and `mcp_arguments_ignored_total{tool=".."}` count the
    /// coerced and the ignored arguments.
    ///
    /// Key `server.strict_arguments`, variable `MCP_SERVER_STRICT_ARGUMENTS`; read at startup.
    pub fn strict_arguments(mut self) -> Self {
        self.parts.settings.reading = Reading::Strict;
        self
    }

    /// Repeats the rules of arguments in their descriptions: "From 1 to 50. Default: 10."
    ///
    /// Some clients, such as Codex, drop `minimum`, `pattern`, `default` and the like before their model sees a tool;
    /// [`lint`](crate::lint) lists what is lost. Default: the rules are in the schema only.
    ///
    /// Key `server.describe_rules`, variable `MCP_SERVER_DESCRIBE_RULES`; read at startup.
    pub fn describe_rules(mut self) -> Self {
        self.parts.settings.describe_rules = true;
        self
    }
}
