//! Nonces of the server for proofs (RFC 9449, section 8): a keyed digest of the time, without state.
//!
//! The nonce is an HMAC of the current five minutes under a key of this process; the preceding one is accepted as
//! well. A refusal contains the current nonce, with which the client repeats the request. Instances behind a load
//! balancer have different nonces, so that `proof_nonces` needs sticky connections there.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;

use crate::auth::{Reason, Refusal};

/// The time after which there is a new nonce; the preceding one is accepted as well.
const PERIOD: u64 = 300;

/// The nonces of one process.
pub(super) struct Nonces(Option<hmac::Key>);

impl Default for Nonces {
    fn default() -> Self {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        Self(key.ok())
    }
}

impl Nonces {
    /// Checks the nonce of a proof; the refusal of a wrong one has the right one.
    pub(super) fn check(&self, nonce: Option<&str>, now: Duration) -> Result<(), Refusal> {
        let Some(key) = &self.0 else {
            let message = "the system has no source of random numbers; try again later";
            return Err(Refusal::new(Reason::Unavailable, message));
        };
        let period = now.as_secs() / PERIOD;
        let current = nonce_of(key, period);
        let accepted = [&current, &nonce_of(key, period.saturating_sub(1))];
        if nonce.is_some_and(|nonce| accepted.iter().any(|it| *it == nonce)) {
            return Ok(());
        }
        Err(Refusal::use_nonce(current))
    }
}

fn nonce_of(key: &hmac::Key, period: u64) -> String {
    let tag = hmac::sign(key, &period.to_be_bytes());
    URL_SAFE_NO_PAD.encode(&tag.as_ref()[..16])
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nonces").finish_non_exhaustive()
    }
}
