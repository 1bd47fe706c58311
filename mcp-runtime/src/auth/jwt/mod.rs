//! Tokens: signed by an issuer whose keys are fetched, or by a shared secret.
//!
//! Checks are ordered by cost, and no claim is trusted before the signature is verified: the form, the algorithm, the
//! issuer (only to choose the keys), the signature, the type, the audience, the times, and then the proof of
//! possession. Every refusal has a [`Reason`], which is the label of the metric.

mod algorithm;
mod binding;
mod claims;
mod discovery;
mod key;
mod keys;
mod proof;
mod signature;
mod token;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ring::hmac;

use super::{Authenticate, Credentials, Deciding, Decision, Features, Reason, Refusal, Starting};
use crate::clock::Clock;
use crate::principal::Principal;
pub use algorithm::SigningAlgorithm;
use binding::{Sent, confirm};
use claims::Rules;
use keys::Keys;
use proof::Proofs;
use token::Token;

/// The issuer of callers whose tokens are signed by a shared secret.
const SHARED: &str = "jwt-secret";
/// The minimum size of a shared secret, in bytes (RFC 7518, section 3.2).
const SHORTEST: usize = 32;

/// Callers with access tokens: JSON Web Tokens (RFC 7519) of one issuer, in `Authorization: Bearer`.
///
/// The keys of the issuer are discovered (RFC 8414, OpenID), fetched before the server listens, and fetched again when
/// they change. A token is accepted if its signature is that of such a key, by an algorithm that the key has and that
/// is allowed; if its `iss` is the issuer and its `aud` this server; if it has an `exp` that has not passed; and if it
/// names its caller by `sub` or `client_id`. ID tokens are refused.
///
/// The caller is the [`Principal`] with this issuer and subject; `scope`, `scp` and `permissions` are its scopes, and
/// all claims are its claims.
///
/// ```
/// use mcp_runtime::Server;
/// use mcp_runtime::auth::{ApiKeys, Authenticate, Jwt};
///
/// let tokens = Jwt::issuer("https://login.example.com");
/// let server = Server::new("orders", "1.0.0").public_url("https://mcp.example.com").auth(tokens);
/// assert!(server.check().is_ok());
/// ```
#[derive(Clone)]
pub struct Jwt {
    signer: Signer,
    rules: Rules,
    algorithms: Vec<SigningAlgorithm>,
    required: bool,
    /// Tokens must be bound to a key.
    bound: bool,
    proofs: Arc<Proofs>,
    clock: Clock,
}

/// The signer of tokens.
#[derive(Clone)]
enum Signer {
    Issuer(String, Option<String>, Arc<Keys>),
    Secret(hmac::Key, usize),
}

impl Jwt {
    /// Accepts the tokens of an issuer, by its URL, exactly as in the claim `iss`.
    ///
    /// A URL that is not HTTPS stops the start, unless it is of this machine.
    pub fn issuer(url: impl Into<String>) -> Self {
        let url = url.into();
        let keys = Arc::new(Keys::new(url.clone(), None));
        Self::of(
            Signer::Issuer(url, None, keys),
            SigningAlgorithm::USUAL.to_vec(),
        )
    }

    /// Accepts tokens that are signed by a shared secret with HS256. The issuer of their callers is `jwt-secret`,
    /// whatever `iss` is.
    ///
    /// A secret of fewer than 32 bytes stops the start, and so does an issuer in addition: its public keys could be
    /// taken for secrets.
    pub fn secret(secret: impl AsRef<[u8]>) -> Self {
        let secret = secret.as_ref();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        Self::of(
            Signer::Secret(key, secret.len()),
            vec![SigningAlgorithm::HS256],
        )
    }

    fn of(signer: Signer, algorithms: Vec<SigningAlgorithm>) -> Self {
        Self {
            signer,
            rules: Rules::default(),
            algorithms,
            required: true,
            bound: false,
            proofs: Arc::new(Proofs::new(false)),
            clock: Clock::default(),
        }
    }

