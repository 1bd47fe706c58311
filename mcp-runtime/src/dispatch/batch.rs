//! JSON-RPC batches, which only 2025-03-26 has: an array of messages with an array of responses.
//!
//! Invariants: a batch with too many members is refused before any is parsed; few of its calls run concurrently; the
//! array of responses is bounded.
//!
//! The revision before 2025-03-26 has no batches, and the next one has removed them. Members are parsed one by one
//! from slices of the array. Notifications and responses take effect while the array is parsed, requests afterwards,
//! at most eight concurrently, with responses in their order. When the responses have reached 16 MiB, the remaining
//! calls are not started, and each gets an error that says so: the client can send it again.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};

use super::call::{Call, Pending};
use super::{Dispatcher, Origin, Refused};
use crate::answer::{Answer, Identity};
use crate::handler::Principal;
use crate::handler::call::context::Caller;
use crate::legacy::{self, Session};
use crate::limits::{BATCH_BYTES, BATCH_CALLS, BATCH_MEMBERS, Limit};
use crate::policy::requests::Counted;
use crate::protocol::meta::RawMeta;
use crate::protocol::{Message, Method, RawJson, Request, RequestId, RpcError, Version};
use crate::service::Service;

/// The members of a batch that get a response.
#[derive(Debug)]
pub(crate) struct Batch(Vec<Member>);

#[derive(Debug)]
enum Member {
    Call(Box<Call>),
    Refused(Option<RequestId>, RpcError),
}

impl<O: Origin> Dispatcher<'_, O> {
    /// Processes the members without a response, and returns those with one.
    pub(super) fn read_batch(
        &self,
        members: &[RawJson],
    ) -> Result<Option<(Arc<Session>, Batch)>, Refused> {
        let session = self.batches(members.len())?;
        let members = members.iter().filter_map(|it| self.member(&session, it));
        let members: Vec<_> = members.collect();
        Ok((!members.is_empty()).then(|| (session, Batch(members))))
    }

    /// Returns the session of a batch with this number of members, if batches are allowed.
    fn batches(&self, members: usize) -> Result<Arc<Session>, Refused> {
        let unversioned = |error| (error, self.origin.version());
        let session = self.origin.session().map_err(unversioned)?;
        let version = session.as_ref().map(|session| session.version);
        let Some(session) = session.filter(|it| it.version == Version::V2025_03_26) else {
            let error =
                RpcError::invalid_request("batches exist only in sessions of revision 2025-03-26");
            return Err((error, version.unwrap_or_else(|| self.origin.version())));
        };
        if members > BATCH_MEMBERS {
            let error = RpcError::invalid_request(format!(
                "a batch has at most {BATCH_MEMBERS} messages, this one has {members}: none was carried out"
            ));
            return Err((error.over(Limit::Batch), session.version));
        }
        Ok(session)
    }

    /// Processes a member without a response; returns a member with one.
    fn member(&self, session: &Arc<Session>, member: &RawJson) -> Option<Member> {
        Some(match Message::parse(member.as_shared()) {
            Ok(Message::Request(request)) => call(session, request, member.as_bytes().len()),
            Ok(Message::Notification(notification)) => {
                self.notice(Some(session), &notification);
                return None;
            }
            Ok(Message::Response(response)) => {
                session.answer(&response);
                return None;
            }
            Ok(Message::Batch(_)) => Member::Refused(
                None,
                RpcError::invalid_request("a batch must not contain a batch"),
            ),
            Err(malformed) => Member::Refused(malformed.id, *malformed.error),
        })
    }
}

fn call(session: &Session, request: Request, bytes: usize) -> Member {
    if request.method == Method::Initialize {
        let error = RpcError::invalid_request("`initialize` must not be part of a batch");
        return Member::Refused(Some(request.id), error);
    }
    let meta = RawMeta::from_params(request.params.as_deref());
    match legacy::request_meta(session, meta) {
        Ok(meta) => Member::Call(Box::new(Call {
            request,
            meta,
            bytes,
        })),
        Err(error) => Member::Refused(Some(request.id), error),
    }
}

