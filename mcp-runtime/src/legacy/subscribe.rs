//! `resources/subscribe` and `resources/unsubscribe`: what the session's news are about.

use super::session::Session;
use crate::answer::Answer;
use crate::handler::Context;
use crate::protocol::{Request, RpcError};
use crate::service::watch::{check_uri, too_many};
use crate::service::{Service, text_param};

/// From now on the client is told of the resource.
pub(super) fn subscribe(
    service: &Service,
    session: &Session,
    request: &Request,
    cx: &Context,
) -> Result<Answer, RpcError> {
    let uri = text_param(request.params.as_deref(), "uri", "which resource?")?;
    check_uri(&uri)?;
    service.may_watch(&uri, cx.principal())?;
    session.reads_for(cx.principal());
    session.news.watch(&uri).map_err(|_| too_many())?;
    Ok(Answer::Empty)
}

/// From now on it is not.
pub(super) fn unsubscribe(session: &Session, request: &Request) -> Result<Answer, RpcError> {
    let uri = text_param(request.params.as_deref(), "uri", "which resource?")?;
    session.news.unwatch(&uri);
    Ok(Answer::Empty)
}
