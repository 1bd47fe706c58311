//! The declaration that an attribute makes of a function, before the server's settings are applied.
//!
//! Plain data, made by generated code and by the builders of dynamic items; only the configuration makes changed
//! copies of it. Everything that is enforced is read from here: limits by `policy`, hints for clients by
//! `registry::descriptor`. A limit has its [`Source`], which the commands `tools`, `resources` and `prompts` show.

pub(crate) mod kind;
pub(crate) mod policy;
pub(crate) mod rules;
pub(crate) mod text;
pub(crate) mod visible;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::principal::Principal;
use crate::protocol::{Annotations, Role, extension};
use kind::{Item, Kind};
use policy::{Breaker, Cache, Concurrency, RateLimit, Retry, Source};
pub use visible::Rule;
use visible::VisibleIf;

/// A text that is written in an attribute, or made at run time.
pub(crate) type Text = Cow<'static, str>;

/// The keys of `#[tool(..)]`, `#[resource(..)]` or `#[prompt(..)]`, as plain data.
#[derive(Clone, Debug)]
pub struct Spec {
    pub(crate) kind: Kind,
    pub(crate) name: Text,
    pub(crate) description: Text,
    pub(crate) title: Option<Text>,
    pub(crate) icon: Option<Text>,
    pub(crate) uri: Text,
    pub(crate) mime_type: Option<Text>,
    pub(crate) size: Option<u64>,
    pub(crate) audience: Cow<'static, [Role]>,
    pub(crate) priority: Option<f64>,
    pub(crate) last_modified: Option<Text>,
    pub(crate) read_only: Option<bool>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) destructive: Option<bool>,
    pub(crate) open_world: Option<bool>,
    pub(crate) ui: Option<Text>,
    pub(crate) visible_to: &'static [&'static str],
    pub(crate) rate_limit: Option<(RateLimit, Source)>,
    pub(crate) timeout: Option<(Duration, Source)>,
    pub(crate) concurrency: Option<(Concurrency, Source)>,
    pub(crate) cache: Option<(Cache, Source)>,
    pub(crate) retry: Option<(Retry, Source)>,
    pub(crate) breaker: Option<(Breaker, Source)>,
    pub(crate) max_output: Option<(u64, Source)>,
    pub(crate) scopes: Arc<[Text]>,
    pub(crate) visible_if: Option<VisibleIf>,
    pub(crate) audit: bool,
    pub(crate) blocking: bool,
    /// True if it occupies the calling thread: neither `async` nor `blocking`.
    pub(crate) sync: bool,
    /// The first argument that is elicited from the user.
    pub(crate) elicits: Option<&'static str>,
    pub(crate) schema: Option<fn() -> serde_json::Value>,
    pub(crate) task: Option<TaskSupport>,
    pub(crate) meta: Map<String, Value>,
}

/// The support for running calls of a tool as tasks, for clients that declare the extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskSupport {
    /// Other clients get the result.
    Optional,
    /// Other clients cannot call it.
    Required,
}

impl Spec {
    /// Declares a tool called `name`.
    pub fn tool(name: impl Into<Text>, description: impl Into<Text>) -> Self {
        Self::new(Kind::Tool, name.into(), description.into())
    }

    /// Declares a resource at a URI, or at all URIs of a template.
    pub fn resource(
        name: impl Into<Text>,
        description: impl Into<Text>,
        uri: impl Into<Text>,
    ) -> Self {
        let uri = uri.into();
        Self {
            mime_type: is_view(&uri).then_some(extension::VIEW_MIME_TYPE.into()),
            uri,
            read_only: Some(true),
            ..Self::new(Kind::Resource, name.into(), description.into())
        }
    }

    /// Declares a prompt called `name`.
    pub fn prompt(name: impl Into<Text>, description: impl Into<Text>) -> Self {
        Self {
            read_only: Some(true),
            ..Self::new(Kind::Prompt, name.into(), description.into())
        }
    }

