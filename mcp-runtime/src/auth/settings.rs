//! The settings of authentication, and the verifier that they make.
//!
//! The verifier of the program and those of the settings are joined by `or`, so that a deployment can add API keys to
//! a program that verifies tokens. A reload replaces the API keys of the settings; all other changes need a restart.

use std::sync::Arc;
#[cfg(feature = "auth")]
use std::time::Duration;

#[cfg(feature = "auth")]
use super::Jwt;
#[cfg(feature = "tls")]
use super::Mtls;
use super::{ApiKeys, Authenticate, Or, Reloaded};
use crate::seal::Secrets;

/// The settings of `[auth]` and of the tables in it.
#[derive(Clone, Debug)]
pub(crate) struct AuthSettings {
    /// The verifier of the program.
    pub program: Option<Arc<dyn Authenticate>>,
    /// Callers without credentials are refused.
    pub required: bool,
    /// API keys: `label:secret` or `label:secret:scope+scope`.
    pub api_keys: Secrets,
    /// The headers of API keys in addition to `Authorization`.
    pub key_headers: Vec<String>,
    /// Tokens.
    #[cfg(feature = "auth")]
    pub jwt: JwtSettings,
    /// Client certificates.
    #[cfg(feature = "tls")]
    pub mtls: MtlsSettings,
}

/// The settings of `[auth.mtls]`.
#[cfg(feature = "tls")]
#[derive(Clone, Debug, Default)]
pub(crate) struct MtlsSettings {
    /// A client certificate names its caller.
    pub enabled: bool,
    /// The scopes of callers: `subject=scope+scope`.
    pub scopes: Vec<String>,
}

/// The settings of `[auth.jwt]`.
#[cfg(feature = "auth")]
#[derive(Clone, Debug)]
pub(crate) struct JwtSettings {
    /// The URLs of the issuers.
    pub issuers: Vec<String>,
    /// The accepted audiences; the URLs of the endpoint without any.
    pub audience: Vec<String>,
    /// The shared secret of HS256.
    pub secret: Secrets,
    /// The accepted algorithms of the keys of issuers.
    pub algorithms: Vec<String>,
    /// The tolerance of clocks.
    pub skew: Duration,
    /// The maximum lifetime of a token; zero for any.
    pub max_age: Duration,
    /// The type that the header of a token must have; the usual ones without one.
    pub token_type: Option<String>,
    /// The claims that scopes are read from.
    pub scope_claims: Vec<String>,
    /// The start fails while an issuer cannot be reached.
    pub required: bool,
    /// Tokens must be bound to a key of their client.
    pub bound: bool,
}

/// The verifier of a server, and the part of it that settings replace at run time.
#[derive(Clone, Debug)]
pub(crate) struct Verifier {
    /// The verifier of the program and of the settings together.
    pub verifier: Arc<dyn Authenticate>,
    /// The API keys of the settings.
    keys: Option<ApiKeys>,
}

impl Default for AuthSettings {
    fn default() -> Self {
        Self {
            program: None,
            required: true,
            api_keys: Secrets::default(),
            key_headers: vec!["x-api-key".to_owned()],
            #[cfg(feature = "auth")]
            jwt: JwtSettings::default(),
            #[cfg(feature = "tls")]
            mtls: MtlsSettings::default(),
        }
    }
}

#[cfg(feature = "auth")]
impl Default for JwtSettings {
    fn default() -> Self {
        let usual = ["RS256", "PS256", "ES256", "ES384", "EdDSA"];
        Self {
            issuers: Vec::new(),
            audience: Vec::new(),
            secret: Secrets::default(),
            algorithms: usual.map(str::to_owned).into(),
            skew: Duration::from_secs(30),
            max_age: Duration::ZERO,
            token_type: None,
            scope_claims: ["scope", "scp", "permissions"].map(str::to_owned).into(),
            required: true,
            bound: false,
        }
    }
}

impl AuthSettings {
    /// Adds a verifier of the program.
    pub(crate) fn add(&mut self, verifier: impl Authenticate) {
        self.program = Some(or(self.program.take(), Arc::new(verifier)));
    }

    /// The verifier of the program and of the settings, if there is any.
    pub(crate) fn verifier(&self) -> Option<Verifier> {
        let mut all = self.program.clone();
        let keys = (!self.api_keys.0.is_empty())
            .then(|| ApiKeys::new(self.keys()).headers(&self.key_headers));
        #[cfg(feature = "auth")]
        for tokens in self.jwt.verifiers() {
            all = Some(or(all, Arc::new(tokens)));
        }
        #[cfg(feature = "tls")]
        if self.mtls.enabled {
            all = Some(or(all, Arc::new(self.mtls.verifier())));
        }
        if let Some(keys) = &keys {
            all = Some(or(all, Arc::new(keys.clone())));
        }
        Some(Verifier {
            verifier: all?,
            keys,
        })
    }

    /// The API keys as texts.
    fn keys(&self) -> Vec<String> {
        let text = |key: &Vec<u8>| String::from_utf8_lossy(key).into_owned();
        self.api_keys.0.iter().map(text).collect()
    }
}

impl Verifier {
    /// Reads credentials again, with the API keys of new settings, and returns the function that applies them.
    pub(crate) fn reload(&self, settings: &AuthSettings) -> Result<Reloaded, String> {
        let read = self.verifier.reload()?;
        let Some(keys) = &self.keys else {
            return if settings.api_keys.0.is_empty() {
                Ok(read)
            } else {
                Err("adding the first API keys to a server needs a restart".to_owned())
            };
        };
        let keys = keys.prepare_keys(settings.keys())?;
        Ok(Box::new(|| {
            read();
            keys();
        }))
    }
}

#[cfg(feature = "auth")]
impl JwtSettings {
    /// One verifier for each issuer, and for each secret.
    fn verifiers(&self) -> Vec<Jwt> {
        let algorithms = self.algorithms.iter().filter_map(|name| name.parse().ok());
        let algorithms: Vec<_> = algorithms.collect();
        let issuers = self.issuers.iter().map(|url| {
            Jwt::issuer(url)
                .algorithms(algorithms.clone())
                .required(self.required)
        });
        let secrets = self.secret.0.iter().map(Jwt::secret);
        issuers
            .chain(secrets)
            .map(|jwt| self.with_rules(jwt))
            .collect()
    }

    /// Gives a verifier the rules that all of them share.
    fn with_rules(&self, jwt: Jwt) -> Jwt {
        let mut jwt = jwt
            .audience(self.audience.clone())
            .skew(self.skew)
            .scope_claims(self.scope_claims.clone())
            .bound(self.bound);
        if self.max_age > Duration::ZERO {
            jwt = jwt.max_age(self.max_age);
        }
        match &self.token_type {
            Some(kind) => jwt.token_type(kind),
            None => jwt,
        }
    }
}

#[cfg(feature = "tls")]
impl MtlsSettings {
    /// The verifier of callers with certificates.
    fn verifier(&self) -> Mtls {
        let granted = self.scopes.iter().filter_map(|it| it.rsplit_once('='));
        granted.fold(Mtls::new(), |callers, (subject, scopes)| {
            callers.scopes(subject, scopes.split('+'))
        })
    }
}

/// Joins two verifiers, of which the first may not be there.
fn or(
    first: Option<Arc<dyn Authenticate>>,
    second: Arc<dyn Authenticate>,
) -> Arc<dyn Authenticate> {
    match first {
        None => second,
        Some(first) => Arc::new(Or::new(first, second)),
    }
}
