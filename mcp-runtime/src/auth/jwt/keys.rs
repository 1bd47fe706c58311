//! The keys of one issuer: fetched by one request at a time, kept while they are fresh, used while there are no others.
//!
//! Invariants: a failure removes no keys; tokens with unknown keys cause at most one fetch in [`COOL_DOWN`]; at most
//! [`MOST`] keys are kept, and a document has at most the size that the client reads.
//!
//! Keys are fresh (used), stale (used, and fetched again in the background) or too old (a day: refused with 503). An
//! unknown key id may mean that the issuer has rotated its keys, so it causes a fetch, but at most one in 30 s:
//! otherwise a stranger with made-up ids could make this server call the issuer at will. Concurrent requests that need
//! a fetch share one, behind `flight`.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::discovery;
use super::key::{Jwk, Key};
use crate::auth::{Reason, Refusal};
use crate::client::Client;

/// The shortest time between two fetches that unknown keys cause.
const COOL_DOWN: Duration = Duration::from_secs(30);
/// The shortest time between two fetches after a failure, while there are no keys at all.
const RETRY: Duration = Duration::from_secs(5);
/// The time for which keys are fresh, unless the issuer says another.
const FRESH: Duration = Duration::from_mins(10);
const FRESHEST: Duration = Duration::from_mins(1);
/// The longest time for which keys are used while no others can be fetched.
const STALE: Duration = Duration::from_hours(24);
/// The maximum number of keys.
const MOST: usize = 100;

/// The keys of an issuer.
#[derive(Debug)]
pub(super) struct Keys {
    issuer: String,
    /// The URL of the keys, if it is set and not discovered.
    fixed: Option<String>,
    state: RwLock<State>,
    /// Held during a fetch.
    flight: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    keys: Arc<Vec<Key>>,
    /// The discovered URL of the keys.
    url: Option<String>,
    fetched: Option<Instant>,
    fresh: Option<Instant>,
    /// The last time that keys were fetched for any reason.
    attempted: Option<Instant>,
    /// The last time that an unknown key was the reason.
    provoked: Option<Instant>,
}

impl State {
    /// The keys, unless they are too old.
    fn usable(&self, now: Instant) -> Option<Arc<Vec<Key>>> {
        let at = self.fetched?;
        (now - at < STALE).then(|| Arc::clone(&self.keys))
    }

    /// Returns `true` if the keys should be fetched again.
    fn is_ageing(&self, now: Instant) -> bool {
        let rested = self.attempted.is_none_or(|at| now - at >= COOL_DOWN);
        rested && self.fresh.is_none_or(|at| at <= now)
    }
}

impl Keys {
    /// The keys of `issuer`, at `fixed` or at the discovered URL.
    pub(super) fn new(issuer: String, fixed: Option<String>) -> Self {
        Self {
            issuer,
            fixed,
            state: RwLock::default(),
            flight: Mutex::new(()),
        }
    }

    /// Returns the known keys, after a first fetch; keys that are not fresh are fetched again in the background.
    ///
    /// Waits for the network only while there are no keys at all.
    pub(super) async fn known(self: &Arc<Self>) -> Result<Arc<Vec<Key>>, Refusal> {
        let now = Instant::now();
        let (usable, ageing) = self.read(|state| (state.usable(now), state.is_ageing(now)));
        let Some(keys) = usable else {
            self.fetch_after(RETRY, |state| &mut state.attempted).await;
            let usable = self.read(|state| state.usable(Instant::now()));
            return usable.ok_or_else(unavailable);
        };
        if ageing {
            let keys = Arc::clone(self);
            tokio::spawn(async move {
                keys.fetch_after(COOL_DOWN, |state| &mut state.attempted)
                    .await;
            });
        }
        Ok(keys)
    }