impl Batch {
    /// Begins the calls. From now on all of them can be cancelled, and a later shutdown refuses none.
    pub(crate) fn begin(
        self,
        service: &Arc<Service>,
        session: &Arc<Session>,
        caller: &Caller,
    ) -> Pending {
        // A batch is a request, and so is every member but one.
        let counted = service.requests.get().of(&caller.principal);
        let begin = |(place, member)| match member {
            Member::Call(call) => {
                let id = call.request.id.clone();
                let call = call.begin(service, session, caller.clone());
                let call = call.unwrap_or_else(|refused| answered(refused.text));
                let call = match counted.clone().filter(|_| place > 0) {
                    Some(counted) => {
                        let caller = (caller.principal.clone(), caller.peer);
                        counted_call(Arc::clone(service), (counted, caller), id.clone(), call)
                    }
                    None => call,
                };
                (Some(id), call)
            }
            Member::Refused(id, error) => {
                let text = refusal(id.as_ref(), error, &service.identity);
                (id, answered(text))
            }
        };
        let calls = self.0.into_iter().enumerate().map(begin).collect();
        Box::pin(join(Arc::clone(service), calls))
    }
}

/// Runs a call that is counted against the limit of all requests first.
fn counted_call(
    service: Arc<Service>,
    (counted, (principal, peer)): (Counted, (Principal, Option<IpAddr>)),
    id: RequestId,
    call: Pending,
) -> Pending {
    Box::pin(async move {
        if counted.check(&principal, peer).await.is_ok() {
            return call.await;
        }
        let error = RpcError::invalid_request("rate limit of all requests reached");
        let error = error.over(Limit::Rate);
        service.metrics.error(&error);
        (200, refusal(Some(&id), error, &service.identity))
    })
}

fn answered(text: Bytes) -> Pending {
    Box::pin(std::future::ready((200, text)))
}

/// Runs `calls`, a few concurrently, and writes their responses in order.
async fn join(service: Arc<Service>, calls: Vec<(Option<RequestId>, Pending)>) -> (u16, Bytes) {
    let is_full = Arc::new(AtomicBool::new(false));
    let run = calls
        .into_iter()
        .map(|(id, call)| unless_full(Arc::clone(&is_full), id, call));
    let run: Vec<_> = run.collect();
    let mut answers = stream::iter(run).buffered(BATCH_CALLS);
    let mut array = Array(vec![b'[']);
    while let Some((id, text)) = answers.next().await {
        let refused = match text {
            Some(text) if array.has_room(&text) => {
                array.push(&text);
                continue;
            }
            Some(_) => unwritten(),
            None => not_run(),
        };
        is_full.store(true, Ordering::Relaxed);
        array.push(&refusal(id.as_ref(), refused, &service.identity));
    }
    array.finish()
}

/// Runs a call and returns its response; once the array is full, calls are not started.
async fn unless_full(
    is_full: Arc<AtomicBool>,
    id: Option<RequestId>,
    call: Pending,
) -> (Option<RequestId>, Option<Bytes>) {
    if is_full.load(Ordering::Relaxed) {
        return (id, None);
    }
    let (_, text) = call.await;
    (id, Some(text))
}

/// The error for a call whose response does not fit.
fn unwritten() -> RpcError {
    RpcError::internal(format!(
        "this request ran, but its response does not fit: the responses to the batch would exceed {BATCH_BYTES} bytes"
    ))
}

/// The error for a call that was not started because the array was full.
fn not_run() -> RpcError {
    RpcError::internal(format!(
        "this request did not run: the responses to the batch have {BATCH_BYTES} bytes already; send it alone"
    ))
}

fn refusal(id: Option<&RequestId>, error: RpcError, identity: &Identity) -> Bytes {
    let answer = Answer::Error(error);
    answer.encode(id, Version::V2025_03_26, identity).into()
}

/// The array of responses, without its end.
struct Array(Vec<u8>);

impl Array {
    fn has_room(&self, text: &[u8]) -> bool {
        self.0.len() + text.len() < BATCH_BYTES
    }

    /// Appends a response. An empty text is none.
    fn push(&mut self, text: &[u8]) {
        if !text.is_empty() {
            if self.0.len() > 1 {
                self.0.push(b',');
            }
            self.0.extend_from_slice(text);
        }
    }

    /// JSON-RPC has no empty batch: without a response, nothing is written.
    fn finish(mut self) -> (u16, Bytes) {
        if self.0.len() == 1 {
            return (202, Bytes::new());
        }
        self.0.push(b']');
        (200, self.0.into())
    }
}
