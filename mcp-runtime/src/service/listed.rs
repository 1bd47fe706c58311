//! The resources that templates list, by the functions of their key `list`.
//!
//! Invariants: a function that fails, panics or times out loses its own entries only; entries are ordered by URI, so
//! that a cursor stays valid while they change.
//!
//! The functions run in the request of the list, one after the other, each for at most 5 s, so that a list with ten
//! templates may take a while; only those that the page reaches are called. They count as completions for the rate
//! limit: 600 a minute for each caller. Their entries are sorted by URI and cut to the page: the next page calls the
//! function again and continues after the last URI, even if that no longer exists.

use std::sync::Arc;
use std::time::Duration;

use super::Service;
use super::list::row;
use super::page::{Page, RowKey};
use crate::excerpt::Excerpt;
use crate::handler::Context;
use crate::handler::spec::kind::event;
use crate::limits;
use crate::protocol::content::ResourceLink;
use crate::protocol::{RpcError, resource};
use crate::registry::Entry;

/// The time that a function may take to list its resources.
const PATIENCE: Duration = Duration::from_secs(5);

impl Service {
    /// Fills `page` with the resources of the templates in `listing` after `after`.
    pub(super) async fn fill_listed(
        &self,
        page: &mut Page,
        after: Option<&RowKey>,
        listing: &[Arc<Entry>],
        cx: &Context,
    ) -> Result<(), RpcError> {
        let (begin, mut after) = match after {
            Some(RowKey::Listed(number, uri)) => (*number, Some(uri.as_str())),
            _ => (0, None),
        };
        for entry in listing.iter().filter(|entry| entry.number >= begin) {
            if page.is_full() {
                page.goes_on();
                return Ok(());
            }
            let after = after.take().filter(|_| entry.number == begin);
            for link in self.listed_by(entry, cx).await? {
                if after.is_some_and(|after| *link.uri <= *after) {
                    continue;
                }
                let key = RowKey::Listed(entry.number, link.uri.clone());
                if !page.push(row(key, described(link), cx.version())) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Returns the resources that a template lists, in the order of their URIs.
    async fn listed_by(&self, entry: &Entry, cx: &Context) -> Result<Vec<ResourceLink>, RpcError> {
        let item = entry.item();
        entry.policies().check_completion(item, cx)?;
        let Some(listed) = entry.list(cx) else {
            return Ok(Vec::new());
        };
        let failed = |error: String| {
            let error = Excerpt::line(error).to_string();
            event!(warn, item, { error, }, "could not be listed");
        };
        match tokio::time::timeout(PATIENCE, listed).await {
            Ok(Ok(Ok(links))) => return Ok(ordered(entry, links)),
            Ok(Ok(Err(error))) => failed(error.detail()),
            Ok(Err(_)) => failed("panic".to_owned()),
            Err(_) => failed("timeout".to_owned()),
        }
        Ok(Vec::new())
    }
}

/// Sorts links by URI, and removes duplicates and those that the template does not match, since they cannot be read.
fn ordered(entry: &Entry, mut links: Vec<ResourceLink>) -> Vec<ResourceLink> {
    let before = links.len();
    links.retain(|link| link.uri.len() <= limits::URI && entry.is_at(&link.uri));
    if links.len() < before {
        let left_out = before - links.len();
        event!(warn, entry.item(), { left_out, }, "lists URIs that it does not match");
    }
    links.sort_by(|a, b| a.uri.cmp(&b.uri));
    links.dedup_by(|a, b| a.uri == b.uri);
    links
}

fn described(link: ResourceLink) -> resource::Descriptor {
    resource::Descriptor {
        uri: resource::UriOrTemplate::Uri(link.uri),
        name: link.name,
        title: link.title,
        description: link.description.unwrap_or_default(),
        icons: link.icons,
        mime_type: link.mime_type,
        size: link.size,
        annotations: link.annotations,
        meta: link.meta,
    }
}
