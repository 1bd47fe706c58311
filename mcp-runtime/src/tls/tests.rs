//! Handshakes over a pipe, with files made for the test.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};
use tokio::io::{DuplexStream, duplex};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{
    ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version,
};

use super::*;
use crate::certificate::Certificate;

const LIMIT: Duration = Duration::from_secs(10);

/// A separate folder, removed at the end of the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("mcp-tls-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).unwrap();
    }

    pub(crate) fn tls(&self) -> Tls {
        Tls::files(self.file("server.crt"), self.file("server.key"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An authority, and the certificates that it issues.
pub(crate) struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
pub(crate) struct Pair {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test");
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Self {
            certificate,
            issuer: Issuer::new(params, key),
        }
    }

    /// Issues a certificate for `localhost` and a caller called `name`.
    pub(crate) fn issue(&self, name: &str) -> Pair {
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let uri = format!("spiffe://test/{name}");
        params
            .subject_alt_names
            .push(SanType::URI(uri.as_str().try_into().unwrap()));
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Pair {
            certificate,
            key: key.serialize_pem(),
        }
    }

    /// Writes a new certificate of the server, and the authority's own as `ca.crt`.
    pub(crate) fn write(&self, folder: &Folder) -> Pair {
        let pair = self.issue("server");
        folder.write("ca.crt", &self.certificate);
        folder.write("server.key", &pair.key);
        folder.write("server.crt", &pair.certificate);
        pair
    }

    /// A client that trusts this authority, and has the certificate of `pair`.
    pub(crate) fn client(
        &self,
        pair: Option<&Pair>,
        versions: &[&'static SupportedProtocolVersion],
        protocol: &str,
    ) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        let own = CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap();
        roots.add(own).unwrap();
        let config = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match pair {
            None => config.with_no_client_auth(),
            Some(pair) => {
                let chain = CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap();
                let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
                config.with_client_auth_cert(vec![chain], key).unwrap()
            }
        };
        config.alpn_protocols = vec![protocol.into()];
        TlsConnector::from(Arc::new(config))
    }
}

impl Pair {
    /// The certificate in DER.
    pub(crate) fn der(&self) -> Vec<u8> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes())
            .unwrap()
            .to_vec()
    }
}

/// The outcome of a handshake on both sides.
type Ends = (
    std::io::Result<TlsStream<DuplexStream>>,
    Result<Option<Arc<Certificate>>, Refused>,
);

async fn connect(handshake: &Handshake, client: TlsConnector) -> Ends {
    let (near, far) = duplex(64 * 1024);
    let name = "localhost".try_into().unwrap();
    let (client, server) = tokio::join!(client.connect(name, near), handshake.accept(far, LIMIT));
    (client, server.map(|(_, certificate)| certificate))
}