    /// Sets the URL of the issuer's keys (JWKS) in place of the discovered one.
    #[must_use]
    pub fn jwks_url(mut self, url: impl Into<String>) -> Self {
        if let Signer::Issuer(issuer, at, keys) = &mut self.signer {
            let url = url.into();
            *keys = Arc::new(Keys::new(issuer.clone(), Some(url.clone())));
            *at = Some(url);
        }
        self
    }

    /// Sets the accepted values of `aud`. Default: the URL of the endpoint, from
    /// [`Server::public_url`](crate::Server::public_url) and its path (RFC 8707).
    #[must_use]
    pub fn audience(mut self, audience: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.rules.audience = audience.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the accepted algorithms of an issuer's keys. Default: RS256, PS256, ES256, ES384 and EdDSA.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = SigningAlgorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Sets the tolerance of clocks for `exp`, `nbf` and `iat`. Default: 30 s; at most 10 minutes.
    #[must_use]
    pub fn skew(mut self, skew: Duration) -> Self {
        self.rules.skew = skew;
        self
    }

    /// Sets the maximum lifetime of a token, from `iat` to `exp`. Default: any.
    #[must_use]
    pub fn max_age(mut self, most: Duration) -> Self {
        self.rules.max_age = Some(most);
        self
    }

    /// Sets the type that the header of a token must have, such as `at+jwt` (RFC 9068). Default: `JWT`, `at+jwt` or none.
    #[must_use]
    pub fn token_type(mut self, kind: impl Into<String>) -> Self {
        self.rules.kind = Some(kind.into());
        self
    }

    /// Sets the claims that scopes are read from: strings separated by spaces, or lists. Default: `scope`, `scp` and
    /// `permissions`.
    #[must_use]
    pub fn scope_claims(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.rules.scope_claims = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets whether the start fails while the issuer cannot be reached. Default: `true`.
    ///
    /// With `false` its tokens are refused until then, with 503 and `Retry-After`.
    #[must_use]
    pub fn required(mut self, required: bool) -> Self {
        self.required = required;
        self
    }

    /// Sets whether a token must be bound to a key of its client: by a proof of possession (RFC 9449, DPoP) or a client
    /// certificate (RFC 8705). Default: `false`; a token that is bound needs its proof in any case.
    #[must_use]
    pub fn bound(mut self, bound: bool) -> Self {
        self.bound = bound;
        self
    }

    /// Sets whether proofs of possession must have a nonce of the server, so that none can be made in advance (RFC
    /// 9449, section 8). Default: `false`. A nonce is valid for one process.
    #[must_use]
    pub fn proof_nonces(mut self, wanted: bool) -> Self {
        self.proofs = Arc::new(Proofs::new(wanted));
        self
    }

    async fn verify(
        &self,
        sent: Sent<'_>,
        credentials: &Credentials<'_>,
    ) -> Result<Principal, Refusal> {
        let token = Token::parse(sent.text)?;
        let algorithm = token.header.algorithm;
        if !self.algorithms.contains(&algorithm) {
            return Err(Refusal::new(
                Reason::Algorithm,
                format!("the token is signed by {algorithm}, which is not accepted here"),
            ));
        }
        let issuer = match &self.signer {
            Signer::Issuer(issuer, _, keys) => {
                // Before the signature, so that another issuer's tokens cost nothing.
                check_issuer(&token, issuer)?;
                signature::verify(keys, &token).await?;
                issuer
            }
            Signer::Secret(key, _) => {
                hmac::verify(key, token.message, &token.signature)
                    .map_err(|_| signature::forged())?;
                SHARED
            }
        };
        let (claims, now) = (&token.claims, self.clock.elapsed());
        self.rules.check_kind(&token.header, claims)?;
        self.rules.check_audience(claims, credentials.resources())?;
        let valid = self.rules.check_times(claims, now)?;
        let confirmation = claims.get("cnf").cloned();
        let principal = self.rules.principal(issuer, token.claims, valid)?;
        let caller = principal.digest().bytes();
        let confirmation = confirmation.as_ref();
        confirm(
            &self.proofs,
            self.bound,
            confirmation,
            sent,
            credentials,
            (caller, now),
        )?;
        Ok(principal)
    }
}

fn check_issuer(token: &Token<'_>, issuer: &str) -> Result<(), Refusal> {
    if token.claims.get("iss").and_then(|it| it.as_str()) == Some(issuer) {
        return Ok(());
    }
    Err(Refusal::new(
        Reason::Issuer,
        "the token comes from an issuer that is not trusted here; request one from an authorization server of this server",
    ))
}

impl Authenticate for Jwt {
    fn authenticate<'a>(&'a self, credentials: &'a Credentials<'a>) -> Deciding<'a> {
        Box::pin(async move {
            let proved = credentials.token("dpop");
            let text = proved.or(credentials.bearer());
            let Some(text) = text.filter(|it| token::is_token(it)) else {
                return Decision::Unrecognized;
            };
            let sent = Sent {
                text,
                with_proof: proved.is_some(),
            };
            match self.verify(sent, credentials).await {
                Ok(principal) => Decision::Verified(principal),
                Err(refusal) => Decision::Refused(refusal),
            }
        })
    }

