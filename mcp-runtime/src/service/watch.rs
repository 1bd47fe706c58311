//! Which resources a caller may be told of.

use iri_string::types::UriStr;

use super::Service;
use crate::changes::{Change, List, WATCHED};
use crate::handler::Principal;
use crate::protocol::{Method, RpcError};

impl Service {
    /// The lists that the server has, and that can therefore change.
    pub(crate) fn changing(&self) -> impl Iterator<Item = List> {
        List::ALL.into_iter().filter(|list| {
            self.offers(match list {
                List::Tools => &Method::ToolsList,
                List::Prompts => &Method::PromptsList,
                List::Resources => &Method::ResourcesList,
            })
        })
    }

    /// Fails unless `principal` may watch the resource at `uri`: it need not be there, but if it is, it must be one that
    /// `principal` may read. One that does not show itself is like one that is not there, of which nothing is ever told.
    pub(crate) fn may_watch(&self, uri: &str, principal: &Principal) -> Result<(), RpcError> {
        match self.registry.resource(uri) {
            Some((entry, _)) if entry.policies.access.shows_itself_to(principal) => entry
                .policies
                .access
                .check(entry.item(), principal)
                .map_err(|error| error.at(uri)),
            _ => Ok(()),
        }
    }

    /// Whether `principal` may be told of a change: one who watches a folder does not thereby watch what is hidden in it.
    pub(crate) fn may_be_told(&self, change: &Change, principal: &Principal) -> bool {
        match change {
            Change::Resource(uri) => self
                .registry
                .resource(uri)
                .is_none_or(|(entry, _)| entry.policies.access.admits(principal)),
            Change::List(_) | Change::Task(_) => true,
        }
    }
}

/// Fails unless `uri` is one.
pub(crate) fn check_uri(uri: &str) -> Result<(), RpcError> {
    match UriStr::new(uri) {
        Ok(_) => Ok(()),
        Err(_) => Err(RpcError::invalid_params("`uri` is not an absolute URI (RFC 3986)").at(uri)),
    }
}

/// The error of one who watches as many resources as anybody may.
pub(crate) fn too_many() -> RpcError {
    RpcError::invalid_params(format!(
        "no more than {WATCHED} resources can be subscribed to; unsubscribe from some"
    ))
}
