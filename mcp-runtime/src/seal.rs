//! Request states: what a server needs between the rounds of a call, sealed so that the client carries it but cannot
//! read it.
//!
//! A sealed text is the base64url of a format byte, a random salt and the `ChaCha20-Poly1305` ciphertext of the
//! [`State`], so that sealing the same state twice gives different texts. Invariants: a text that does not open, was
//! sealed for another caller or call, or has expired reveals nothing of its content; keys are in no error and no log;
//! no I/O.
//!
//! The client carries the state since the server must not keep one (revision 2026-07-28 is
//! stateless), and since another instance may take the next round. It must neither read nor change
//! it: it has the outputs of `once`, which may be internal ids. Each state has a key of its own, which
//! HKDF derives from the secret's and the salt (RFC 5869): a salt of 24 bytes may be random for any
//! number of states, where the nonce of 12 bytes may not. The cipher authenticates as well: a
//! changed byte, another key, another format byte are all [`Unsealed::Forged`].
//!
//! Rotation: a new secret is put first; the others still open what they sealed, and can be removed
//! after [`LIFETIME`]. There is no list of states that were used: sending one twice runs the round
//! twice, which the rate limit counts.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::clock::Clock;
use crate::digest::sha256_framed;
use crate::random;

/// The maximum time from one round to the next.
pub(crate) const LIFETIME: Duration = Duration::from_mins(10);
const LIFETIME_MILLIS: u64 = 10 * 60 * 1_000;
/// The minimum length of a secret in bytes.
const SHORTEST: usize = 32;
/// The maximum number of bytes of a state, as JSON; a sealed text is less than twice as long.
const LARGEST: usize = 1 << 20;
/// The first byte of a sealed text.
const FORMAT: u8 = 2;
/// The length of a salt in bytes.
const SALT: usize = 24;

/// The keys of one server: the first seals, all of them open.
pub(crate) struct Keys {
    secrets: Vec<Prk>,
    clock: Clock,
}

/// A digest that binds a state to one caller or one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Subject([u8; 32]);

impl Subject {
    #[cfg(feature = "auth")]
    pub(crate) fn bytes(self) -> [u8; 32] {
        self.0
    }
}

/// Values by key, in order.
pub(crate) type KeyedValues = Vec<(String, Box<RawValue>)>;

/// The state of the rounds so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct State {
    /// The input responses, by key.
    pub responses: KeyedValues,
    /// The outputs of blocks that run once, by key.
    pub once: KeyedValues,
    /// The keys of the open input requests.
    pub open: Vec<String>,
    /// The number of rounds that have answered an input request.
    pub rounds: usize,
}

/// The identity of a round: the time of its issue, in milliseconds since 1970, and a unique number.
///
/// Ordered by time, then by number, which is the order in which `Rounds` keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct RoundId {
    pub issued: u64,
    pub id: u64,
}

impl State {
    /// Returns `true` if a round with the input responses `sent` continues its call: it answers an open input request,
    /// and no earlier round left such a response unused. A call thus has at most as many rounds as input requests.
    ///
    /// Has no side effects: it is called before the round is counted.
    pub(crate) fn continues(&self, sent: &KeyedValues) -> bool {
        self.rounds <= self.responses.len() && sent.iter().any(|(key, _)| self.open.contains(key))
    }
}

impl RoundId {
    /// Returns `true` if a state of this round has expired while one of `later` has not.
    pub(crate) fn is_over(self, later: Self) -> bool {
        later.issued.saturating_sub(self.issued) > 2 * LIFETIME_MILLIS
    }
}

#[derive(Serialize, Deserialize)]
struct Sealed<S> {
    round: RoundId,
    principal: [u8; 32],
    call: [u8; 32],
    state: S,
}

/// The error returned when a text is not a valid state of this call; it says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsealed {
    #[error("was not made by this server, or was changed")]
    Forged,
    #[error("has expired")]
    Expired,
    #[error("was made for another caller")]
    OtherPrincipal,
    #[error("was made for a call with another name or other arguments")]
    OtherCall,
}

/// The system has no random numbers.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system has no source of random numbers")]
pub(crate) struct NoRandom;

/// The reason why a state cannot be sealed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum Unsealable {
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
    #[error("it has {0} bytes of input responses and results of `once`, and may have {LARGEST}")]
    TooLarge(usize),
}