    /// Fetches the keys because of an unknown one; `None` if the last such fetch is too recent.
    pub(super) async fn renewed(&self) -> Option<Arc<Vec<Key>>> {
        let before = self.read(|state| Arc::clone(&state.keys));
        self.fetch_after(COOL_DOWN, |state| &mut state.provoked)
            .await;
        let after = self.read(|state| Arc::clone(&state.keys));
        (!Arc::ptr_eq(&before, &after)).then_some(after)
    }

    /// Fetches the keys; an error is the reason of the failure.
    pub(super) async fn fetch(&self) -> Result<(), String> {
        let _flight = self.flight.lock().await;
        self.fetch_alone().await
    }

    /// Fetches the keys unless any request has done so within `rest`, for the reason of this `stamp`.
    async fn fetch_after(&self, rest: Duration, stamp: fn(&mut State) -> &mut Option<Instant>) {
        let _flight = self.flight.lock().await;
        let now = Instant::now();
        let mut recent = false;
        self.change(|state| {
            let last = stamp(state);
            recent = last.is_some_and(|at| now - at < rest);
            if !recent {
                *last = Some(now);
            }
        });
        if recent {
            return;
        }
        if let Err(cause) = self.fetch_alone().await {
            tracing::warn!(
                issuer = self.issuer,
                cause,
                "the keys of an issuer cannot be fetched"
            );
        }
    }

    async fn fetch_alone(&self) -> Result<(), String> {
        self.change(|state| state.attempted = Some(Instant::now()));
        let fetched = self.request().await;
        let now = Instant::now();
        match fetched {
            Ok((keys, fresh)) => {
                self.change(|state| {
                    state.keys = Arc::new(keys);
                    state.fetched = Some(now);
                    state.fresh = Some(now + fresh);
                });
                Ok(())
            }
            Err(cause) => {
                // The issuer may have moved them.
                self.change(|state| state.url = None);
                Err(cause)
            }
        }
    }

    async fn request(&self) -> Result<(Vec<Key>, Duration), String> {
        let client = Client::shared();
        let url = match self
            .fixed
            .clone()
            .or_else(|| self.read(|state| state.url.clone()))
        {
            Some(url) => url,
            None => discovery::discover(client, &self.issuer).await?,
        };
        let response = client
            .get(&url)
            .await
            .map_err(|cause| format!("the keys at {url} cannot be read: {cause}"))?;
        if response.status != 200 {
            let status = response.status.as_u16();
            return Err(format!(
                "the request for the keys at {url} returned {status}"
            ));
        }
        let keys = parse(&response.body).map_err(|cause| format!("the keys at {url} {cause}"))?;
        self.change(|state| state.url = Some(url));
        Ok((keys, fresh(&response.headers)))
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }
}

fn unavailable() -> Refusal {
    Refusal::new(
        Reason::Unavailable,
        "tokens cannot be verified at present, as their issuer cannot be reached; try again later",
    )
}

/// A set of keys, each parsed separately.
#[derive(Deserialize)]
struct Set<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

/// Reads the keys for signatures of a set; symmetric ones and those of other kinds are dropped.
fn parse(body: &[u8]) -> Result<Vec<Key>, String> {
    let set: Set<'_> =
        serde_json::from_slice(body).map_err(|error| format!("are not a set of keys: {error}"))?;
    if set.keys.len() > MOST {
        return Err(format!("are more than {MOST}"));
    }
    let jwks = set
        .keys
        .iter()
        .filter_map(|raw| serde_json::from_str(raw.get()).ok());
    let keys: Vec<Key> = jwks.filter_map(|jwk: Jwk| jwk.key()).collect();
    if keys.is_empty() {
        return Err("have no public key for signatures".to_owned());
    }
    Ok(keys)
}

/// The time for which a response is fresh, by its `Cache-Control`.
fn fresh(headers: &HeaderMap) -> Duration {
    let value = headers.get(header::CACHE_CONTROL);
    let value = value.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let mut directives = value.split(',').map(str::trim);
    let seconds = directives.find_map(|it| it.strip_prefix("max-age=")?.parse().ok());
    seconds
        .map_or(FRESH, Duration::from_secs)
        .clamp(FRESHEST, STALE)
}
