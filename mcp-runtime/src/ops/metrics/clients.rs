//! Requests by client: names are chosen by the clients, so their number is limited.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::ItemLabels;

/// The maximum number of names.
const NAMES: usize = 50;
/// The longest name, in bytes.
const LONGEST: usize = 64;
/// The name under which all other clients are counted.
const OTHER: &str = "_other";

/// The requests of each client.
#[derive(Debug, Default)]
pub(super) struct Clients {
    requests: Family<ItemLabels<1>, Counter>,
    names: Mutex<HashSet<String>>,
}

impl Clients {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "mcp_client_requests",
            "Requests by the name that their client gives itself",
            self.requests.clone(),
        );
    }

    /// Counts a request of the client called `name`; `None` for an unnamed one.
    pub(super) fn count(&self, name: Option<&str>) {
        let name = match name {
            None => Cow::Borrowed("_none"),
            Some(name) if self.knows(name) => name.to_owned().into(),
            Some(_) => OTHER.into(),
        };
        self.requests.get_or_create(&[("client", name)]).inc();
    }

    /// Returns `true` if `name` has a series of its own, as the first names do.
    fn knows(&self, name: &str) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(is_plain) {
            return false;
        }
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.contains(name) || (names.len() < NAMES && names.insert(name.to_owned()))
    }
}