    fn authorization_servers(&self) -> Vec<String> {
        match &self.signer {
            Signer::Issuer(issuer, ..) => vec![issuer.clone()],
            Signer::Secret(..) => Vec::new(),
        }
    }

    fn faults(&self, resources: &[String]) -> Vec<String> {
        let mut faults = Vec::new();
        if self.rules.audience.is_empty() && resources.is_empty() {
            faults.push(
                "tokens must name their audience; set `public_url` (MCP_PUBLIC_URL), or the audience (MCP_OAUTH_AUDIENCE)"
                    .to_owned(),
            );
        }
        if self.bound && resources.is_empty() {
            faults.push(
                "proofs name the URL of the server; set `public_url` (MCP_PUBLIC_URL)".to_owned(),
            );
        }
        if self.rules.skew > Duration::from_mins(10) {
            faults.push("the skew of tokens is at most 10 minutes".to_owned());
        }
        match &self.signer {
            Signer::Issuer(issuer, keys, _) => {
                if let Err(problem) = discovery::check(issuer) {
                    faults.push(format!("the issuer {issuer:?} {problem}"));
                }
                if let Some(Err(problem)) = keys.as_deref().map(discovery::check) {
                    faults.push(format!("the URL of the keys {problem}"));
                }
                if self.algorithms.is_empty() || !self.algorithms.iter().all(|it| it.is_public()) {
                    faults.push(
                        "the algorithms of an issuer are those of public keys, such as ES256; HS256 is for `Jwt::secret`"
                            .to_owned(),
                    );
                }
            }
            Signer::Secret(_, bytes) if *bytes < SHORTEST => faults.push(format!(
                "the secret of tokens has {bytes} bytes; it needs at least {SHORTEST} random ones, such as those of \
                 `openssl rand -base64 32`"
            )),
            Signer::Secret(..) => {
                if self.algorithms != [SigningAlgorithm::HS256] {
                    faults.push("tokens of a shared secret are signed by HS256 alone".to_owned());
                }
            }
        }
        faults
    }

    fn features(&self) -> Features {
        Features {
            shared_secret: matches!(self.signer, Signer::Secret(..)),
            proofs: true,
            bound: self.bound,
        }
    }

    fn start(&self) -> Starting<'_> {
        Box::pin(async {
            let Signer::Issuer(issuer, _, keys) = &self.signer else {
                return Ok(());
            };
            match keys.fetch().await {
                Err(cause) if self.required => {
                    Err(format!("the issuer {issuer} is not ready: {cause}"))
                }
                Err(cause) => {
                    tracing::warn!(
                        issuer,
                        cause,
                        "an issuer is not ready, and its tokens are refused until it is"
                    );
                    Ok(())
                }
                Ok(()) => Ok(()),
            }
        })
    }
}

/// Shows no secret.
impl fmt::Debug for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let issuer = match &self.signer {
            Signer::Issuer(issuer, ..) => issuer,
            Signer::Secret(..) => SHARED,
        };
        f.debug_struct("Jwt")
            .field("issuer", &issuer)
            .field("algorithms", &self.algorithms)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}