/// The secrets that keys are derived from.
#[derive(Clone, Default)]
pub(crate) struct Secrets(pub Vec<Vec<u8>>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Secrets").field(&self.0.len()).finish()
    }
}

/// The error for a secret that is too short: its index and its length.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("secret {} has {bytes} bytes; each needs at least {SHORTEST}, such as those of `openssl rand -base64 32`", .place + 1)]
pub(crate) struct TooShort {
    place: usize,
    bytes: usize,
}

/// The error returned when there are no keys.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum KeysError {
    #[error(transparent)]
    TooShort(#[from] TooShort),
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
}

/// Checks that each secret is long enough.
pub(crate) fn check(secrets: &Secrets) -> Result<(), TooShort> {
    for (place, secret) in secrets.0.iter().enumerate() {
        if secret.len() < SHORTEST {
            let bytes = secret.len();
            return Err(TooShort { place, bytes });
        }
    }
    Ok(())
}

impl Keys {
    /// Derives the keys of these secrets for `audience`; without secrets, generates a key for this process alone.
    /// States that were sealed for another audience do not open.
    pub(crate) fn new(secrets: &Secrets, audience: &str) -> Result<Self, KeysError> {
        if secrets.0.is_empty() {
            return Ok(Self::random()?);
        }
        check(secrets)?;
        Ok(Self::from_secrets(&secrets.0, audience))
    }

    fn random() -> Result<Self, NoRandom> {
        let mut secret = [0; SHORTEST];
        random::fill(&mut secret).ok_or(NoRandom)?;
        Ok(Self::of(vec![derived(&secret, "")]))
    }

    fn from_secrets(secrets: &[Vec<u8>], audience: &str) -> Self {
        let secrets = secrets.iter().map(|secret| derived(secret, audience));
        Self::of(secrets.collect())
    }

    fn of(secrets: Vec<Prk>) -> Self {
        Self {
            secrets,
            clock: Clock::default(),
        }
    }

    /// Seals `state` as text that opens with these keys only, for the same `principal` and `call`, within
    /// [`LIFETIME`].
    ///
    /// At most 1 MiB of JSON. The stamp's id is a part of the salt: no second random number is
    /// needed.
    pub(crate) fn seal(
        &self,
        state: &State,
        principal: Subject,
        call: Subject,
    ) -> Result<String, Unsealable> {
        let mut salt = [0; SALT];
        random::fill(&mut salt).ok_or(NoRandom)?;
        let (id, _) = salt.split_first_chunk().ok_or(NoRandom)?;
        let sealed = Sealed {
            round: RoundId {
                issued: self.clock.now(),
                id: u64::from_le_bytes(*id),
            },
            principal: principal.0,
            call: call.0,
            state,
        };
        // Digests, numbers and JSON that was read: there is nothing in it that could not be written.
        let text = serde_json::to_vec(&sealed).unwrap_or_default();
        if text.len() > LARGEST {
            return Err(Unsealable::TooLarge(text.len()));
        }
        let first = self.secrets.first().ok_or(NoRandom)?;
        // Fails only for a text of 256 GiB.
        Ok(encrypt(first, &salt, text).ok_or(NoRandom)?)
    }

    /// Opens the `text` that was sealed for `principal` and `call`; returns its round, too.
    ///
    /// Checks in the order forged, caller, call, time: a stranger who has found a text learns only
    /// that it was made for another caller. Tries each key once; a text over twice the maximum is
    /// not decoded at all.
    pub(crate) fn open(
        &self,
        text: &str,
        principal: Subject,
        call: Subject,
    ) -> Result<(State, RoundId), Unsealed> {
        let sealed = self.decrypt(text).ok_or(Unsealed::Forged)?;
        let sealed: Sealed<State> =
            serde_json::from_slice(&sealed).map_err(|_| Unsealed::Forged)?;
        if sealed.principal != principal.0 {
            return Err(Unsealed::OtherPrincipal);
        }
        if sealed.call != call.0 {
            return Err(Unsealed::OtherCall);
        }
        // Another instance's clock may be ahead of this one's.
        if self.clock.now().abs_diff(sealed.round.issued) >= LIFETIME_MILLIS {
            return Err(Unsealed::Expired);
        }
        Ok((sealed.state, sealed.round))
    }

