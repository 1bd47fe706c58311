//! The rules for the claims of a token (RFC 7519, RFC 9068), beyond its signature.
//!
//! In this order: the type (an ID token is not for a server), the audience (a token for another server must not be
//! accepted, RFC 8707), the times with their tolerance, the subject. Texts of refusals name the failed check, as the
//! client's developer needs it; they never repeat the claims.

use std::time::Duration;

use serde_json::{Map, Value};

use super::token::Header;
use crate::auth::{Reason, Refusal};
use crate::principal::Principal;

/// The types of tokens that are accepted unless one is set: a plain one, and an access token (RFC 9068).
const KINDS: [&str; 2] = ["jwt", "at+jwt"];
/// The maximum size of a subject, in bytes.
const LARGEST_SUBJECT: usize = 1024;

/// The rules of one verifier.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// The accepted audiences; the URLs of the endpoint without any.
    pub audience: Vec<String>,
    /// The tolerance of clocks.
    pub skew: Duration,
    /// The maximum lifetime of a token.
    pub max_age: Option<Duration>,
    /// The type that a header must have; the usual ones without one.
    pub kind: Option<String>,
    /// The claims that scopes are read from.
    pub scope_claims: Vec<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            audience: Vec::new(),
            skew: Duration::from_secs(30),
            max_age: None,
            kind: None,
            scope_claims: ["scope", "scp", "permissions"].map(str::to_owned).into(),
        }
    }
}

fn claims(message: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::new(Reason::Claims, message)
}

impl Rules {
    /// Checks the type of a token: an ID token, a proof or a logout token is no access token (RFC 8725, section 3.11).
    pub(super) fn check_kind(
        &self,
        header: &Header,
        claims: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        let kind = header.kind.as_deref().map(str::to_ascii_lowercase);
        let kind = kind
            .as_deref()
            .map(|it| it.trim_start_matches("application/"));
        let fits = match (&self.kind, kind) {
            (Some(wanted), Some(kind)) => wanted.eq_ignore_ascii_case(kind),
            (Some(_), None) => false,
            (None, kind) => kind.is_none_or(|kind| KINDS.contains(&kind)),
        };
        if !fits {
            let wanted = self.kind.as_deref().unwrap_or("at+jwt");
            return Err(self::claims(format!(
                "the token is of another type; send an access token (`typ` is `{wanted}`)"
            )));
        }
        let is_id = ["nonce", "at_hash", "c_hash"]
            .iter()
            .any(|name| claims.contains_key(*name));
        if is_id && kind != Some("at+jwt") {
            return Err(self::claims(
                "the token is an ID token, for the client alone; send the access token",
            ));
        }
        Ok(())
    }

    /// Checks that the token is for this server: one of the set audiences, or a URL of the endpoint.
    pub(super) fn check_audience(
        &self,
        claims: &Map<String, Value>,
        resources: &[String],
    ) -> Result<(), Refusal> {
        let accepted = if self.audience.is_empty() {
            resources
        } else {
            &self.audience
        };
        let is_accepted = |named: &str| accepted.iter().any(|it| it == named);
        let fits = match claims.get("aud") {
            Some(Value::String(named)) => is_accepted(named),
            Some(Value::Array(named)) => {
                let all_text = named.iter().all(Value::is_string);
                all_text && named.iter().filter_map(Value::as_str).any(is_accepted)
            }
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let first = accepted.first().map_or("", String::as_str);
        Err(Refusal::new(
            Reason::Audience,
            format!(
                "the token was issued for another server; request one for the resource {first}"
            ),
        ))
    }

    /// Checks the times of a token against `now`, in seconds since 1970, and returns the time for which it is valid.
    pub(super) fn check_times(
        &self,
        claims: &Map<String, Value>,
        now: Duration,
    ) -> Result<Duration, Refusal> {
        let (now, skew) = (now.as_secs_f64(), self.skew.as_secs_f64());
        let time = |name: &str| match claims.get(name) {
            None => Ok(None),
            Some(value) => match value.as_f64().filter(|at| at.is_finite() && *at >= 0.0) {
                Some(at) => Ok(Some(at)),
                None => Err(self::claims(format!("the claim `{name}` is not a time"))),
            },
        };
        let Some(expires) = time("exp")? else {
            return Err(self::claims("the token never expires; send one with `exp`"));
        };
        if expires + skew <= now {
            return Err(Refusal::new(
                Reason::Expired,
                "the token has expired; request a new one",
            ));
        }
        let issued = time("iat")?;
        let later = |at: Option<f64>| at.is_some_and(|at| at > now + skew);
        if later(time("nbf")?) || later(issued) {
            return Err(Refusal::new(
                Reason::NotYet,
                "the token is valid later; check the clocks, or send it again then",
            ));
        }
        if let Some(most) = self.max_age {
            let Some(issued) = issued else {
                return Err(self::claims(
                    "the token does not say when it was issued (`iat`)",
                ));
            };
            if expires - issued > most.as_secs_f64() {
                return Err(self::claims(format!(
                    "the token is valid for longer than {most:?}; request one that expires sooner"
                )));
            }
        }
        Ok(Duration::try_from_secs_f64(expires + skew - now).unwrap_or(Duration::MAX))
    }

    /// The caller identified by a valid token.
    pub(super) fn principal(
        &self,
        issuer: &str,
        claims: Map<String, Value>,
        valid: Duration,
    ) -> Result<Principal, Refusal> {
        let text = |name: &str| match claims.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.is_empty() && text.len() <= LARGEST_SUBJECT => {
                Ok(Some(text.clone()))
            }
            Some(_) => Err(self::claims(format!("the claim `{name}` is not a name"))),
        };
        let subject = match text("sub")? {
            Some(subject) => subject,
            None => text("client_id")?.ok_or_else(|| {
                self::claims("the token names no caller; send one with `sub` or `client_id`")
            })?,
        };
        let scopes = self.scopes(&claims);
        Ok(Principal::new(subject, scopes)
            .with_issuer(issuer)
            .with_claims(claims)
            .valid_for(valid))
    }

    /// The scopes of all claims that have some, each once.
    fn scopes(&self, claims: &Map<String, Value>) -> Vec<String> {
        let mut scopes: Vec<String> = Vec::new();
        for name in &self.scope_claims {
            match claims.get(name) {
                Some(Value::String(text)) => {
                    scopes.extend(text.split_ascii_whitespace().map(str::to_owned));
                }
                Some(Value::Array(list)) => {
                    scopes.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                _ => {}
            }
        }
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }
}
