//! Callers by their client certificates, which TLS has verified.
//!
//! TLS has verified the chain, the validity, and that the caller holds the key. This module chooses the caller's name,
//! which must be one that the authority vouches for in the certificate, never one in the request.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Authenticate, Credentials, Deciding, Decision, Reason, Refusal};
use crate::certificate::Certificate;
use crate::principal::Principal;

/// The issuer of callers with certificates.
const ISSUER: &str = "mtls";

/// Callers by their client certificates, which [`Tls::client_ca`](crate::Tls::client_ca) verifies (mutual TLS).
///
/// The caller is the [`Principal`] with the issuer `mtls`; its subject is the first URI among the alternative names of
/// the certificate (such as a SPIFFE id), else the first DNS name, else the common name. If a request has another
/// credential as well, that one determines the caller.
///
/// ```
/// use mcp_runtime::Server;
/// use mcp_runtime::auth::Mtls;
///
/// let callers = Mtls::new().scopes("spiffe://example.com/billing", ["orders:read"]);
/// let server = Server::new("orders", "1.0.0").auth(callers);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Mtls {
    scopes: HashMap<String, Vec<String>>,
}

impl Mtls {
    /// Accepts every certificate of the authorities that TLS trusts, without scopes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Grants scopes to the caller called `subject`.
    #[must_use]
    pub fn scopes(
        mut self,
        subject: impl Into<String>,
        scopes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let scopes = scopes.into_iter().map(Into::into).collect();
        self.scopes.insert(subject.into(), scopes);
        self
    }

    fn decide(&self, credentials: &Credentials<'_>) -> Decision {
        let certificate = credentials.extension::<Arc<Certificate>>();
        let Some(certificate) = certificate.filter(|_| !credentials.is_presented()) else {
            return Decision::Unrecognized;
        };
        let Some(subject) = subject(certificate) else {
            return Decision::Refused(Refusal::new(
                Reason::Claims,
                "the client certificate has no name; use one with an alternative name or a common name",
            ));
        };
        let scopes = self.scopes.get(subject).cloned().unwrap_or_default();
        Decision::Verified(
            Principal::new(subject, scopes)
                .with_issuer(ISSUER)
                .with_expiry(certificate.not_after()),
        )
    }
}

/// The name of the holder of a certificate.
fn subject(certificate: &Certificate) -> Option<&str> {
    let named = certificate.uri_names().first();
    let named = named
        .or(certificate.dns_names().first())
        .map(String::as_str);
    named
        .or(certificate.common_name())
        .filter(|name| !name.is_empty())
}

impl Authenticate for Mtls {
    fn authenticate<'a>(&'a self, credentials: &'a Credentials<'a>) -> Deciding<'a> {
        Box::pin(std::future::ready(self.decide(credentials)))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::request::Parts;
    use axum::http::{Request, header};

    use super::*;

    /// A request over a connection with this certificate, and with these headers.
    fn request(certificate: Option<&[u8]>, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::new(());
        for (name, value) in headers {
            let name: axum::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        if let Some(der) = certificate {
            let certificate = Arc::new(Certificate::from_der(der).unwrap());
            request.extensions_mut().insert(certificate);
        }
        request.into_parts().0
    }

    fn decide(parts: &Parts) -> Option<(String, Vec<String>)> {
        let callers = Mtls::new().scopes("spiffe://example.com/billing", ["orders:read"]);
        let credentials = Credentials::read(parts, &[header::AUTHORIZATION], &[]).unwrap();
        match callers.decide(&credentials) {
            Decision::Verified(caller) => {
                assert_eq!(caller.issuer(), Some("mtls"));
                let subject = caller.subject().unwrap().to_owned();
                Some((subject, caller.scopes().to_vec()))
            }
            Decision::Unrecognized => None,
            Decision::Refused(refusal) => panic!("{refusal:?}"),
        }
    }

    #[tokio::test]
    async fn a_certificate_names_its_caller_unless_there_is_another_credential() {
        let (named, plain) = (
            include_bytes!("mtls/named.der"),
            include_bytes!("mtls/plain.der"),
        );
        let billing = (
            "spiffe://example.com/billing".to_owned(),
            vec!["orders:read".to_owned()],
        );
        assert_eq!(decide(&request(Some(named), &[])), Some(billing));
        assert_eq!(
            decide(&request(Some(plain), &[])),
            Some(("alice".to_owned(), Vec::new()))
        );
        assert_eq!(decide(&request(None, &[])), None);
        let bearer = [("authorization", "Bearer x")];
        assert_eq!(decide(&request(Some(named), &bearer)), None);
    }
}
