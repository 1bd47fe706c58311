//! Certificates of a test authority, and tokens bound to one of a client.

use std::fs;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use ring::{digest, hmac};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, version};

use super::child::{Folder, probe};
use super::http::Listening;

/// An authority that issues certificates.
pub(super) struct Authority {
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key.
struct Pair {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

/// The files of a server, removed at the end.
pub(super) struct Files {
    folder: Folder,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test");
        let key = KeyPair::generate().unwrap();
        Self {
            certificate: params.self_signed(&key).unwrap(),
            issuer: Issuer::new(params, key),
        }
    }

    fn issue(&self, name: &str) -> Pair {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Pair { certificate, key }
    }

    /// Writes the files of a server.
    pub(super) fn files(&self, name: &str) -> Files {
        let folder = Folder::new(name);
        let own = self.issue("localhost");
        let files = Files { folder };
        fs::write(files.file("crt"), own.certificate.pem()).unwrap();
        fs::write(files.file("key"), own.key.serialize_pem()).unwrap();
        fs::write(files.file("ca"), self.certificate.pem()).unwrap();
        files
    }
}

impl Files {
    fn file(&self, name: &str) -> String {
        self.folder.0.join(name).display().to_string()
    }

    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("MCP_TLS_CERT_PATH", self.file("crt")),
            ("MCP_TLS_KEY_PATH", self.file("key")),
        ]
    }
}

/// A client of the authority's servers, with a certificate or without one.
fn client(authority: &Authority, own: Option<&Pair>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.der().clone()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
        .with_root_certificates(roots);
    let config = match own {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let chain: Vec<CertificateDer<'static>> = vec![own.certificate.der().clone()];
            let key = PrivatePkcs8KeyDer::from(own.key.serialize_der());
            builder
                .with_client_auth_cert(chain, PrivateKeyDer::from(key))
                .unwrap()
        }
    };
    TlsConnector::from(Arc::new(config))
}

const SECRET: &str = "a secret of at least 32 bytes for HS256";
const AUDIENCE: &str = "https://mcp.example.com/mcp";

/// A token bound to the certificate with this thumbprint.
fn token(thumbprint: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let claims = json!({
        "iss": "https://login.example.com", "sub": "ann", "aud": AUDIENCE, "exp": now.as_secs() + 600,
        "cnf": { "x5t#S256": thumbprint },
    });
    let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!(
        "{}.{}",
        part(json!({ "alg": "HS256", "typ": "at+jwt" })),
        part(claims)
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()));
    format!("{message}.{signature}")
}

#[tokio::test]
async fn a_token_bound_to_a_certificate_is_accepted_with_that_certificate_only() {
    let authority = Authority::new();
    let files = authority.files("bound");
    let server = Listening::secured(
        probe()
            .envs(files.environment())
            .env("MCP_TLS_CLIENT_CA", files.file("ca"))
            .env("MCP_TLS_CLIENT_AUTH", "request")
            .env("MCP_PUBLIC_URL", "https://mcp.example.com")
            .env("MCP_JWT_SECRET_KEY", SECRET),
    );
    let (own, other) = (authority.issue("ann"), authority.issue("eve"));
    let thumbprint = digest::digest(&digest::SHA256, own.certificate.der());
    let token = token(&URL_SAFE_NO_PAD.encode(thumbprint));
    for (certificate, expected) in [(Some(&own), "200"), (Some(&other), "401"), (None, "401")] {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let name = "localhost".try_into().unwrap();
        let mut stream = client(&authority, certificate)
            .connect(name, stream)
            .await
            .unwrap();
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": { "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {} } } });
        let body = body.to_string();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
             content-type: application/json\r\naccept: application/json, text/event-stream\r\n\
             mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/list\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert_eq!(status, expected, "{answer}");
    }
}
