//! Everything that the handshake revisions add or want differently: sessions, `initialize`, `ping`, `logging/setLevel`,
//! subscriptions, requests to the client, streams to come back to and the downgrade of results.
//! Who else asks for a version is listed in `ARCHITECTURE.md`.

pub(crate) mod batch;
mod client;
pub(crate) mod handshake;
mod question;
pub(crate) mod session;
mod sessions;
pub(crate) mod stream;
mod streams;
mod subscribe;
#[cfg(test)]
mod tests;

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

pub(crate) use session::Session;
pub(crate) use sessions::Sessions;

use crate::answer::Answer;
use crate::handler::Context;
use crate::handler::call::context::Caller;
use crate::handler::input::client::Client;
use crate::protocol::meta::RawMeta;
use crate::protocol::{Level, Method, Request, RequestMeta, RpcError};
use crate::service::{EndOnDrop, Service};

/// The context of a request in `session`.
pub(crate) fn context(
    session: &Session,
    meta: Result<Option<RawMeta<'_>>, RpcError>,
    mut caller: Caller,
) -> Result<Context, RpcError> {
    let progress_token = meta?
        .map(|meta| meta.progress_token())
        .transpose()?
        .flatten();
    let meta = RequestMeta {
        progress_token,
        capabilities: session.capabilities.clone(),
        log_level: session.log_level(),
    };
    caller.client = Some(Arc::clone(&session.asks) as Arc<dyn Client>);
    Ok(Context::new(session.version, caller, meta))
}

/// One request in a session, from beginning to encoded answer.
pub(crate) async fn exchange(
    service: Arc<Service>,
    session: Arc<Session>,
    request: Request,
    cx: Context,
) -> (u16, Bytes) {
    let ended = EndOnDrop(&cx);
    let answer = answer(&service, &session, &request, &cx);
    let answer = cx.kept_alive(pin!(answer)).await;
    drop(ended);
    service.encode(&request, answer, &cx)
}

async fn answer(
    service: &Arc<Service>,
    session: &Session,
    request: &Request,
    cx: &Context,
) -> Answer {
    let begun = Instant::now();
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
        _ if service.offers(&request.method) => return service.answer(request, cx).await,
        Method::Ping => Ok(Answer::Empty),
        Method::LoggingSetLevel => set_level(session, request),
        Method::ResourcesSubscribe if has_resources => {
            subscribe::subscribe(service, session, request, cx)
        }
        Method::ResourcesUnsubscribe if has_resources => subscribe::unsubscribe(session, request),
        Method::Initialize => Err(RpcError::invalid_request(
            "this session has been initialized already",
        )),
        _ => Err(RpcError::method_not_found(request.method.as_str())),
    };
    let answer = answer.unwrap_or_else(Answer::Error);
    service.record(request, &answer, begun);
    answer
}

fn set_level(session: &Session, request: &Request) -> Result<Answer, RpcError> {
    match request
        .params
        .as_deref()
        .and_then(|params| params.decode::<Level>("level"))
    {
        Some(Ok(level)) => {
            session.set_log_level(level);
            Ok(Answer::Empty)
        }
        _ => Err(RpcError::invalid_params(format!(
            "`level` must be one of {}",
            Level::NAMES
        ))),
    }
}
