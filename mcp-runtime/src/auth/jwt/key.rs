//! Public keys of tokens: from a JWK (RFC 7517, section 4) to the verification of a signature.
//!
//! Only parameters for verifying signatures are read. A JWK with a private part, with an exponent of more than 32 bits
//! or with more than 8192 bits is not used: issuers do not publish those, and the last two would make verification
//! slow.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Value, json};

use super::algorithm::SigningAlgorithm;

use crate::digest::sha256;

/// A key as an issuer writes it; parameters that are not read are left out.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::auth) struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    d: Option<Value>,
    k: Option<Value>,
}

/// A public key that verifies signatures.
#[derive(Clone, Debug)]
pub(in crate::auth) struct Key {
    pub id: Option<String>,
    material: Material,
    /// The only algorithm that the key permits, if it names one.
    only: Option<SigningAlgorithm>,
    /// The SHA-256 thumbprint in base64url (RFC 7638).
    pub thumbprint: String,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Curve(SigningAlgorithm, Vec<u8>),
}

impl Jwk {
    /// Returns `true` if the parameters of a private or symmetric key are in it.
    pub(in crate::auth) fn is_secret(&self) -> bool {
        self.d.is_some() || self.k.is_some() || self.kty == "oct"
    }

    /// The key, if it is complete, for signatures, and of a known type.
    pub(in crate::auth) fn key(&self) -> Option<Key> {
        let signs = self.usage.as_deref().is_none_or(|it| it == "sig");
        let verifies = self.key_ops.as_ref();
        let verifies = verifies.is_none_or(|it| it.iter().any(|op| op == "verify" || op == "sign"));
        if !signs || !verifies || self.kty == "oct" {
            return None;
        }
        let only = match &self.alg {
            None => None,
            Some(name) => Some(name.parse().ok()?),
        };
        let key = Key {
            id: self.kid.clone(),
            material: self.material()?,
            only,
            thumbprint: self.thumbprint()?,
        };
        key.only.is_none_or(|it| key.fits(it)).then_some(key)
    }

    fn material(&self) -> Option<Material> {
        let part = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
        let point = |bytes: usize| {
            let (x, y) = (part(&self.x)?, part(&self.y)?);
            (x.len() == bytes && y.len() == bytes).then(|| [&[4], &*x, &*y].concat())
        };
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => {
                let strip = |bytes: Vec<u8>| {
                    let zeros = bytes.iter().take_while(|it| **it == 0).count();
                    bytes[zeros..].to_vec()
                };
                let (n, e) = (strip(part(&self.n)?), strip(part(&self.e)?));
                // Up to 8192 bits, and an exponent that does not make verifying slow.
                (n.len() <= 1024 && e.len() <= 4).then_some(Material::Rsa { n, e })
            }
            ("EC", Some("P-256")) => Some(Material::Curve(SigningAlgorithm::ES256, point(32)?)),
            ("EC", Some("P-384")) => Some(Material::Curve(SigningAlgorithm::ES384, point(48)?)),
            ("OKP", Some("Ed25519")) => {
                let x = part(&self.x)?;
                (x.len() == 32).then_some(Material::Curve(SigningAlgorithm::EdDSA, x))
            }
            _ => None,
        }
    }

    /// The digest of the required members in their order (RFC 7638, section 3; RFC 8037, appendix A.3).
    fn thumbprint(&self) -> Option<String> {
        let members = match self.kty.as_str() {
            "RSA" => json!({ "e": self.e, "kty": self.kty, "n": self.n }),
            "EC" => json!({ "crv": self.crv, "kty": self.kty, "x": self.x, "y": self.y }),
            "OKP" => json!({ "crv": self.crv, "kty": self.kty, "x": self.x }),
            _ => return None,
        };
        Some(URL_SAFE_NO_PAD.encode(sha256([members.to_string().as_bytes()])))
    }
}

impl Key {
    /// Returns `true` if the key is one of `algorithm`.
    pub(in crate::auth) fn allows(&self, algorithm: SigningAlgorithm) -> bool {
        self.only.is_none_or(|only| only == algorithm) && self.fits(algorithm)
    }

    fn fits(&self, algorithm: SigningAlgorithm) -> bool {
        match &self.material {
            Material::Rsa { .. } => algorithm.rsa().is_some(),
            Material::Curve(own, _) => *own == algorithm,
        }
    }

    /// Returns `true` if `signature` is that of `message` by `algorithm`.
    pub(in crate::auth) fn verifies(
        &self,
        algorithm: SigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        if !self.allows(algorithm) {
            return false;
        }
        match (&self.material, algorithm.rsa(), algorithm.curve()) {
            (Material::Rsa { n, e }, Some(parameters), _) => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(parameters, message, signature).is_ok()
            }
            (Material::Curve(_, point), _, Some(curve)) => {
                let key = UnparsedPublicKey::new(curve, point);
                key.verify(message, signature).is_ok()
            }
            _ => false,
        }
    }
}
