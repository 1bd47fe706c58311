//! `resources/subscribe` and `resources/unsubscribe`: the resources that a session is notified of.
//!
//! A repeated subscription has no further effect. The share of the session grows by each URI and its overhead, and is
//! returned with the session. Each subscription makes the caller the reader: notifications are then filtered by its
//! access.

use super::session::{Session, lock};
use crate::answer::Answer;
use crate::handler::Context;
use crate::protocol::{Request, RpcError};
use crate::service::Service;
use crate::service::watch::{check_uri, too_many, uri_param, weight};
use crate::share::Shares;

/// Subscribes the client to the resource.
pub(super) async fn subscribe(
    service: &Service,
    session: &Session,
    request: &Request,
    cx: &Context,
) -> Result<Answer, RpcError> {
    let uri = uri_param(request.params.as_deref(), "which resource?")?;
    check_uri(&uri)?;
    service.may_watch(&uri, cx.principal())?;
    session.reads_for(cx.principal());
    session.subscribe(&uri, &service.subscriptions)?;
    session.share_watched(service, &uri, true).await;
    Ok(Answer::Empty)
}

/// Unsubscribes the client from the resource.
pub(super) async fn unsubscribe(
    service: &Service,
    session: &Session,
    request: &Request,
) -> Result<Answer, RpcError> {
    let uri = uri_param(request.params.as_deref(), "which resource?")?;
    session.unsubscribe(&uri);
    session.share_watched(service, &uri, false).await;
    Ok(Answer::Empty)
}

impl Session {
    pub(super) fn subscribe(&self, uri: &str, shares: &Shares) -> Result<(), RpcError> {
        let mut held = lock(&self.subscribed);
        if !self.changes.watch(uri).map_err(|_| too_many())? {
            return Ok(());
        }
        let counted = match &mut *held {
            Some(share) => share.grow(weight(uri)),
            none => shares
                .take(&self.holder, weight(uri))
                .map(|share| *none = Some(share)),
        };
        counted.map_err(|full| {
            self.changes.unwatch(uri);
            full.into()
        })
    }

    pub(super) fn unsubscribe(&self, uri: &str) {
        let mut held = lock(&self.subscribed);
        if self.changes.unwatch(uri)
            && let Some(share) = &mut *held
        {
            share.shrink(weight(uri));
        }
    }
}
