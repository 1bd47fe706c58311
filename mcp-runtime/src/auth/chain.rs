//! Two verifiers combined: a caller accepted by either is admitted.
//!
//! Both verifiers see the same credentials. If both refuse, the caller gets one of the two refusals; that of a
//! verifier that does not recognize the credentials comes last.

use std::path::PathBuf;

use axum::http::HeaderName;

use super::{Authenticate, Credentials, Deciding, Decision, Features, Reloaded, Starting};

/// Two verifiers in order, made by [`Authenticate::or`].
///
/// Chains of more than two are nested: `keys.or(tokens).or(certificates)`. Faults and authorization
/// servers are those of all.
#[derive(Clone, Debug)]
pub struct Or<A, B> {
    first: A,
    second: B,
}

impl<A, B> Or<A, B> {
    pub(super) fn new(first: A, second: B) -> Self {
        Self { first, second }
    }
}

impl<A: Authenticate, B: Authenticate> Authenticate for Or<A, B> {
    fn authenticate<'a>(&'a self, credentials: &'a Credentials<'a>) -> Deciding<'a> {
        Box::pin(async move {
            match self.first.authenticate(credentials).await {
                Decision::Verified(principal) => Decision::Verified(principal),
                Decision::Unrecognized => self.second.authenticate(credentials).await,
                Decision::Refused(one) => match self.second.authenticate(credentials).await {
                    Decision::Unrecognized => Decision::Refused(one),
                    Decision::Refused(other) => Decision::Refused(one.or(other)),
                    verified => verified,
                },
            }
        })
    }

    fn headers(&self) -> Vec<HeaderName> {
        union(self.first.headers(), self.second.headers())
    }

    fn authorization_servers(&self) -> Vec<String> {
        union(
            self.first.authorization_servers(),
            self.second.authorization_servers(),
        )
    }

    fn features(&self) -> Features {
        let (first, second) = (self.first.features(), self.second.features());
        Features {
            shared_secret: first.shared_secret || second.shared_secret,
            proofs: first.proofs || second.proofs,
            bound: first.bound && second.bound,
        }
    }

    fn faults(&self, resources: &[String]) -> Vec<String> {
        let mut faults = union(self.first.faults(resources), self.second.faults(resources));
        if self.features().shared_secret && !self.authorization_servers().is_empty() {
            // Or a public key could be taken for a secret (RFC 8725, section 2.1).
            let fault = "tokens of a shared secret cannot be accepted in addition to those of an issuer; remove one of them";
            faults = union(faults, vec![fault.to_owned()]);
        }
        faults
    }

    fn start(&self) -> Starting<'_> {
        Box::pin(async {
            self.first.start().await?;
            self.second.start().await
        })
    }

    fn reload(&self) -> Result<Reloaded, String> {
        let (first, second) = (self.first.reload()?, self.second.reload()?);
        Ok(Box::new(|| {
            first();
            second();
        }))
    }

    fn files(&self) -> Vec<PathBuf> {
        union(self.first.files(), self.second.files())
    }
}

fn union<T: PartialEq>(mut list: Vec<T>, more: Vec<T>) -> Vec<T> {
    for it in more {
        if !list.contains(&it) {
            list.push(it);
        }
    }
    list
}
