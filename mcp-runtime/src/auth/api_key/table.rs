//! The keys of one server, as digests.
//!
//! A secret is hashed with HMAC-SHA-256 on reading, and dropped. That is enough for random texts of at least 24
//! characters; slow hashes are for passwords that people choose. A look-up compares with every key in constant time,
//! so that its duration reveals nothing about a secret.

use std::fmt;

use ring::hmac;

use crate::principal::Principal;

/// The issuer of callers with API keys.
const ISSUER: &str = "api-key";
/// The minimum number of characters of a secret.
const SHORTEST: usize = 24;

/// The keys that are accepted.
#[derive(Default)]
pub(super) struct Table(Vec<Key>);

struct Key {
    tag: hmac::Tag,
    principal: Principal,
}

impl Table {
    /// Reads keys, each `label:secret` or `label:secret:scope+scope`, or lists all of their faults.
    pub(super) fn read<T: AsRef<str>>(
        keys: impl IntoIterator<Item = T>,
    ) -> Result<Self, Vec<String>> {
        let (mut table, mut faults) = (Self::default(), Vec::new());
        for (place, key) in keys.into_iter().enumerate() {
            match table.key(key.as_ref(), place + 1) {
                Ok(key) => table.0.push(key),
                Err(fault) => faults.push(fault),
            }
        }
        if table.0.is_empty() && faults.is_empty() {
            faults.push("there is no API key; write at least one, as `label:secret`".to_owned());
        }
        if faults.is_empty() {
            Ok(table)
        } else {
            Err(faults)
        }
    }

    /// Parses one key; errors contain its label, and nothing else of it.
    fn key(&self, text: &str, place: usize) -> Result<Key, String> {
        let mut parts = text.splitn(3, ':');
        let (Some(label), Some(secret)) = (parts.next(), parts.next()) else {
            return Err(format!(
                "API key {place} has no label; write `label:secret`, such as `ann:` and the output of `openssl rand -hex 24`"
            ));
        };
        if label.is_empty() || label.len() > 128 || label.chars().any(char::is_control) {
            return Err(format!(
                "the label of API key {place} must have 1 to 128 bytes, without control characters"
            ));
        }
        if secret.len() < SHORTEST {
            return Err(format!(
                "the secret of the API key `{label}` has {} characters; it needs at least {SHORTEST} random ones, such \
                 as those of `openssl rand -hex 24`",
                secret.len()
            ));
        }
        if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "the secret of the API key `{label}` must be visible ASCII characters without spaces"
            ));
        }
        let scopes: Vec<&str> = parts
            .next()
            .map_or_else(Vec::new, |it| it.split('+').collect());
        if scopes.iter().any(|scope| !is_scope(scope)) {
            return Err(format!(
                "the scopes of the API key `{label}` are not valid; write `label:secret:scope+scope`"
            ));
        }
        self.unique(label, secret)?;
        Ok(Key {
            tag: hmac::sign(&hashing(), secret.as_bytes()),
            principal: Principal::new(label, scopes).with_issuer(ISSUER),
        })
    }

    fn unique(&self, label: &str, secret: &str) -> Result<(), String> {
        let hashing = hashing();
        for key in &self.0 {
            let other = key.principal.subject().unwrap_or_default();
            if other == label {
                return Err(format!(
                    "two API keys have the label `{label}`; give each its own, such as `{label}-2`"
                ));
            }
            if key.is(secret, &hashing) {
                return Err(format!(
                    "the API keys `{other}` and `{label}` have the same secret; make one for each"
                ));
            }
        }
        Ok(())
    }

    /// Returns the caller with this secret, in a time independent of the secrets.
    pub(super) fn find(&self, secret: &str) -> Option<Principal> {
        let hashing = hashing();
        let mut found = None;
        for key in &self.0 {
            if key.is(secret, &hashing) {
                found = Some(&key.principal);
            }
        }
        found.cloned()
    }
}

/// Returns `true` for a scope token (RFC 6749, section 3.3).
fn is_scope(scope: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    !scope.is_empty() && scope.bytes().all(is_allowed)
}

impl Key {
    /// Compares in constant time.
    fn is(&self, secret: &str, hashing: &hmac::Key) -> bool {
        hmac::verify(hashing, secret.as_bytes(), self.tag.as_ref()).is_ok()
    }
}

/// The key of the hashes, which is not a secret: it separates them from other hashes of the same texts.
fn hashing() -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, b"mcp-runtime API keys")
}

/// Shows labels only.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.0.iter().filter_map(|key| key.principal.subject());
        f.debug_list().entries(labels).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef01234567";

    #[test]
    fn a_key_has_a_label_a_long_secret_and_scopes_that_may_have_colons() {
        let table = Table::read([format!("ann:{SECRET}:orders:read+orders:write")]).unwrap();
        let ann = table.find(SECRET).unwrap();
        assert_eq!(
            (ann.issuer(), ann.subject()),
            (Some("api-key"), Some("ann"))
        );
        assert_eq!(ann.scopes(), ["orders:read", "orders:write"]);
        assert!(table.find("").is_none() && table.find(&SECRET[1..]).is_none());
    }

    #[test]
    fn every_fault_is_listed_and_no_secret_is_in_it() {
        let other = SECRET.replace('0', "x");
        let keys = [
            SECRET.to_owned(),
            format!(":{SECRET}"),
            "short:tiny-secret".to_owned(),
            format!("space:{SECRET} x"),
            format!("scope:{SECRET}:a++b"),
            format!("ann:{other}"),
            format!("ann:{SECRET}"),
            format!("bob:{other}"),
        ];
        let faults = Table::read(&keys).unwrap_err();
        assert_eq!(faults.len(), 7, "{faults:#?}");
        for fault in &faults {
            let is_secret = |secret: &str| fault.contains(secret);
            assert!(
                !is_secret(SECRET) && !is_secret(&other) && !is_secret("tiny"),
                "{fault}"
            );
        }
        assert!(Table::read::<&str>([]).is_err());
    }
}
