//! JSON-RPC batches, which only 2025-03-26 has: an array of messages, answered by one array.
//!
//! Invariants: a batch with too many members is refused before one of them is read; few of its calls run at a time; the
//! array of answers is bounded.
//!
//! Only 2025-03-26 has batches: the revision before does not, and the next one has removed them.
//! Members are parsed one by one from slices of the array. Notifications and responses take effect
//! while the array is read, requests afterwards, at most eight at a time and answered in their
//! order. When the answers have reached 16 MiB, calls that have not begun are not begun, and each
//! is answered with an error that says so: a client can send them again.

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

/// The members of a batch that are answered.
#[derive(Debug)]
pub(crate) struct Batch(Vec<Member>);

#[derive(Debug)]
enum Member {
    Call(Box<Call>),
    Refused(Option<RequestId>, RpcError),
}

impl<O: Origin> Dispatcher<'_, O> {
    /// Carries out the members that are not answered, and returns those that are.
    pub(super) fn read_batch(
        &self,
        members: &[RawJson],
    ) -> Result<Option<(Arc<Session>, Batch)>, Refused> {
        let session = self.batches(members.len())?;
        let members = members.iter().filter_map(|it| self.member(&session, it));
        let members: Vec<_> = members.collect();
        Ok((!members.is_empty()).then(|| (session, Batch(members))))
    }

    /// Returns the session of a batch with this number of members, if it may have one.
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

    /// Carries out a member that is not answered, and returns one that is.
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
            Ok(Message::Batch(_)) => {
                Member::Refused(None, RpcError::invalid_request("a batch in a batch"))
            }
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
    /// Begins the calls. All of them can be cancelled from now on, and none is refused by a shutdown that begins later.
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

/// Carries out a call that is counted against the limit of all requests first.
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

/// Carries out `calls`, a few at a time, and writes their answers in their order.
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
            None => not_carried_out(),
        };
        is_full.store(true, Ordering::Relaxed);
        array.push(&refusal(id.as_ref(), refused, &service.identity));
    }
    array.finish()
}

/// Carries out a call, and returns its answer; one that begins when the array is full is not carried out.
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

/// The error for a call whose answer does not fit.
fn unwritten() -> RpcError {
    RpcError::internal(format!(
        "this request was carried out, but with its answer the answers to the batch would have more than {BATCH_BYTES} bytes"
    ))
}

/// The error for a call that begins after one whose answer did not fit.
fn not_carried_out() -> RpcError {
    RpcError::internal(format!(
        "this request was not carried out: the answers to the batch have {BATCH_BYTES} bytes already; send it by itself"
    ))
}

fn refusal(id: Option<&RequestId>, error: RpcError, identity: &Identity) -> Bytes {
    let answer = Answer::Error(error);
    answer.encode(id, Version::V2025_03_26, identity).into()
}

/// The array of answers, without its end.
struct Array(Vec<u8>);

impl Array {
    fn has_room(&self, text: &[u8]) -> bool {
        self.0.len() + text.len() < BATCH_BYTES
    }

    /// Appends an answer. An empty text is none.
    fn push(&mut self, text: &[u8]) {
        if !text.is_empty() {
            if self.0.len() > 1 {
                self.0.push(b',');
            }
            self.0.extend_from_slice(text);
        }
    }

    /// JSON-RPC has no empty batch: where there is no answer, nothing is written.
    fn finish(mut self) -> (u16, Bytes) {
        if self.0.len() == 1 {
            return (202, Bytes::new());
        }
        self.0.push(b']');
        (200, self.0.into())
    }
}
