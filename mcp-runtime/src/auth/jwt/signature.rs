//! The signatures of an issuer's tokens, by its keys.
//!
//! A token that names its key is verified with that key, one that does not with at most eight. A wrong signature under
//! a named key is final: if it caused a fetch of keys, forged tokens could cause requests.

use std::sync::Arc;

use super::key::Key;
use super::keys::Keys;
use super::token::Token;
use crate::auth::{Reason, Refusal};

/// The maximum number of keys that are tried for a token that names none.
const TRIED: usize = 8;

/// The refusal of a token whose signature is wrong.
pub(super) fn forged() -> Refusal {
    Refusal::new(
        Reason::Signature,
        "the signature is not that of the token; send the token as it was issued",
    )
}

/// Verifies the signature of a token with the key that it names, or with each candidate.
pub(super) async fn verify(keys: &Arc<Keys>, token: &Token<'_>) -> Result<(), Refusal> {
    let known = keys.known().await?;
    match try_keys(&known, token) {
        Err(refusal) if may_pass_with_new_keys(&refusal, token) => match keys.renewed().await {
            Some(renewed) => try_keys(&renewed, token),
            None => Err(refusal),
        },
        decided => decided,
    }
}

/// Returns `true` if newer keys may verify the token: its key is unknown, or it names none.
fn may_pass_with_new_keys(refusal: &Refusal, token: &Token<'_>) -> bool {
    match refusal.reason() {
        Reason::UnknownKey => true,
        Reason::Signature => token.header.key_id.is_none(),
        _ => false,
    }
}

fn try_keys(keys: &[Key], token: &Token<'_>) -> Result<(), Refusal> {
    let (algorithm, named) = (token.header.algorithm, token.header.key_id.as_ref());
    let meant = keys
        .iter()
        .filter(|key| named.is_none() || key.id.as_ref() == named);
    let (mut found, mut tried) = (false, 0);
    for key in meant {
        found = true;
        if key.allows(algorithm) && tried < TRIED {
            tried += 1;
            if key.verifies(algorithm, token.message, &token.signature) {
                return Ok(());
            }
        }
    }
    Err(match (found, tried) {
        (false, _) => Refusal::new(
            Reason::UnknownKey,
            "the token is signed by a key that its issuer does not have",
        ),
        (true, 0) => Refusal::new(
            Reason::Algorithm,
            format!("the token is signed by {algorithm}, and its key is for another algorithm"),
        ),
        _ => forged(),
    })
}
