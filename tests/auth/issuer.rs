//! A test issuer: discovery and keys over HTTP, and tokens signed by them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mcp_runtime::axum::Router;
use mcp_runtime::axum::extract::Request;
use mcp_runtime::axum::response::{IntoResponse as _, Response};
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use ring::{hmac, rsa};
use serde_json::{Value, json};

/// The audience of valid tokens.
pub(super) const AUDIENCE: &str = "https://mcp.example.com/mcp";
pub(super) const PUBLIC: &str = "https://mcp.example.com";

/// A key that signs tokens.
pub(super) enum Signer {
    Es256(EcdsaKeyPair),
    Es384(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rsa(RsaKeyPair, &'static str),
    Hs256(Vec<u8>),
}

impl Signer {
    pub(super) fn es256() -> Self {
        Self::Es256(curve(&signature::ECDSA_P256_SHA256_FIXED_SIGNING))
    }

    pub(super) fn es384() -> Self {
        Self::Es384(curve(&signature::ECDSA_P384_SHA384_FIXED_SIGNING))
    }

    pub(super) fn eddsa() -> Self {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::EdDsa(Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap())
    }

    /// RSA with `algorithm`; all of them share one key.
    pub(super) fn rsa(algorithm: &'static str) -> Self {
        let key = RsaKeyPair::from_pkcs8(include_bytes!("keys/rsa.pk8")).unwrap();
        Self::Rsa(key, algorithm)
    }

    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Self::Es256(_) => "ES256",
            Self::Es384(_) => "ES384",
            Self::EdDsa(_) => "EdDSA",
            Self::Rsa(_, algorithm) => algorithm,
            Self::Hs256(_) => "HS256",
        }
    }

    /// The public key (RFC 7517), with this id.
    pub(super) fn jwk(&self, id: &str) -> Value {
        let mut jwk = match self {
            Self::Es256(key) => point("P-256", key),
            Self::Es384(key) => point("P-384", key),
            Self::EdDsa(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key()) })
            }
            Self::Rsa(key, _) => {
                let key = rsa::PublicKeyComponents::<Vec<u8>>::from(key.public());
                json!({ "kty": "RSA", "n": encode(key.n), "e": encode(key.e) })
            }
            Self::Hs256(secret) => json!({ "kty": "oct", "k": encode(secret) }),
        };
        jwk["kid"] = json!(id);
        jwk
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(key) | Self::Es384(key) => {
                key.sign(&random, message).unwrap().as_ref().to_vec()
            }
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Self::Rsa(key, algorithm) => {
                let encoding: &dyn signature::RsaEncoding = match *algorithm {
                    "RS256" => &signature::RSA_PKCS1_SHA256,
                    "RS384" => &signature::RSA_PKCS1_SHA384,
                    "PS256" => &signature::RSA_PSS_SHA256,
                    other => panic!("{other}"),
                };
                let mut signed = vec![0; key.public().modulus_len()];
                key.sign(encoding, &random, message, &mut signed).unwrap();
                signed
            }
            Self::Hs256(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&key, message).as_ref().to_vec()
            }
        }
    }

    /// A token with this header and these claims, verbatim.
    pub(super) fn raw(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = encode(self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// A token of the key `id` with these claims.
    pub(super) fn token(&self, id: &str, claims: &Value) -> String {
        let header = json!({ "alg": self.algorithm(), "kid": id, "typ": "at+jwt" });
        self.raw(&header.to_string(), &claims.to_string())
    }
}

fn curve(algorithm: &'static signature::EcdsaSigningAlgorithm) -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random).unwrap()
}

fn point(curve: &str, key: &EcdsaKeyPair) -> Value {
    let point = &key.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    json!({ "kty": "EC", "crv": curve, "x": encode(x), "y": encode(y) })
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// A response of the issuer.
type Answers = Box<dyn Fn(&str) -> Response + Send>;

/// A listening issuer.
#[derive(Clone)]
pub(super) struct Issuer {
    pub(super) url: String,
    answers: Arc<Mutex<Answers>>,
    /// The number of requests for its keys.
    pub(super) fetches: Arc<AtomicU32>,
}

impl Issuer {
    /// An issuer with these keys.
    pub(super) async fn new(keys: Vec<Value>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Self {
            url,
            answers: Arc::new(Mutex::new(Box::new(|_| 500.status()))),
            fetches: Arc::default(),
        };
        issuer.has(keys);
        let served = issuer.clone();
        let router = Router::new().fallback(move |request: Request| {
            let path = request.uri().path().to_owned();
            if path == "/keys" {
                served.fetches.fetch_add(1, Ordering::SeqCst);
            }
            let answer = (served.answers.lock().unwrap())(&path);
            async move { answer }
        });
        tokio::spawn(async move { mcp_runtime::axum::serve(listener, router).await });
        issuer
    }

    /// Replaces its keys.
    pub(super) fn has(&self, keys: Vec<Value>) {
        let document = json!({ "keys": keys }).to_string();
        self.keys_are(move || document.clone().into_response());
    }

    /// Responds to requests for its keys with `keys`.
    pub(super) fn keys_are(&self, keys: impl Fn() -> Response + Send + 'static) {
        let metadata = json!({ "issuer": self.url, "jwks_uri": format!("{}/keys", self.url) });
        let metadata = metadata.to_string();
        self.answers(move |path| match path {
            "/.well-known/oauth-authorization-server" => metadata.clone().into_response(),
            "/keys" => keys(),
            _ => 404.status(),
        });
    }

    /// Responds to every request with `answers`.
    pub(super) fn answers(&self, answers: impl Fn(&str) -> Response + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    pub(super) fn fetched(&self) -> u32 {
        self.fetches.load(Ordering::SeqCst)
    }

    /// Claims of a valid token.
    pub(super) fn claims(&self) -> Value {
        json!({
            "iss": self.url, "aud": AUDIENCE, "sub": "ann", "exp": now() + 3600, "iat": now(), "scope": "orders:read",
        })
    }
}

/// A response with a status only.
pub(super) trait Status {
    fn status(self) -> Response;
}

impl Status for u16 {
    fn status(self) -> Response {
        let status = mcp_runtime::axum::http::StatusCode::from_u16(self).unwrap();
        status.into_response()
    }
}
