//! The declaration that an attribute makes of a function, before the server's settings are applied.

pub(crate) mod kind;
pub(crate) mod policy;

use std::time::Duration;

use crate::principal::Principal;
use crate::protocol::{Annotations, Role, extension};
use kind::{Item, Kind};
use policy::{Breaker, Cache, Concurrency, RateLimit, Retry, Source};

/// The keys of `#[tool(..)]`, `#[resource(..)]` or `#[prompt(..)]`, as plain data.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of the attribute that has no value"
)]
pub struct Spec {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) title: Option<&'static str>,
    pub(crate) icon: Option<&'static str>,
    pub(crate) uri: &'static str,
    pub(crate) mime_type: Option<&'static str>,
    pub(crate) size: Option<u64>,
    pub(crate) audience: &'static [Role],
    pub(crate) priority: Option<f64>,
    pub(crate) last_modified: Option<&'static str>,
    pub(crate) read_only: bool,
    pub(crate) idempotent: bool,
    pub(crate) destructive: Option<bool>,
    pub(crate) open_world: Option<bool>,
    pub(crate) ui: Option<&'static str>,
    pub(crate) visible_to: &'static [&'static str],
    pub(crate) rate_limit: Option<(RateLimit, Source)>,
    pub(crate) timeout: Option<(Duration, Source)>,
    pub(crate) concurrency: Option<(Concurrency, Source)>,
    pub(crate) cache: Option<(Cache, Source)>,
    pub(crate) retry: Option<(Retry, Source)>,
    pub(crate) breaker: Option<(Breaker, Source)>,
    pub(crate) max_output: Option<(u64, Source)>,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) visible_if: Option<fn(&Principal) -> bool>,
    pub(crate) audit: bool,
    pub(crate) blocking: bool,
    /// It occupies the thread that it runs on: neither `async` nor `blocking`.
    pub(crate) sync: bool,
    /// The first argument that is elicited from the user.
    pub(crate) elicits: Option<&'static str>,
    pub(crate) schema: Option<fn() -> serde_json::Value>,
    pub(crate) task: Option<TaskSupport>,
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
    /// A tool called `name`.
    pub const fn tool(name: &'static str, description: &'static str) -> Self {
        Self::new(Kind::Tool, name, description)
    }

    /// A resource at a URI, or at all those of a URI template.
    pub const fn resource(
        name: &'static str,
        description: &'static str,
        uri: &'static str,
    ) -> Self {
        let mime_type = if is_view(uri) {
            Some(extension::VIEW_MIME_TYPE)
        } else {
            None
        };
        Self {
            uri,
            mime_type,
            read_only: true,
            ..Self::new(Kind::Resource, name, description)
        }
    }

    /// A prompt called `name`.
    pub const fn prompt(name: &'static str, description: &'static str) -> Self {
        Self {
            read_only: true,
            ..Self::new(Kind::Prompt, name, description)
        }
    }

    const fn new(kind: Kind, name: &'static str, description: &'static str) -> Self {
        Self {
            kind,
            name,
            description,
            title: None,
            icon: None,
            uri: "",
            mime_type: None,
            size: None,
            audience: &[],
            priority: None,
            last_modified: None,
            read_only: false,
            idempotent: false,
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
            scopes: &[],
            visible_if: None,
            audit: false,
            blocking: false,
            sync: false,
            elicits: None,
            schema: None,
            task: None,
        }
    }

    /// Returns the item that messages call it: its kind and its name.
    pub(crate) fn item(&self) -> Item<'static> {
        Item {
            kind: self.kind,
            name: self.name,
        }
    }

    /// A name for people.
    #[must_use]
    pub const fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    /// The URI of an icon.
    #[must_use]
    pub const fn icon(mut self, icon: &'static str) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The media type of a resource's contents.
    #[must_use]
    pub const fn mime_type(mut self, mime_type: &'static str) -> Self {
        self.mime_type = Some(mime_type);
        self
    }

    /// Sets the size of a resource in bytes.
    #[must_use]
    pub const fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// For whom a resource is.
    #[must_use]
    pub const fn audience(mut self, audience: &'static [Role]) -> Self {
        self.audience = audience;
        self
    }

    /// Sets the priority of a resource, from 0 to 1.
    #[must_use]
    pub const fn priority(mut self, priority: f64) -> Self {
        self.priority = Some(priority);
        self
    }

    /// Sets the time of a resource's last change, as an ISO 8601 timestamp.
    #[must_use]
    pub const fn last_modified(mut self, timestamp: &'static str) -> Self {
        self.last_modified = Some(timestamp);
        self
    }

    /// It changes nothing.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Twice is the same as once.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Sets `destructiveHint`: it may perform destructive updates.
    #[must_use]
    pub const fn destructive(mut self, destructive: bool) -> Self {
        self.destructive = Some(destructive);
        self
    }

    /// Sets `openWorldHint`: it interacts with systems beyond this server.
    #[must_use]
    pub const fn open_world(mut self, open_world: bool) -> Self {
        self.open_world = Some(open_world);
        self
    }

    /// The URI of the view that its results are shown in.
    #[must_use]
    pub const fn ui(mut self, uri: &'static str) -> Self {
        self.ui = Some(uri);
        self
    }

    /// Sets the audience: `model`, `app` or both.
    #[must_use]
    pub const fn visible_to(mut self, visible_to: &'static [&'static str]) -> Self {
        self.visible_to = visible_to;
        self
    }

    /// Sets the rate limit.
    #[must_use]
    pub const fn rate_limit(mut self, limit: RateLimit, source: Source) -> Self {
        self.rate_limit = Some((limit, source));
        self
    }

    /// After how many milliseconds it is cancelled.
    #[must_use]
    pub const fn timeout(mut self, millis: u64, source: Source) -> Self {
        self.timeout = Some((Duration::from_millis(millis), source));
        self
    }

    /// Sets the maximum numbers of calls that run and that wait at a time.
    #[must_use]
    pub const fn concurrency(mut self, limit: Concurrency, source: Source) -> Self {
        self.concurrency = Some((limit, source));
        self
    }

    /// Its results are remembered by their arguments.
    #[must_use]
    pub const fn cache(mut self, cache: Cache, source: Source) -> Self {
        self.cache = Some((cache, source));
        self
    }

    /// It is tried again on errors that are marked retryable.
    #[must_use]
    pub const fn retry(mut self, retry: Retry, source: Source) -> Self {
        self.retry = Some((retry, source));
        self
    }

    /// It fails fast after failures in a row.
    #[must_use]
    pub const fn breaker(mut self, breaker: Breaker, source: Source) -> Self {
        self.breaker = Some((breaker, source));
        self
    }

    /// Sets the maximum size of a result in bytes.
    #[must_use]
    pub const fn max_output(mut self, bytes: u64, source: Source) -> Self {
        self.max_output = Some((bytes, source));
        self
    }

    /// Sets the scopes that a caller must have, all of them.
    #[must_use]
    pub const fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// Sets the program's rule for the callers that may see and call it.
    #[must_use]
    pub const fn visible_if(mut self, rule: fn(&Principal) -> bool) -> Self {
        self.visible_if = Some(rule);
        self
    }

    /// Each call leaves an audit record.
    #[must_use]
    pub const fn audit(mut self) -> Self {
        self.audit = true;
        self
    }

    /// It runs on the blocking pool.
    #[must_use]
    pub const fn blocking(mut self) -> Self {
        self.blocking = true;
        self
    }

    /// It runs to its end on the thread that calls it.
    #[must_use]
    pub const fn sync(mut self) -> Self {
        self.sync = true;
        self
    }

    /// It elicits `argument` from the user where the client sends none.
    #[must_use]
    pub const fn elicits(mut self, argument: &'static str) -> Self {
        self.elicits = Some(argument);
        self
    }

    /// Hand-written keywords for its input schema.
    #[must_use]
    pub const fn schema(mut self, schema: fn() -> serde_json::Value) -> Self {
        self.schema = Some(schema);
        self
    }

    /// Its calls become tasks.
    #[must_use]
    pub const fn task(mut self, support: TaskSupport) -> Self {
        self.task = Some(support);
        self
    }

    /// The annotations of a resource, if it has any.
    pub(crate) fn annotations(&self) -> Option<Annotations> {
        let mut annotations = Annotations::default().audience(self.audience.iter().copied());
        annotations.priority = self.priority;
        annotations.last_modified = self.last_modified.map(str::to_owned);
        (annotations != Annotations::default()).then_some(annotations)
    }
}

/// Returns `true` if a resource at `uri` is a view.
pub(crate) const fn is_view(uri: &str) -> bool {
    matches!(uri.as_bytes(), [b'u', b'i', b':', b'/', b'/', ..])
}