    fn new(kind: Kind, name: Text, description: Text) -> Self {
        Self {
            kind,
            name,
            description,
            title: None,
            icon: None,
            uri: Text::Borrowed(""),
            mime_type: None,
            size: None,
            audience: Cow::Borrowed(&[]),
            priority: None,
            last_modified: None,
            read_only: None,
            idempotent: None,
            destructive: None,
            open_world: None,
            ui: None,
            visible_to: &[],
            rate_limit: None,
            timeout: None,
            concurrency: None,
            cache: None,
            retry: None,
            breaker: None,
            max_output: None,
            scopes: Arc::default(),
            visible_if: None,
            audit: false,
            blocking: false,
            sync: false,
            elicits: None,
            schema: None,
            task: None,
            meta: Map::new(),
        }
    }

    /// Returns the item for texts: its kind and its name.
    pub(crate) fn item(&self) -> Item<'_> {
        Item {
            kind: self.kind,
            name: &self.name,
        }
    }

    /// Sets the name for people.
    #[must_use]
    pub fn title(mut self, title: impl Into<Text>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Adds an icon by its URI.
    #[must_use]
    pub fn icon(mut self, icon: impl Into<Text>) -> Self {
        self.icon = Some(icon.into());
        self
    }

    /// Sets the media type of a resource's contents.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<Text>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Sets the size of a resource in bytes.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// Sets the audience of a resource.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<Cow<'static, [Role]>>) -> Self {
        self.audience = audience.into();
        self
    }

    /// Sets the priority of a resource, from 0 to 1.
    #[must_use]
    pub fn priority(mut self, priority: f64) -> Self {
        self.priority = Some(priority);
        self
    }

    /// Sets the time of a resource's last change, as an ISO 8601 timestamp.
    #[must_use]
    pub fn last_modified(mut self, timestamp: impl Into<Text>) -> Self {
        self.last_modified = Some(timestamp.into());
        self
    }

    /// Sets `readOnlyHint`: it changes nothing.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = Some(true);
        self
    }

    /// Sets `idempotentHint`: a repeated call has no further effect.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.idempotent = Some(true);
        self
    }

    /// Sets `readOnlyHint` to `false`, which is the default of the protocol.
    #[must_use]
    pub fn not_read_only(mut self) -> Self {
        self.read_only = Some(false);
        self
    }

    /// Sets `idempotentHint` to `false`, which is the default of the protocol.
    #[must_use]
    pub fn not_idempotent(mut self) -> Self {
        self.idempotent = Some(false);
        self
    }

    /// Returns `true` if it is declared as read-only.
    pub(crate) fn only_reads(&self) -> bool {
        self.read_only == Some(true)
    }

    /// Returns `true` if it is declared as idempotent.
    pub(crate) fn may_repeat(&self) -> bool {
        self.idempotent == Some(true)
    }

    /// Adds a member to the `_meta` that lists show. A key that the protocol reserves is a fault of the declaration.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or_default();
        self.meta.insert(key.into(), value);
        self
    }

    /// Sets `destructiveHint`: it may perform destructive updates.
    #[must_use]
    pub fn destructive(mut self, destructive: bool) -> Self {
        self.destructive = Some(destructive);
        self
    }

    /// Sets `openWorldHint`: it interacts with systems beyond this server.
    #[must_use]
    pub fn open_world(mut self, open_world: bool) -> Self {
        self.open_world = Some(open_world);
        self
    }

    /// Sets the URI of the view that shows its results.
    #[must_use]
    pub fn ui(mut self, uri: impl Into<Text>) -> Self {
        self.ui = Some(uri.into());
        self
    }

    /// Sets the audience: `model`, `app` or both.
    #[must_use]
    pub fn visible_to(mut self, visible_to: &'static [&'static str]) -> Self {
        self.visible_to = visible_to;
        self
    }

    /// Sets the rate limit.
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit, source: Source) -> Self {
        self.rate_limit = Some((limit, source));
        self
    }

    /// Sets the timeout in milliseconds.
    #[must_use]
    pub fn timeout(mut self, millis: u64, source: Source) -> Self {
        self.timeout = Some((Duration::from_millis(millis), source));
        self
    }

    /// Sets the maximum numbers of calls that run and that wait at a time.
    #[must_use]
    pub fn concurrency(mut self, limit: Concurrency, source: Source) -> Self {
        self.concurrency = Some((limit, source));
        self
    }

    /// Caches its results by their arguments.
    #[must_use]
    pub fn cache(mut self, cache: Cache, source: Source) -> Self {
        self.cache = Some((cache, source));
        self
    }

    /// Retries errors that are marked as retryable.
    #[must_use]
    pub fn retry(mut self, retry: Retry, source: Source) -> Self {
        self.retry = Some((retry, source));
        self
    }

    /// Makes calls fail fast after consecutive failures.
    #[must_use]
    pub fn breaker(mut self, breaker: Breaker, source: Source) -> Self {
        self.breaker = Some((breaker, source));
        self
    }

    /// Sets the maximum size of a result in bytes.
    #[must_use]
    pub fn max_output(mut self, bytes: u64, source: Source) -> Self {
        self.max_output = Some((bytes, source));
        self
    }

    /// Sets the scopes that a caller must have, all of them.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&'static str]) -> Self {
        self.scopes = scopes.iter().map(|&scope| scope.into()).collect();
        self
    }

    /// Sets the program's rule for the callers that may see and call it.
    #[must_use]
    pub fn visible_if(mut self, rule: fn(&Principal) -> bool) -> Self {
        self.visible_if = Some(VisibleIf::new(rule));
        self
    }

    /// Sets the rule for the callers that may see and call it, which may use the server's state.
    #[must_use]
    pub fn visible_if_state<S: 'static, M>(mut self, rule: impl Rule<S, M>) -> Self {
        self.visible_if = Some(rule.into_rule());
        self
    }

    /// Writes an audit record for each call.
    #[must_use]
    pub fn audit(mut self) -> Self {
        self.audit = true;
        self
    }

    /// Runs it on the blocking pool.
    #[must_use]
    pub fn blocking(mut self) -> Self {
        self.blocking = true;
        self
    }

    /// Runs it to its end on the calling thread.
    #[must_use]
    pub const fn sync(mut self) -> Self {
        self.sync = true;
        self
    }

    /// Elicits `argument` from the user if the client sends none.
    #[must_use]
    pub const fn elicits(mut self, argument: &'static str) -> Self {
        self.elicits = Some(argument);
        self
    }

    /// Sets hand-written keywords for its input schema.
    #[cfg(not(feature = "json-schema"))]
    #[must_use]
    pub fn schema(self, _: fn() -> serde_json::Value) -> Self
    where
        for<'a> Self: HandWritten<'a>,
    {
        self
    }

    /// Sets hand-written keywords for its input schema.
    #[cfg(feature = "json-schema")]
    #[must_use]
    pub fn schema(mut self, schema: fn() -> serde_json::Value) -> Self {
        self.schema = Some(schema);
        self
    }

    /// Makes its calls tasks.
    #[must_use]
    pub fn task(mut self, support: TaskSupport) -> Self {
        self.task = Some(support);
        self
    }

    /// The annotations of a resource, if it has any.
    pub(crate) fn annotations(&self) -> Option<Annotations> {
        let mut annotations = Annotations::default().audience(self.audience.iter().copied());
        annotations.priority = self.priority;
        annotations.last_modified = self.last_modified.clone().map(Cow::into_owned);
        (annotations != Annotations::default()).then_some(annotations)
    }
}

/// Returns `true` if a resource at `uri` is a view.
pub(crate) const fn is_view(uri: &str) -> bool {
    matches!(uri.as_bytes(), [b'u', b'i', b':', b'/', b'/', ..])
}

/// A declaration with hand-written keywords, which the feature `json-schema` checks.
#[cfg(not(feature = "json-schema"))]
#[diagnostic::on_unimplemented(
    message = "`schema = ..` needs the feature `json-schema` of `mcp-runtime`",
    label = "nothing checks these keywords",
    note = "write `mcp-runtime = {{ version = \"..\", features = [\"json-schema\"] }}` in Cargo.toml, or remove the key"
)]
pub trait HandWritten<'a> {}
