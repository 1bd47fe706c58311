//! Access to notifications of resource changes.
//!
//! Access is checked twice: when a caller subscribes to a URI, and again at each notification, since access and the
//! registry may change while a subscription is open. A URI without a resource can be subscribed to, as the resource
//! may be added.

use std::borrow::Cow;
use std::sync::Arc;

use iri_string::types::UriStr;

use super::{Service, text_param};
use crate::changes::{Change, List};
use crate::handler::Principal;
use crate::limits::{self, Limit};
use crate::protocol::{Members, Method, RpcError};

impl Service {
    /// The lists of the server, which can therefore change.
    pub(crate) fn changing(&self) -> impl Iterator<Item = List> {
        List::ALL.into_iter().filter(|list| {
            self.offers(match list {
                List::Tools => &Method::ToolsList,
                List::Prompts => &Method::PromptsList,
                List::Resources => &Method::ResourcesList,
            })
        })
    }

    /// Fails unless `principal` may watch the resource at `uri`. The resource may be absent; if it exists, `principal`
    /// must be allowed to read it. A resource that is hidden from `principal` is like an absent one, and is never
    /// notified.
    pub(crate) fn may_watch(&self, uri: &str, principal: &Principal) -> Result<(), RpcError> {
        let entry = self
            .registry
            .read()
            .resource(uri)
            .map(|(entry, _)| Arc::clone(entry));
        match entry {
            Some(entry) if entry.policies().access.shows_itself_to(principal) => entry
                .policies()
                .access
                .check(entry.item(), principal)
                .map_err(|error| error.at(uri)),
            _ => Ok(()),
        }
    }

    /// Returns `true` if `principal` may be notified of a change: watching a folder does not reveal hidden resources
    /// in it.
    pub(crate) fn may_be_told(&self, change: &Change, principal: &Principal) -> bool {
        match change {
            Change::Resource(uri) => {
                let registry = self.registry.read();
                let found = registry.resource(uri);
                found.is_none_or(|(entry, _)| entry.policies().access.admits(principal))
            }
            Change::List(_) | Change::Task(_) => true,
        }
    }
}

/// Fails unless `uri` is a URI.
pub(crate) fn check_uri(uri: &str) -> Result<(), RpcError> {
    check_size(uri)?;
    match UriStr::new(uri) {
        Ok(_) => Ok(()),
        Err(_) => Err(RpcError::invalid_params("`uri` is not an absolute URI (RFC 3986)").at(uri)),
    }
}

/// Fails if `uri` exceeds the maximum size.
pub(crate) fn check_size(uri: &str) -> Result<(), RpcError> {
    let (bytes, most) = (uri.len(), limits::URI);
    if bytes <= most {
        return Ok(());
    }
    let text = format!("`uri` has {bytes} bytes, and may have {most}; use a shorter one");
    Err(RpcError::invalid_params(text).over(Limit::Uris))
}

/// Returns the required `uri` of a request, within the maximum size.
pub(crate) fn uri_param<'p>(
    params: Option<&'p Members>,
    question: &str,
) -> Result<Cow<'p, str>, RpcError> {
    let uri = text_param(params, "uri", question)?;
    check_size(&uri)?;
    Ok(uri)
}

/// Returns the number of bytes that a subscription to `uri` counts.
pub(crate) fn weight(uri: &str) -> usize {
    limits::WATCH + uri.len()
}

/// Returns the error for a subscription with the maximum number of resources.
pub(crate) fn too_many() -> RpcError {
    let (number, bytes) = (limits::WATCHED, limits::WATCHED_BYTES);
    let text = format!(
        "no more than {number} resources, whose URIs have {bytes} bytes together, can be subscribed to; unsubscribe from some"
    );
    RpcError::invalid_params(text).over(Limit::Subscriptions)
}
