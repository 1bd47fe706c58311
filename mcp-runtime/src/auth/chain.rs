//! Two verifiers as one: a caller is in if either accepts it.

use axum::http::HeaderName;
use futures_util::future::BoxFuture;

use super::{Authenticate, Credentials, Deciding, Decision};

/// Two verifiers, of which the first is asked first; made by [`Authenticate::or`].
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

    fn faults(&self, resources: &[String]) -> Vec<String> {
        union(self.first.faults(resources), self.second.faults(resources))
    }

    fn start(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            self.first.start().await?;
            self.second.start().await
        })
    }

    fn reload(&self) -> Result<(), String> {
        self.first.reload()?;
        self.second.reload()
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
