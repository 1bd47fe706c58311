//! The builder: the server's name, its state, its tools and its settings.
//!
//! Every method takes the server by value and returns it; nothing is checked here. A value out of range, a duplicate
//! name or an invalid schema is kept until `verify.rs` lists all faults together, for [`Server::check`] and for each
//! way to serve. Settings are in one `config::Settings`, the lowest layer: `cli.rs` applies the file, the environment
//! and the flags over it before the same checks run.
//!
//! `declared.rs` makes entries of functions, `setting/` has the methods that set values, grouped by subject, and
//! `build.rs` makes the service.

mod about;
mod build;
mod declared;
mod embedded;
mod handles;
mod hooks;
mod mount;
mod setting;
#[cfg(feature = "skills")]
mod skills;
mod stores;

use std::sync::Arc;

use self::declared::Register;
use crate::changes::Changes;
use crate::config::Settings;
use crate::handler::call::inject::State;
use crate::handler::declaration::{PromptSet, ResourceSet, ToolSet};
use crate::ops::drain::Drain;
use crate::ops::health::Check;
use crate::ops::hook::Hook;
#[cfg(feature = "cli")]
use crate::ops::logging::BoxedLayer;
use crate::protocol::Implementation;
use crate::registry::items::Items;
use crate::skills::Sources;

/// A server: its name, its state, its tools, resources and prompts.
///
/// ```no_run
/// use mcp_runtime::{Server, tool, tools};
///
/// /// Adds two numbers.
/// #[tool(rate_limit = "10/min", timeout = "5s", read_only)]
/// async fn add(a: i64, b: i64) -> i64 {
///     a + b
/// }
///
/// # async fn main_() -> mcp_runtime::Result<()> {
/// Server::new("calculator", env!("CARGO_PKG_VERSION")).tools(tools![add]).run().await
/// # }
/// ```
///
/// # Defaults of a server
///
/// | | |
/// |---|---|
/// | revisions | 2026-07-28, and 2025-11-25, 2025-06-18, 2025-03-26 and 2024-11-05 with `initialize` |
/// | transports | stdio ([`Server::serve_stdio`]), HTTP ([`Server::serve_http`], [`Server::into_router`]), both by the command line ([`Server::run`]) |
/// | routes | `/mcp`, `/health`, `/healthz`, `/ready`, `/metrics` |
///
/// # Settings and their layers
///
/// The methods here set the program's own values. A server started by [`Server::run`] reads three more layers, each
/// over the one before: the file `mcp.toml`, the environment, flags. The documentation of each method names its key in
/// the file and its variable; the command `config` shows every value with its origin. A setting out of range is an
/// [`Error`](crate::Error) at startup, in whichever layer it is, and is never clamped.
///
/// Sizes in the file and the environment have a unit (`64KiB`, `1MB`), and so have durations
/// (`500ms`, `1m30s`); the longest duration of a setting is 365 days.
///
/// # State
///
/// A server without state is `Server<()>`. [`Server::state`] changes the type, so it comes before the lists of
/// functions that borrow from the state: `Server::new(..).state(app).tools(tools![..])`.
#[must_use = "a server does nothing until it is run, served or made into a router"]
pub struct Server<S = ()> {
    state: Arc<S>,
    pub(super) parts: Parts,
}

/// The parts of a server that do not depend on the type of its state.
///
/// Serving and the command line are methods of these, and return boxed futures: generic code, and the code of a future
/// that is not boxed, is compiled into the program once more for each type and unit of the program.
pub(super) struct Parts {
    pub info: Implementation,
    instructions: Option<String>,
    pub items: Items,
    checks: Vec<Check>,
    start: Vec<Hook>,
    stop: Vec<Hook>,
    changes: Changes,
    pub skills: Sources,
    drain: Drain,
    #[cfg(feature = "cli")]
    pub layers: Vec<BoxedLayer>,
    pub settings: Settings,
}

impl Server {
    /// Creates a server with a name and a version, and without state.
    ///
    /// Clients get both: in `serverInfo` of `initialize`, in the response to `server/discover`, and on `/health`. The
    /// name is also the default audience of [`Server::state_keys`], so all instances of a server have the same name.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            state: Arc::new(()),
            parts: Parts {
                info: Implementation::new(name, version),
                instructions: None,
                items: Items::default(),
                checks: Vec::new(),
                start: Vec::new(),
                stop: Vec::new(),
                changes: Changes::default(),
                skills: Sources::default(),
                drain: Drain::default(),
                #[cfg(feature = "cli")]
                layers: Vec::new(),
                settings: Settings::default(),
            },
        }
    }

    /// Sets the state, which the tools that follow may borrow from.
    ///
    /// Any type that threads can share is a state. A function borrows all of it, or, with
    /// [`#[derive(State)]`](macro@crate::State), one of its fields by type. It is dropped when the server has stopped
    /// and no call is running; a panic of its destructor is logged.
    ///
    /// ```
    /// use mcp_runtime::{Server, State, tool, tools};
    ///
    /// #[derive(State)]
    /// struct Shop {
    ///     prices: Vec<u32>,
    /// }
    ///
    /// /// Sums up all prices.
    /// #[tool(read_only)]
    /// fn total(prices: &Vec<u32>) -> u32 {
    ///     prices.iter().sum()
    /// }
    ///
    /// let server = Server::new("shop", "1.0.0").state(Shop { prices: vec![2, 3] }).tools(tools![total]);
    /// assert!(server.check().is_ok());
    /// ```
    pub fn state<S: State>(self, state: S) -> Server<S> {
        Server {
            state: Arc::new(state),
            parts: self.parts,
        }
    }
}

// rustc names these methods in errors about lists: `Server::<S>::tools`, as long as they are in the struct's own module.
impl<S: State> Server<S> {
    /// Adds tools: `tools![add, path::to::subtract]`.
    ///
    /// Several lists add up. Two tools with one name are a fault at startup
    /// ([`Error::is_conflict`](crate::Error::is_conflict)).
    pub fn tools(mut self, tools: impl ToolSet<S>) -> Self {
        tools.visit(&mut Register(&mut self));
        self
    }

    /// Adds resources and templates of resources: `resources![item, path::to::other]`.
    ///
    /// A fixed URI takes precedence over templates that match it too. Two resources with one URI, and two templates
    /// that match one URI in common, are a fault at startup ([`Error::is_conflict`](crate::Error::is_conflict)).
    pub fn resources(mut self, resources: impl ResourceSet<S>) -> Self {
        resources.visit(&mut Register(&mut self));
        self
    }

    /// Adds prompts: `prompts![pitch, path::to::other]`.
    ///
    /// Two prompts with one name are a fault at startup ([`Error::is_conflict`](crate::Error::is_conflict)).
    pub fn prompts(mut self, prompts: impl PromptSet<S>) -> Self {
        prompts.visit(&mut Register(&mut self));
        self
    }
}

impl<S: State> Server<S> {
    /// Erases the type of the state, which the entries hold from now on.
    pub(super) fn into_parts(self) -> Parts {
        self.parts
    }
}

impl<S: State> std::fmt::Debug for Server<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("info", &self.parts.info)
            .field("items", &self.parts.items)
            .finish_non_exhaustive()
    }
}
