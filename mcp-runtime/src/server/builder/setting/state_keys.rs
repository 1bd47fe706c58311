//! The secrets of request states.

use crate::handler::call::inject::State;
use crate::seal::Secrets;
use crate::server::builder::Server;

impl<S: State> Server<S> {
    /// Sets the secrets, of at least 32 bytes each, for the encryption of `requestState`, which clients carry between
    /// the rounds of a call: the first encrypts, all of them decrypt.
    ///
    /// Instances that serve one URL need the same secrets. To replace a secret, put the new one first, and remove the old
    /// one ten minutes later. Default: a random secret of this process.
    ///
    /// A secret that is too short stops the start.
    ///
    /// Only revision 2026-07-28 has request states. A state that none of the secrets decrypts is refused, and the
    /// client must begin the call again. Key `state.keys`, variable `MCP_STATE_KEYS` (separated by commas) or, for a
    /// file, `MCP_STATE_KEYS_FILE`; changed by a reload. Secrets are never shown, neither by `config` nor in an error.
    pub fn state_keys(mut self, secrets: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        self.parts.settings.state_keys = Secrets(secrets.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the audience of the secrets of [`state_keys`](Self::state_keys): servers with the same secrets and another
    /// audience refuse each other's request states. Instances of one server need the same one. Default: the server's
    /// name.
    ///
    /// Servers that share name and secrets, such as those of two tenants, need an audience each.
    ///
    /// Key `state.audience`, variable `MCP_STATE_AUDIENCE`; changed by a reload.
    pub fn state_audience(mut self, audience: impl Into<String>) -> Self {
        self.parts.settings.state_audience = Some(audience.into());
        self
    }
}
