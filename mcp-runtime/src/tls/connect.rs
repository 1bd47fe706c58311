//! The client side of a handshake, for the command `health`.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, crypto, version,
};

/// Encrypts `stream` to the server called `host`, which must present the certificate in the file `own`, or one that
/// the `roots` verify.
///
/// The own certificate is accepted for any name: a container connects to 127.0.0.1.
pub(crate) async fn connect(
    stream: TcpStream,
    host: &str,
    own: Option<&Path>,
    roots: Option<RootCertStore>,
) -> io::Result<TlsStream<TcpStream>> {
    let invalid = |error: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidInput, error.to_string())
    };
    let provider = Arc::new(ring::default_provider());
    let own = own.map(CertificateDer::from_pem_file).transpose();
    let verifier = Known {
        own: own.map_err(|error| invalid(&error))?,
        others: roots.and_then(|roots| verifier(roots, &provider)),
        provider: Arc::clone(&provider),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .map_err(|error| invalid(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|error| invalid(&error))?;
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// Returns the verifier of other servers' certificates; `None` without roots.
fn verifier(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Option<Arc<WebPkiServerVerifier>> {
    let (roots, provider) = (Arc::new(roots), Arc::clone(provider));
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider);
    verifier.build().ok()
}

/// Accepts the own certificate, and those that the verifier accepts.
#[derive(Debug)]
struct Known {
    own: Option<CertificateDer<'static>>,
    others: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.own.as_ref().is_some_and(|own| own == end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        match &self.others {
            Some(others) => others.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            ),
            None => Err(Error::General(
                "the certificate is not that of tls.cert".to_owned(),
            )),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
