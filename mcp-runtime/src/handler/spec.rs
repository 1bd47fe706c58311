//! What an attribute declared about a tool, before the server's settings are applied.

use std::time::Duration;

/// The keys of `#[tool(..)]`, as plain data.
#[derive(Clone, Debug)]
pub struct Spec {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) title: Option<&'static str>,
    pub(crate) icon: Option<&'static str>,
    pub(crate) read_only: bool,
    pub(crate) idempotent: bool,
    pub(crate) destructive: Option<bool>,
    pub(crate) open_world: Option<bool>,
    pub(crate) rate_limit: Option<(RateLimit, Source)>,
    pub(crate) timeout: Option<(Duration, Source)>,
    pub(crate) blocking: bool,
    pub(crate) schema: Option<fn() -> serde_json::Value>,
}

/// Where a setting was declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// In the tool's own attribute.
    Attribute,
    /// In `#[server(defaults(..))]`.
    Defaults,
}

impl Source {
    /// A word for the `tools` table.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Attribute => "attribute",
            Self::Defaults => "defaults",
        }
    }
}

/// A rate: so many calls per period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    pub(crate) count: u32,
    pub(crate) period: Duration,
    pub(crate) burst: u32,
    pub(crate) per: Per,
}

/// Whose calls a rate counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Per {
    /// Each verified principal has its own; all anonymous callers share one.
    Principal,
    /// All callers share one.
    All,
}

impl RateLimit {
    /// `count` calls per `period_millis` milliseconds, as many of them at once.
    pub const fn new(count: u32, period_millis: u64) -> Self {
        Self { count, period: Duration::from_millis(period_millis), burst: count, per: Per::Principal }
    }

    /// At most so many at once.
    #[must_use]
    pub const fn burst(mut self, burst: u32) -> Self {
        self.burst = burst;
        self
    }

    /// Whose calls are counted together.
    #[must_use]
    pub const fn per(mut self, per: Per) -> Self {
        self.per = per;
        self
    }
}

impl std::fmt::Display for RateLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let millis = self.period.as_millis();
        let (amount, unit) = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms")]
            .into_iter()
            .find(|(unit, _)| millis.is_multiple_of(*unit))
            .map_or((millis, "ms"), |(unit, name)| (millis / unit, name));
        match amount {
            1 => write!(f, "{}/{unit}", self.count),
            _ => write!(f, "{}/{amount} {unit}", self.count),
        }
    }
}

impl Spec {
    /// A tool called `name`.
    pub const fn new(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            title: None,
            icon: None,
            read_only: false,
            idempotent: false,
            destructive: None,
            open_world: None,
            rate_limit: None,
            timeout: None,
            blocking: false,
            schema: None,
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

    /// Whether it may destroy something.
    #[must_use]
    pub const fn destructive(mut self, destructive: bool) -> Self {
        self.destructive = Some(destructive);
        self
    }

    /// Whether it reaches beyond this server.
    #[must_use]
    pub const fn open_world(mut self, open_world: bool) -> Self {
        self.open_world = Some(open_world);
        self
    }

    /// How often it may be called.
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

    /// It runs on the blocking pool.
    #[must_use]
    pub const fn blocking(mut self) -> Self {
        self.blocking = true;
        self
    }

    /// Hand-written keywords for its input schema.
    #[must_use]
    pub const fn schema(mut self, schema: fn() -> serde_json::Value) -> Self {
        self.schema = Some(schema);
        self
    }
}
