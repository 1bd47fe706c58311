//! Applies new settings to a running server.
//!
//! Called by a reload, after all checks: from here on nothing fails, except that the system has no random numbers for
//! new keys, in which case the old ones stay. The order is limits, keys, access of the functions, settings, and then
//! the notifications, so that a client that requests lists immediately sees the new ones.

use std::sync::atomic::Ordering;

use super::Service;
use crate::changes::{Change, List};
use crate::config::Settings;
use crate::handler::spec::kind::Kind;
use crate::seal::Keys;

impl Service {
    /// Applies those of `settings` that change at run time, and notifies subscribers of changed lists.
    pub(crate) fn reconfigure(&self, settings: &Settings) {
        self.requests
            .set(self.requests.get().reconfigured(&settings.requests));
        self.replace_keys(settings);
        self.drain
            .set_times(settings.shutdown_delay, settings.shutdown_deadline);
        let mut changed = Vec::new();
        for entry in self.registry.read().declared() {
            let before = entry.policies();
            settings.overrides.put_in_force(entry);
            if !before.access.equals(&entry.policies().access) {
                changed.push(match entry.spec.kind {
                    Kind::Tool => List::Tools,
                    Kind::Resource => List::Resources,
                    Kind::Prompt => List::Prompts,
                });
            }
        }
        self.lists_are_filtered
            .fetch_or(!changed.is_empty(), Ordering::SeqCst);
        self.live.set(settings.clone());
        for list in List::ALL.into_iter().filter(|list| changed.contains(list)) {
            self.changes.publish(&Change::List(list));
        }
    }

    /// Replaces the secrets of request states; unchanged ones stay, including random ones.
    fn replace_keys(&self, settings: &Settings) {
        let before = self.live.get();
        let secrets = |it: &Settings| (it.state_keys.0.clone(), it.state_audience.clone());
        if secrets(&before) == secrets(settings) {
            return;
        }
        let audience = settings.state_audience.as_deref();
        let audience = audience.unwrap_or(&self.identity.info.name);
        match Keys::new(&settings.state_keys, audience) {
            Ok(keys) => self.keys.set(keys),
            Err(error) => {
                tracing::error!(%error, "the secrets of request states could not be replaced; the previous ones stay in force");
            }
        }
    }
}
