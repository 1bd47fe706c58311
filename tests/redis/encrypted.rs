//! A Redis behind TLS.

use std::fs;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::instance::Instance;
use super::server::{REDIS, Redis, free_port};
use super::session::moves_between;

/// The files of a server, and of the authority that issued its certificate; removed when dropped.
struct Files(PathBuf);

impl Files {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("redis-tls-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test");
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let own = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&own, &issuer).unwrap();
        fs::write(folder.join("ca"), authority.pem()).unwrap();
        fs::write(folder.join("crt"), certificate.pem()).unwrap();
        fs::write(folder.join("key"), own.serialize_pem()).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // The rest is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_a_redis_behind_tls_whose_certificate_they_check() {
    let files = Files::new();
    let port = free_port().to_string();
    let [ca, crt, key] = ["ca", "crt", "key"].map(|name| files.path(name));
    let arguments = [
        ["--tls-port", &port],
        ["--tls-cert-file", &crt],
        ["--tls-key-file", &key],
        ["--tls-ca-cert-file", &ca],
        ["--tls-auth-clients", "no"],
    ];
    // The Valkey of CI is built without TLS.
    let _redis = Redis::of(REDIS, arguments.as_flattened());
    let url = format!("rediss://localhost:{port}");
    let trusting = [("SSL_CERT_FILE", &*ca)];
    let [a, b] = [(); 2].map(|()| Instance::with(&url, &trusting));
    moves_between(&a, &b).await;

    // Without the authority it is unavailable to this instance.
    let other = Instance::start(&url);
    assert!(other.metric("mcp_store_up").await < 0.5);
    assert_eq!(other.admitted("limited", 12).await, 10, "alone");
}
