//! The files of a certificate, its key and the authorities of callers, as a configuration of rustls.
//!
//! All faults of files are found here, before a client connects: a file that is missing, too large or not PEM, a chain
//! without a certificate, a key of another certificate. The key is kept only inside rustls. `config/watch.rs` watches
//! the paths.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{NoClientAuth, WebPkiClientVerifier};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, version};

use super::{ClientAuth, Files, TlsVersion};
use crate::certificate::Certificate;
use crate::error::Error;

/// The names of the files in errors.
const CERTIFICATE: &str = "tls.cert";
const KEY: &str = "tls.key";
const CLIENT_CA: &str = "tls.client_ca";
/// The maximum size of a file.
const MAX_SIZE: u64 = 1024 * 1024;
/// The protocols that a client can choose, the preferred one first (RFC 7301).
const ALPN: &[&[u8]] = &[
    #[cfg(feature = "http2")]
    b"h2",
    b"http/1.1",
];

/// The contents of the files.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub config: Arc<ServerConfig>,
    /// The certificate of the server, if it can be parsed.
    pub certificate: Option<Certificate>,
}

impl Files {
    /// Reads all of the files.
    pub(super) fn load(&self) -> Result<Loaded, Error> {
        for (name, path, other) in [
            (CERTIFICATE, &self.certificate, KEY),
            (KEY, &self.key, CERTIFICATE),
        ] {
            if path.as_os_str().is_empty() {
                let advice =
                    format!("TLS needs {CERTIFICATE} and {KEY}; set it in addition to {other}");
                return Err(Error::setting(name, "", &advice));
            }
        }
        let provider = Arc::new(ring::default_provider());
        let chain = certificates(CERTIFICATE, &self.certificate)?;
        let first = chain.first();
        let certificate = first.and_then(|first| Certificate::from_der(first).ok());
        let key = private_key(&self.key)?;
        let certified = CertifiedKey::from_der(chain, key, &provider).map_err(|problem| {
            let advice = format!(
                "it does not go with {CERTIFICATE} {} ({problem}); write the key of that certificate",
                self.certificate.display()
            );
            fault(KEY, &self.key, &advice)
        })?;
        let versions = match self.min_version {
            TlsVersion::V1_2 => &[&version::TLS13, &version::TLS12][..],
            TlsVersion::V1_3 => &[&version::TLS13],
        };
        let verifier = self.verifier(&provider)?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(Error::other)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        config.alpn_protocols = ALPN.iter().map(|name| name.to_vec()).collect();
        Ok(Loaded {
            config: Arc::new(config),
            certificate,
        })
    }

    /// The paths of the files.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let files = [
            Some(&self.certificate),
            Some(&self.key),
            self.client_ca.as_ref(),
        ];
        files.into_iter().flatten().cloned().collect()
    }

    fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ClientCertVerifier>, Error> {
        let Some((file, required)) = self.authorities() else {
            if let Some(auth) = self.client_auth
                && auth != ClientAuth::None
            {
                let advice = "it needs the authorities of callers; set tls.client_ca";
                return Err(Error::setting("tls.client_auth", auth.as_str(), advice));
            }
            return Ok(Arc::new(NoClientAuth));
        };
        let mut roots = RootCertStore::empty();
        for certificate in certificates(CLIENT_CA, file)? {
            roots
                .add(certificate)
                .map_err(|problem| fault(CLIENT_CA, file, &problem.to_string()))?;
        }
        let verifier =
            WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(provider));
        let verifier = if required {
            verifier
        } else {
            verifier.allow_unauthenticated()
        };
        verifier
            .build()
            .map(|it| it as Arc<dyn ClientCertVerifier>)
            .map_err(|problem| fault(CLIENT_CA, file, &problem.to_string()))
    }
}

fn certificates(name: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = read(name, path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match found {
        Ok(found) if found.is_empty() => Err(fault(
            name,
            path,
            "it has no certificate; write one in PEM, which begins with -----BEGIN CERTIFICATE-----",
        )),
        Ok(found) => Ok(found),
        Err(problem) => Err(fault(name, path, &format!("it is not PEM: {problem}"))),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    let text = read(KEY, path)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|problem| {
        let advice = format!("it has no private key in PEM without a password: {problem}");
        fault(KEY, path, &advice)
    })
}

fn read(name: &str, path: &Path) -> Result<Vec<u8>, Error> {
    use std::io::Read as _;
    let mut text = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut text))
        .map_err(|cause| fault(name, path, &format!("it cannot be read: {cause}")))?;
    if text.len() as u64 > MAX_SIZE {
        return Err(fault(name, path, "it is larger than 1 MiB"));
    }
    Ok(text)
}

fn fault(name: &str, path: &Path, problem: &str) -> Error {
    Error::setting(name, &path.to_string_lossy(), problem)
}
