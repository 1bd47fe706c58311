//! The resolution of names, with a filter on the addresses that are connected to.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;

use super::address::is_public;

/// A resolver of names: to any address, or to public ones only.
#[derive(Clone, Copy, Debug)]
pub(super) enum Resolver {
    Any,
    Public,
}

impl tower::Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let public = matches!(self, Self::Public);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|it| !public || is_public(it.ip())).collect();
            if public && allowed.is_empty() {
                return Err(io::Error::other("the name is of a private address"));
            }
            Ok(allowed.into_iter())
        })
    }
}