    fn decrypt(&self, text: &str) -> Option<Vec<u8>> {
        if text.len() > 2 * LARGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (salt, hidden) = bytes.strip_prefix(&[FORMAT])?.split_first_chunk::<SALT>()?;
        self.secrets.iter().find_map(|secret| {
            let mut text = hidden.to_vec();
            let opened = key(secret, salt)?.open_in_place(nonce(), Aad::empty(), &mut text);
            let length = opened.ok()?.len();
            text.truncate(length);
            Some(text)
        })
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("secrets", &self.secrets.len())
            .finish_non_exhaustive()
    }
}

impl Subject {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the first half in hexadecimal, for keys.
    pub(crate) fn short(&self) -> String {
        let half = self.0.first_chunk().copied().unwrap_or_default();
        format!("{:032x}", u128::from_be_bytes(half))
    }

    /// A digest of `parts`, each framed by its length.
    pub(crate) fn from_parts<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        Self(sha256_framed(parts))
    }
}

/// Derives the key material of a secret of any length. Its digest serves no other purpose.
fn derived(secret: &[u8], audience: &str) -> Prk {
    let parts = [
        &b"mcp-runtime request state"[..],
        secret,
        audience.as_bytes(),
    ];
    Prk::new_less_safe(HKDF_SHA256, &Subject::from_parts(parts).0)
}

/// Encrypts `text` with the key of this secret and salt; returns the sealed text.
fn encrypt(secret: &Prk, salt: &[u8; SALT], mut text: Vec<u8>) -> Option<String> {
    let key = key(secret, salt)?;
    key.seal_in_place_append_tag(nonce(), Aad::empty(), &mut text)
        .ok()?;
    Some(URL_SAFE_NO_PAD.encode([&[FORMAT][..], salt, &text].concat()))
}

/// Derives the key of the state with this salt, which is used once.
fn key(secret: &Prk, salt: &[u8; SALT]) -> Option<LessSafeKey> {
    let info = [&salt[..]];
    let derived = secret.expand(&info, &CHACHA20_POLY1305).ok()?;
    Some(LessSafeKey::new(UnboundKey::from(derived)))
}

