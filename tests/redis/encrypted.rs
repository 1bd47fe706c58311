//! A Redis, a cluster, and a primary behind sentinels with TLS.

use std::fs;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::cluster::Cluster;
use super::instance::Instance;
use super::outage::BACK;
use super::sentinel::Watched;
use super::server::{Folder, REDIS, Redis, free_port};
use super::session::moves_between;
use super::share::{changes_arrive, limits_hold};

/// The files of a server, and of the authority that issued its certificate.
struct Files(Folder);

impl Files {
    /// Creates an authority with a name of its own.
    fn new() -> Self {
        Self::of(&format!("test {}", free_port()), &["localhost"])
    }

    /// Creates an authority with a name, and the certificate of a server with these names.
    fn of(name: &str, hosts: &[&str]) -> Self {
        let folder = Folder::new(&format!("tls-{}", free_port()));
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let own = KeyPair::generate().unwrap();
        let hosts: Vec<_> = hosts.iter().map(|it| (*it).to_owned()).collect();
        let params = CertificateParams::new(hosts).unwrap();
        let certificate = params.signed_by(&own, &issuer).unwrap();
        fs::write(folder.0.join("ca"), authority.pem()).unwrap();
        fs::write(folder.0.join("crt"), certificate.pem()).unwrap();
        fs::write(folder.0.join("key"), own.serialize_pem()).unwrap();
        Self(folder)
    }

    /// Returns the settings of a server.
    fn settings(&self) -> Vec<String> {
        let [ca, crt, key] = ["ca", "crt", "key"].map(|name| self.path(name));
        let settings = [
            ["--tls-cert-file", &crt],
            ["--tls-key-file", &key],
            ["--tls-ca-cert-file", &ca],
            ["--tls-auth-clients", "no"],
        ];
        settings.concat().into_iter().map(str::to_owned).collect()
    }

    fn path(&self, name: &str) -> String {
        self.0.0.join(name).display().to_string()
    }
}

/// Starts two instances that trust the authority, and waits until they are connected.
async fn trusting(url: &str, files: &Files) -> [Instance; 2] {
    let ca = files.path("ca");
    let both = [(); 2].map(|()| Instance::with(url, &[("SSL_CERT_FILE", &ca)]));
    for on in &both {
        on.until("mcp_store_up", 1.0, BACK).await;
    }
    both
}

/// Asserts that instances that trust the authority share the Redis at `url`, and others do not.
async fn is_shared_with_trust(url: &str, files: &Files) {
    limits_hold(trusting(url, files).await).await;
    changes_arrive(trusting(url, files).await).await;
    let [a, b] = trusting(url, files).await;
    moves_between(&a, &b).await;
    is_not_trusted(url).await;
}

/// Asserts that an instance that trusts another authority continues alone, and reports the remedy.
async fn is_not_trusted(url: &str) {
    is_not_trusted_by(url, Files::new()).await;
    // Such as one that was created again.
    is_not_trusted_by(url, Files::of("test", &["localhost"])).await;
}

async fn is_not_trusted_by(url: &str, stranger: Files) {
    let other = stranger.path("ca");
    let other = Instance::with(url, &[("SSL_CERT_FILE", &other)]);
    assert!(other.metric("mcp_store_up").await < 0.5);
    assert_eq!(other.admitted("limited", 12).await, 10, "alone");
    let (status, health) = other.get("/health").await;
    assert_eq!(status, 200, "{health}");
    assert!(health.contains("name the file"), "{health}");
    assert!(health.contains("SSL_CERT_FILE"), "{health}");
}

// The Valkey of CI is built without TLS.

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_a_redis_behind_tls_whose_certificate_they_check() {
    let files = Files::of("test", &["localhost"]);
    let port = free_port().to_string();
    let mut settings = files.settings();
    settings.extend(["--tls-port", &port].map(str::to_owned));
    let settings: Vec<_> = settings.iter().map(String::as_str).collect();
    let _redis = Redis::of(REDIS, &settings);
    let url = format!("rediss://localhost:{port}");
    let [a, b] = trusting(&url, &files).await;
    moves_between(&a, &b).await;
    is_not_trusted(&url).await;

    let url = url.replace("localhost", "127.0.0.1");
    let other = Instance::with(&url, &[("SSL_CERT_FILE", &files.path("ca"))]);
    let (_, health) = other.get("/health").await;
    assert!(health.contains("as in the certificate"), "{health}");
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_a_cluster_with_tls_whose_certificates_they_check() {
    let files = Files::of("test", &["127.0.0.1"]);
    let settings = files.settings();
    let settings: Vec<_> = settings.iter().map(String::as_str).collect();
    let cluster = Cluster::encrypted(&settings);
    let url = format!("rediss+cluster://{}", cluster.hosts());
    is_shared_with_trust(&url, &files).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_a_primary_behind_sentinels_with_tls_whose_certificates_they_check() {
    let files = Files::of("test", &["127.0.0.1"]);
    let settings = files.settings();
    let settings: Vec<_> = settings.iter().map(String::as_str).collect();
    let watched = Watched::encrypted(&settings);
    let url = format!("rediss+sentinel://{}", watched.rest());
    is_shared_with_trust(&url, &files).await;
}
