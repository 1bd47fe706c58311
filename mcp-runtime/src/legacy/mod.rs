//! The additions and differences of the handshake revisions: sessions, `initialize`, `ping`, `logging/setLevel`,
//! subscriptions, requests to the client, resumable streams and the downgrade of results.
//! The other modules that depend on a version are listed in `ARCHITECTURE.md`.

mod activity;
mod apply;
mod client;
mod copy;
mod eviction;
mod forward;
pub(crate) mod handshake;
pub(crate) mod lookup;
mod pending;
mod record;
pub(crate) mod remote;
mod replica;
pub(crate) mod session;
mod session_index;
mod sessions;
mod shared;
mod signal;
pub(crate) mod stream;
mod streams;
mod subscribe;
#[cfg(test)]
mod tests;
mod translate;
mod write_behind;

use std::sync::Arc;

use tokio_util::task::task_tracker::TaskTrackerToken;

pub(crate) use session::Session;
pub(crate) use sessions::Sessions;

use crate::answer::Answer;
use crate::handler::Context;
use crate::protocol::meta::RawMeta;
use crate::protocol::{Level, Method, Request, RequestMeta, RpcError};
use crate::service::Service;

/// The metadata of a request in `session`.
pub(crate) fn request_meta(
    session: &Session,
    meta: Result<Option<RawMeta<'_>>, RpcError>,
) -> Result<RequestMeta, RpcError> {
    let progress_token = meta?
        .map(|meta| meta.progress_token())
        .transpose()?
        .flatten();
    Ok(RequestMeta {
        progress_token,
        capabilities: session.capabilities.clone(),
        log_level: session.log_level(),
    })
}

/// Responds to a request in `session`.
pub(crate) async fn answer(
    service: &Arc<Service>,
    session: &Session,
    request: &Request,
    cx: &Context,
    in_flight: Option<&TaskTrackerToken>,
) -> Answer {
    cx.begin();
    let has_resources = service.offers(&Method::ResourcesRead);
    let answer = match request.method {
        Method::ServerDiscover
        | Method::SubscriptionsListen
        | Method::ResourcesDirectoryRead
        | Method::SkillsList
        | Method::SkillsGet
        | Method::TasksGet
        | Method::TasksUpdate
        | Method::TasksCancel => Err(RpcError::method_not_found(request.method.as_str())),
        _ if service.offers(&request.method) => {
            return service.answer(request, cx, in_flight).await;
        }
        Method::Ping => Ok(Answer::Empty),
        Method::LoggingSetLevel => set_level(service, session, request).await,
        Method::ResourcesSubscribe if has_resources => {
            subscribe::subscribe(service, session, request, cx).await
        }
        Method::ResourcesUnsubscribe if has_resources => {
            subscribe::unsubscribe(service, session, request).await
        }
        Method::Initialize => Err(RpcError::invalid_request(
            "this session has been initialized already",
        )),
        _ => Err(RpcError::method_not_found(request.method.as_str())),
    };
    let answer = answer.unwrap_or_else(Answer::Error);
    service.count(request, &answer, cx.took());
    answer
}

async fn set_level(
    service: &Service,
    session: &Session,
    request: &Request,
) -> Result<Answer, RpcError> {
    match request
        .params
        .as_deref()
        .and_then(|params| params.decode::<Level>("level"))
    {
        Some(Ok(level)) => {
            session.set_level(service, level).await;
            Ok(Answer::Empty)
        }
        _ => Err(RpcError::invalid_params(format!(
            "`level` must be one of {}",
            Level::NAMES
        ))),
    }
}