/// The nonce of a key that is used once.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seeded;

    fn keys(secrets: &[u8]) -> Keys {
        let secrets: Vec<_> = secrets.iter().map(|byte| vec![*byte; SHORTEST]).collect();
        Keys::from_secrets(&secrets, "here")
    }

    fn state() -> State {
        let answer =
            serde_json::value::to_raw_value(&serde_json::json!({"action": "accept"})).unwrap();
        State {
            responses: vec![("confirm".to_owned(), answer)],
            ..State::default()
        }
    }

    fn subject(name: &str) -> Subject {
        Subject::from_parts([name.as_bytes()])
    }

    fn sealed(keys: &Keys) -> String {
        keys.seal(&state(), subject("ann"), subject("call"))
            .unwrap()
    }

    fn opened(keys: &Keys, text: &str) -> Result<usize, Unsealed> {
        keys.open(text, subject("ann"), subject("call"))
            .map(|(state, _)| state.responses.len())
    }

    #[tokio::test(start_paused = true)]
    async fn a_state_opens_for_its_caller_and_its_call_for_ten_minutes() {
        let keys = keys(&[1]);
        let text = sealed(&keys);
        assert_eq!(opened(&keys, &text), Ok(1));
        let wrong = |principal, call| {
            keys.open(&text, subject(principal), subject(call))
                .map(drop)
        };
        assert_eq!(wrong("bob", "call"), Err(Unsealed::OtherPrincipal));
        assert_eq!(wrong("ann", "other"), Err(Unsealed::OtherCall));
        tokio::time::advance(LIFETIME.saturating_sub(Duration::from_secs(1))).await;
        assert_eq!(opened(&keys, &text), Ok(1));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(opened(&keys, &text), Err(Unsealed::Expired));
    }

    #[test]
    fn any_change_is_noticed() {
        let keys = keys(&[1]);
        let text = sealed(&keys);
        for place in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                opened(&keys, &String::from_utf8(bytes).unwrap()),
                Err(Unsealed::Forged),
                "{place}"
            );
        }
        for other in [
            "",
            "AQ",
            &text[1..],
            &format!("{text}-TAMPERED"),
            &format!("{text}AAAA"),
        ] {
            assert_eq!(opened(&keys, other), Err(Unsealed::Forged), "{other}");
        }
    }

    #[test]
    fn sealed_texts_are_unique_and_do_not_reveal_their_content() {
        let keys = keys(&[1]);
        let text = sealed(&keys);
        assert_ne!(text, sealed(&keys));
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"confirm"));
    }

    #[test]
    fn keys_are_rotated_by_putting_a_new_one_first() {
        let (before, between, after) = (keys(&[1]), keys(&[2, 1]), keys(&[2]));
        assert_eq!(opened(&between, &sealed(&before)), Ok(1));
        assert_eq!(opened(&after, &sealed(&between)), Ok(1));
        assert_eq!(opened(&after, &sealed(&before)), Err(Unsealed::Forged));
        assert_eq!(
            opened(&Keys::random().unwrap(), &sealed(&before)),
            Err(Unsealed::Forged)
        );
    }

    #[test]
    fn servers_with_one_secret_do_not_open_each_others_states() {
        let at = |audience| Keys::from_secrets(&[vec![1; SHORTEST]], audience);
        let text = sealed(&at("payments-staging"));
        assert_eq!(opened(&at("payments-staging"), &text), Ok(1));
        for other in ["payments-prod", "payments", "", "payments-staging "] {
            assert_eq!(opened(&at(other), &text), Err(Unsealed::Forged), "{other}");
        }
    }

    /// Mutations of a sealed text, from a seeded generator: none opens, none panics.
    #[test]
    fn no_mutation_opens() {
        let keys = keys(&[1]);
        let text = sealed(&keys).into_bytes();
        let mut random = Seeded(0x9e37_79b9_7f4a_7c15);
        let mut next = |below: usize| random.below(below);
        for _ in 0..20_000 {
            let mut changed = text.clone();
            for _ in 0..=next(3) {
                let place = next(changed.len());
                match next(6) {
                    0 => changed[place] ^= 1 << next(7),
                    1 => changed.truncate(place),
                    2 => changed.insert(place, u8::try_from(next(128)).unwrap()),
                    3 => drop(changed.remove(place)),
                    4 => changed.extend_from_within(place..),
                    _ => changed.rotate_left(place),
                }
                if changed.is_empty() {
                    changed.push(b'A');
                }
            }
            if changed != text {
                let changed = String::from_utf8(changed).unwrap();
                assert_eq!(opened(&keys, &changed), Err(Unsealed::Forged), "{changed}");
            }
        }
    }

    #[test]
    fn a_state_that_is_too_large_is_not_sealed() {
        let keys = keys(&[1]);
        let of = |bytes: usize| {
            let value = serde_json::value::to_raw_value(&"x".repeat(bytes)).unwrap();
            let state = State {
                once: vec![("report".to_owned(), value)],
                ..State::default()
            };
            keys.seal(&state, subject("ann"), subject("call"))
        };
        let largest = of(LARGEST - 1_024).unwrap();
        assert!(keys.open(&largest, subject("ann"), subject("call")).is_ok());
        let error = of(LARGEST).unwrap_err().to_string();
        assert!(error.contains("may have 1048576"), "{error}");
        assert_eq!(
            opened(&keys, &"A".repeat(4 * LARGEST)),
            Err(Unsealed::Forged)
        );
    }

    /// A sealed value that opens but has another format is refused as forged.
    #[test]
    fn a_sealed_value_of_another_format_does_not_open() {
        let keys = keys(&[1]);
        for inside in ["", "null", "[]", "{}", "{\"expires\":1}", "\u{0}", "[[[["] {
            let text = encrypt(&keys.secrets[0], &[7; SALT], inside.into()).unwrap();
            assert_eq!(opened(&keys, &text), Err(Unsealed::Forged), "{inside}");
        }
    }

    #[test]
    fn a_short_secret_is_refused() {
        let secrets = Secrets(vec![vec![1; 32], vec![2; 31]]);
        let short = TooShort {
            place: 1,
            bytes: 31,
        };
        assert!(Keys::new(&secrets, "here").is_err());
        assert_eq!(check(&secrets).unwrap_err().to_string(), short.to_string());
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(
            Subject::from_parts([&b"ab"[..], b"c"]),
            Subject::from_parts([&b"a"[..], b"bc"])
        );
    }
}
