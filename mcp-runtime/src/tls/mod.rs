//! TLS by rustls: the settings, and the configuration of handshakes made from their files.
//!
//! There are three forms: the settings ([`Tls`]), the contents of their files (`files.rs`), and the configuration in
//! force, which handshakes take and reloads replace (`handshake.rs`). Faults of files are faults of settings: they
//! name the setting, the file and the remedy, and [`Server::check`](crate::Server::check) reports all of them.

#[cfg(feature = "cli")]
mod connect;
mod files;
mod handshake;

use std::path::PathBuf;
use std::sync::Arc;

#[cfg(feature = "cli")]
pub(crate) use connect::connect;
pub(crate) use handshake::{Handshake, Refused};
use tokio_rustls::rustls::ServerConfig;

/// The certificate, the key and the client authorities of a server that listens itself.
///
/// TLS 1.2 and 1.3 with the cipher suites of rustls, all of which have forward secrecy; HTTP/1.1 by ALPN, and HTTP/2 with
/// the feature `http2`. The
/// provider of cryptography is ring, passed explicitly: the process-wide one stays as the program has set it.
///
/// All files are PEM. They are read when the server is built, and again within 5 s after a change: new connections get
/// the new certificate, and open ones continue. A file that cannot be read stops the start; if it cannot be read
/// again, or the key does not match the certificate, the previous ones stay in force and the log has a line.
/// `mcp_tls_certificate_expiry_timestamp_seconds` is the expiry of the certificate in force.
///
/// ```no_run
/// # use mcp_runtime::{Server, Tls};
/// # async fn main_() -> mcp_runtime::Result<()> {
/// Server::new("shop", "1.0.0").tls(Tls::files("server.crt", "server.key")).serve_http("0.0.0.0:8443").await
/// # }
/// ```
///
/// | method | key | variable |
/// |---|---|---|
/// | [`Tls::files`] | `tls.cert`, `tls.key` | `MCP_TLS_CERT_PATH`, `MCP_TLS_KEY_PATH` |
/// | [`Tls::min_version`] | `tls.min_version` | `MCP_TLS_MIN_VERSION` |
/// | [`Tls::client_ca`] | `tls.client_ca` | `MCP_TLS_CLIENT_CA` |
/// | [`Tls::client_auth`] | `tls.client_auth` | `MCP_TLS_CLIENT_AUTH` |
///
/// A file has at most 1 MiB. A handshake has
/// [`Limits::handshake_timeout`](crate::Limits::handshake_timeout).
#[derive(Clone, Debug)]
#[must_use = "TLS is given to `Server::tls`"]
pub struct Tls(Source);

#[derive(Clone, Debug)]
enum Source {
    Files(Files),
    Config(Arc<ServerConfig>),
}

/// The files, and the settings for their use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub client_ca: Option<PathBuf>,
    pub client_auth: Option<ClientAuth>,
    pub min_version: TlsVersion,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246).
    #[default]
    V1_2,
    /// TLS 1.3 (RFC 8446).
    V1_3,
}

/// The requirement of client certificates.
///
/// Written `none`, `request` and `require` in `mcp.toml` and the environment. `request` and
/// `require` without authorities stop the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// No certificate is requested.
    None,
    /// A certificate is requested. A caller without one is accepted, one with a certificate of another authority is
    /// not.
    Request,
    /// The handshake fails without one.
    Require,
}

impl Tls {
    /// Reads the certificate, with its chain, and its private key from files.
    ///
    /// The chain begins with the server's own certificate. The key is PKCS#8, PKCS#1 or SEC1,
    /// without a password.
    pub fn files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self(Source::Files(Files {
            certificate: certificate.into(),
            key: key.into(),
            ..Files::default()
        }))
    }

    /// Uses a configuration of rustls, such as one with another provider of cryptography. It is not reloaded.
    ///
    /// It must set the protocols of ALPN: `http/1.1`, and `h2` with the feature `http2`.
    pub fn config(config: impl Into<Arc<ServerConfig>>) -> Self {
        Self(Source::Config(config.into()))
    }

    /// Sets the oldest version that callers may use. Default: TLS 1.2. No effect on [`Tls::config`].
    pub fn min_version(self, version: TlsVersion) -> Self {
        self.with(|files| files.min_version = version)
    }

    /// Sets the file of the authorities that issue client certificates. No effect on [`Tls::config`].
    ///
    /// By default, a caller then needs a certificate ([`ClientAuth::Require`]). For access by its name, add
    /// [`auth::Mtls`](crate::auth::Mtls).
    pub fn client_ca(self, file: impl Into<PathBuf>) -> Self {
        self.with(|files| files.client_ca = Some(file.into()))
    }

    /// Sets the callers that need a certificate of [`Tls::client_ca`]. Default: all, if authorities are set.
    pub fn client_auth(self, auth: ClientAuth) -> Self {
        self.with(|files| files.client_auth = Some(auth))
    }

    /// The files, unless the program has set a configuration.
    pub(crate) fn of_files(&self) -> Option<&Files> {
        match &self.0 {
            Source::Files(files) => Some(files),
            Source::Config(_) => None,
        }
    }

    /// Changes the files; files of settings replace a configuration of the program.
    pub(crate) fn with_files(self, change: impl FnOnce(&mut Files)) -> Self {
        match self.0 {
            Source::Files(_) => self,
            Source::Config(_) => Self::default(),
        }
        .with(change)
    }

    fn with(mut self, change: impl FnOnce(&mut Files)) -> Self {
        if let Source::Files(files) = &mut self.0 {
            change(files);
        }
        self
    }
}

impl Default for Tls {
    fn default() -> Self {
        Self(Source::Files(Files::default()))
    }
}

impl ClientAuth {
    /// The value in `mcp.toml`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Request => "request",
            Self::Require => "require",
        }
    }
}

impl Files {
    /// The authorities of client certificates, if requested, and whether a certificate is required.
    fn authorities(&self) -> Option<(&PathBuf, bool)> {
        let auth = self.client_auth.unwrap_or(ClientAuth::Require);
        let file = self.client_ca.as_ref()?;
        (auth != ClientAuth::None).then_some((file, auth == ClientAuth::Require))
    }
}

#[cfg(test)]
pub(crate) mod tests;