/// The first certificate that the server showed, in DER.
fn shown(stream: &TlsStream<DuplexStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

#[tokio::test]
async fn both_versions_are_spoken_and_the_older_one_only_if_it_is_allowed() {
    let (folder, authority) = (Folder::new(), Authority::new());
    authority.write(&folder);
    let any = Handshake::new(&folder.tls()).unwrap();
    let newest = Handshake::new(&folder.tls().min_version(TlsVersion::V1_3)).unwrap();
    for (version, spoken) in [
        (&version::TLS12, ProtocolVersion::TLSv1_2),
        (&version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let (client, server) = connect(&any, authority.client(None, &[version], "h2")).await;
        assert!(server.unwrap().is_none());
        let stream = client.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(spoken));
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (client, server) = connect(&newest, authority.client(None, &[version], "h2")).await;
        let is_newest = spoken == ProtocolVersion::TLSv1_3;
        assert_eq!(
            (client.is_ok(), server.is_ok()),
            (is_newest, is_newest),
            "{spoken:?}"
        );
    }
}

#[tokio::test]
async fn a_caller_is_asked_for_a_certificate_as_far_as_the_setting_says() {
    let (folder, authority, other) = (Folder::new(), Authority::new(), Authority::new());
    authority.write(&folder);
    let (ann, foreign) = (authority.issue("ann"), other.issue("ann"));
    // The outcomes without a certificate, with one, and with a foreign one.
    for (auth, lets_in) in [
        (None, [false, true, false]),
        (Some(ClientAuth::Require), [false, true, false]),
        (Some(ClientAuth::Request), [true, true, false]),
        (Some(ClientAuth::None), [true, true, true]),
    ] {
        let mut tls = folder.tls().client_ca(folder.file("ca.crt"));
        if let Some(auth) = auth {
            tls = tls.client_auth(auth);
        }
        let handshake = Handshake::new(&tls).unwrap();
        for (pair, wanted) in [None, Some(&ann), Some(&foreign)].into_iter().zip(lets_in) {
            let client = authority.client(pair, &[&version::TLS13], "h2");
            let (_, server) = connect(&handshake, client).await;
            assert_eq!(server.is_ok(), wanted, "{auth:?}");
            let certificate = server.ok().flatten();
            let is_asked = auth != Some(ClientAuth::None);
            assert_eq!(
                certificate.is_some(),
                wanted && pair.is_some() && is_asked,
                "{auth:?}"
            );
            if let Some(certificate) = certificate {
                assert_eq!(certificate.common_name(), Some("ann"));
                assert_eq!(certificate.uri_names(), ["spiffe://test/ann"]);
                assert_eq!(*certificate, Certificate::from_der(&ann.der()).unwrap());
            }
        }
    }
}

#[tokio::test]
async fn a_half_written_pair_keeps_the_old_one_and_a_whole_one_takes_its_place() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let old = authority.write(&folder);
    let handshake = Handshake::new(&folder.tls()).unwrap();
    let new = authority.issue("server");
    let half = &new.certificate[..new.certificate.len() / 2];
    for (step, changes, served) in [
        ("half a certificate", Some(("server.crt", half)), &old),
        (
            "without its key",
            Some(("server.crt", &*new.certificate)),
            &old,
        ),
        ("with its key", Some(("server.key", &*new.key)), &new),
        ("removed", None, &new),
    ] {
        match changes {
            Some((name, text)) => folder.write(name, text),
            None => fs::remove_file(folder.file("server.key")).unwrap(),
        }
        let loaded = handshake.read();
        assert_eq!(loaded.is_ok(), step == "with its key", "{step}");
        if let Ok(Some(loaded)) = loaded {
            handshake.put(loaded);
        }
        let (client, _) =
            connect(&handshake, authority.client(None, &[&version::TLS13], "h2")).await;
        assert_eq!(shown(&client.unwrap()), served.der(), "{step}");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_the_reason() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let pair = authority.write(&folder);
    folder.write("empty.pem", "");
    folder.write("foreign.key", &authority.issue("other").key);
    folder.write("large.crt", &"\n".repeat(1024 * 1024 + 1));
    let file = |name| folder.file(name);
    let of = |certificate, key| Tls::files(file(certificate), file(key));
    for (tls, says) in [
        (
            of("missing.crt", "server.key"),
            ["tls.cert", "missing.crt", "cannot be read"],
        ),
        (
            of("server.crt", "missing.key"),
            ["tls.key", "missing.key", "cannot be read"],
        ),
        (
            of("empty.pem", "server.key"),
            ["tls.cert", "empty.pem", "no certificate"],
        ),
        (
            of("server.key", "server.key"),
            ["tls.cert", "server.key", "no certificate"],
        ),
        (
            of("large.crt", "server.key"),
            ["tls.cert", "large.crt", "larger than 1 MiB"],
        ),
        (
            of("server.crt", "server.crt"),
            ["tls.key", "server.crt", "no private key"],
        ),
        (
            of("server.crt", "foreign.key"),
            ["tls.key", "foreign.key", "does not go with"],
        ),
        (
            folder.tls().client_ca(file("missing.ca")),
            ["tls.client_ca", "missing.ca", "cannot be read"],
        ),
        (
            folder.tls().client_ca(file("empty.pem")),
            ["tls.client_ca", "empty.pem", "no certificate"],
        ),
        (
            folder.tls().client_auth(ClientAuth::Request),
            ["tls.client_auth", "request", "set tls.client_ca"],
        ),
    ] {
        let error = Handshake::new(&tls).unwrap_err();
        assert!(error.is_setting());
        for part in says {
            assert!(error.to_string().contains(part), "{error}");
        }
        assert!(!error.to_string().contains(&pair.key));
        let server = crate::Server::new("secret", "1.0.0").tls(tls);
        assert!(server.check().is_err(), "it stops the start");
    }
}
