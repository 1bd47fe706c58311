//! From a message to the next step of its transport: the era, `initialize`, `ping`, batches, cancellation and
//! listening are handled here, once for all transports.
//!
//! Invariants: nothing here waits; a transport adds the checks that only it can make, by its [`Origin`], and decides
//! nothing.
//!
//! | the message | in a session | outside of one |
//! |---|---|---|
//! | a request whose `_meta` names a revision | modern, the session notwithstanding | modern |
//! | `initialize` | opens another session | opens a session |
//! | `ping` | by `legacy` | answered |
//! | another request | by `legacy`, then `service` | refused: no session |
//! | `notifications/cancelled` | cancels by id | cancels by id, on lines |
//! | a response | ends a request of the server's | refused over HTTP |
//! | an array | a batch, in 2025-03-26 | refused |
//!
//! Refusals are counted and logged in this module, so that no transport can forget it. A message
//! of the modern revision needs no session and leaves none.

mod batch;
mod call;
mod modern;
mod record;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::answer::Answer;
use crate::excerpt::Excerpt;
use crate::handler::Principal;
use crate::legacy::{self, Session};
use crate::protocol::message::Malformed;
use crate::protocol::meta::RawMeta;
use crate::protocol::{
    Message, Method, Notification, RawJson, Request, RequestId, RequestMeta, RpcError, Version,
};
use crate::service::Service;
use crate::service::listen::Subscription;
use crate::share::Holder;
pub(crate) use batch::Batch;
pub(crate) use call::{Call, Pending};
use record::Subject;

/// The step that follows a message.
pub(crate) enum Next {
    /// There is no response.
    Nothing,
    /// The response is complete.
    Reply(Reply),
    /// A call of the modern revision runs.
    Call(Call),
    /// The subscription of the request with this id is read until it ends.
    Listen(RequestId, Subscription),
    /// A call in a session runs.
    InSession(Arc<Session>, Call),
    /// The calls of a batch in a session run.
    Batch(Arc<Session>, Batch),
}

/// A complete response.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The message.
    pub text: Bytes,
    /// The id of the session opened by `initialize`, which the client repeats.
    pub session: Option<String>,
}

/// The sender of a message, as known to its transport, and the checks that only its transport can make.
pub(crate) trait Origin {
    fn principal(&self) -> &Principal;

    /// Returns the holder that resources are counted for.
    fn holder(&self) -> Holder;

    /// Returns the revision for the response to a message that does not name one.
    fn version(&self) -> Version;

    /// Returns true if the transport marks the message as modern, whatever its metadata says.
    fn is_modern(&self) -> bool {
        false
    }

    /// Returns the session of the message, or the error for one that has ended.
    fn session(&self) -> Result<Option<Arc<Session>>, RpcError>;

    /// Stores a new session, and returns the id by which the client names it.
    fn keep(&self, session: Session) -> Result<Option<String>, RpcError>;

    /// Returns the error for a request that is neither modern nor in a session.
    fn without_session(&self) -> RpcError;

    /// Cancels the call with this id if the transport tracks it, and returns whether it did.
    fn cancel(&self, _id: &RequestId) -> bool {
        false
    }

    /// Checks the revision that a modern request names.
    fn check_version(&self, _version: &str) -> Result<(), RpcError> {
        Ok(())
    }

    /// Checks the method of a modern request, before it is known whether the server has it.
    fn check_method(&self, _request: &Request) -> Result<(), RpcError> {
        Ok(())
    }

    /// Checks the rest of a modern request whose method the server has.
    fn check_request(&self, _request: &Request) -> Result<(), RpcError> {
        Ok(())
    }

    /// Checks whether a response is allowed without a session.
    fn check_response(&self) -> Result<(), RpcError> {
        Ok(())
    }
}

/// Returns the next step for the message in `bytes`.
pub(crate) fn dispatch(service: &Arc<Service>, origin: &impl Origin, bytes: &Bytes) -> Next {
    let dispatcher = Dispatcher { service, origin };
    match Message::parse(bytes) {
        Ok(Message::Request(request)) => dispatcher.request(request, bytes.len()),
        Ok(Message::Notification(notification)) => dispatcher.notification(&notification),
        Ok(Message::Response(response)) => dispatcher.without_answer(|session| match session {
            Some(session) => {
                session.answer(&response);
                Ok(())
            }
            None => origin.check_response(),
        }),
        Ok(Message::Batch(members)) => dispatcher.batch(&members),
        Err(malformed) => reject(service, origin, malformed),
    }
}

/// Returns the next step for a malformed message.
pub(crate) fn reject(service: &Arc<Service>, origin: &impl Origin, malformed: Malformed) -> Next {
    let dispatcher = Dispatcher { service, origin };
    if dispatcher.fails(&malformed) {
        return Next::Nothing;
    }
    Next::Reply(refuse(
        service,
        malformed.id.as_ref(),
        origin.version(),
        *malformed.error,
    ))
}

/// Returns the response to a message that is not a valid request; counts and logs it.
pub(crate) fn refuse(
    service: &Service,
    id: Option<&RequestId>,
    version: Version,
    error: RpcError,
) -> Reply {
    service.metrics.error(&error);
    tracing::info!(
        code = error.code,
        status = error.http_status(),
        error = Excerpt::line(&error.message).to_string(),
        "request refused"
    );
    Reply::refusal(service, id, version, error)
}

impl Reply {
    fn refusal(
        service: &Service,
        id: Option<&RequestId>,
        version: Version,
        error: RpcError,
    ) -> Self {
        Self::new(service, id, version, Answer::Error(error))
    }

    fn new(service: &Service, id: Option<&RequestId>, version: Version, answer: Answer) -> Self {
        Self {
            status: answer.status(version),
            text: answer.encode(id, version, &service.identity).into(),
            session: None,
        }
    }
}

/// The step that follows a request, without the request.
enum Decided {
    Answered(Reply),
    Modern(RequestMeta),
    Listen(Subscription),
    Legacy(Arc<Session>, RequestMeta),
}

/// An error, and the revision for encoding it.
type Refused = (RpcError, Version);

struct Dispatcher<'a, O> {
    service: &'a Arc<Service>,
    origin: &'a O,
}

impl<O: Origin> Dispatcher<'_, O> {
    fn request(&self, request: Request, bytes: usize) -> Next {
        match self.decide(&request) {
            Ok(Decided::Answered(reply)) => Next::Reply(reply),
            Ok(Decided::Modern(meta)) => Next::Call(Call {
                request,
                meta,
                bytes,
            }),
            Ok(Decided::Listen(subscription)) => Next::Listen(request.id, subscription),
            Ok(Decided::Legacy(session, meta)) => Next::InSession(
                session,
                Call {
                    request,
                    meta,
                    bytes,
                },
            ),
            Err((error, version)) => {
                let service = self.service;
                service.metrics.request(&request.method, Duration::ZERO);
                service.metrics.error(&error);
                self.subject(&request, version).begin().refuse(&error);
                Next::Reply(Reply::refusal(service, Some(&request.id), version, error))
            }
        }
    }

    /// A request that is answered immediately.
    fn subject<'r>(&'r self, request: &'r Request, version: Version) -> Subject<'r> {
        Subject::at_once(self.service, request, self.origin.principal(), version)
    }

    fn decide(&self, request: &Request) -> Result<Decided, Refused> {
        let meta = RawMeta::from_params(request.params.as_deref());
        // The transport does not check a handshake: the header that names a revision comes after it.
        let is_handshake = request.method == Method::Initialize;
        if modern::is_modern(&meta) || (self.origin.is_modern() && !is_handshake) {
            let decided = self.modern(request, meta);
            return decided.map_err(|error| (error, Version::LATEST));
        }
        if is_handshake {
            let reply = self.initialize(request);
            return reply
                .map(Decided::Answered)
                .map_err(|error| (error, Version::LATEST_LEGACY));
        }
        let unversioned = |error| (error, self.origin.version());
        match self.origin.session().map_err(unversioned)? {
            Some(session) => match legacy::request_meta(&session, meta) {
                Ok(meta) => Ok(Decided::Legacy(session, meta)),
                Err(error) => Err((error, session.version)),
            },
            // Legacy clients may ping before they initialize.
            None if request.method == Method::Ping => Ok(Decided::Answered(self.answered(
                request,
                Version::LATEST_LEGACY,
                Answer::Empty,
                Instant::now(),
            ))),
            None => Err(unversioned(self.origin.without_session())),
        }
    }

    fn modern(
        &self,
        request: &Request,
        meta: Result<Option<RawMeta<'_>>, RpcError>,
    ) -> Result<Decided, RpcError> {
        let meta = modern::read_meta(meta?, |version| self.origin.check_version(version))?;
        self.origin.check_method(request)?;
        if !self.service.offers(&request.method) {
            return Err(RpcError::method_not_found(request.method.as_str()));
        }
        self.origin.check_request(request)?;
        if request.method != Method::SubscriptionsListen {
            return Ok(Decided::Modern(meta));
        }
        let begun = Instant::now();
        let subscription = Subscription::open(
            Arc::clone(self.service),
            request,
            (self.origin.principal(), &self.origin.holder()),
            &meta.capabilities,
        )?;
        let record = self.subject(request, Version::LATEST).begin();
        self.service.count(request, &Answer::Empty, begun.elapsed());
        record.end(&Answer::Empty);
        Ok(Decided::Listen(subscription))
    }

    fn initialize(&self, request: &Request) -> Result<Reply, RpcError> {
        let begun = Instant::now();
        let caller = (self.origin.principal(), self.origin.holder());
        let (session, answer) = legacy::handshake::initialize(self.service, request, caller)?;
        let version = session.version;
        let id = self.origin.keep(session)?;
        let reply = self.answered(request, version, answer, begun);
        Ok(Reply {
            session: id,
            ..reply
        })
    }

    fn answered(
        &self,
        request: &Request,
        version: Version,
        answer: Answer,
        begun: Instant,
    ) -> Reply {
        self.service.count(request, &answer, begun.elapsed());
        self.subject(request, version).begin().end(&answer);
        Reply::new(self.service, Some(&request.id), version, answer)
    }

    fn batch(&self, members: &[RawJson]) -> Next {
        match self.read_batch(members) {
            Ok(Some((session, batch))) => Next::Batch(session, batch),
            Ok(None) => Next::Nothing,
            Err((error, version)) => Next::Reply(refuse(self.service, None, version, error)),
        }
    }

    /// Fails the request of this server that a malformed response belongs to, and returns whether one was open.
    fn fails(&self, malformed: &Malformed) -> bool {
        let id = malformed.id.as_ref().filter(|_| malformed.is_response);
        let Some((id, Ok(Some(session)))) = id.map(|id| (id, self.origin.session())) else {
            return false;
        };
        session.fail(id, &malformed.error.message)
    }

    fn notification(&self, notification: &Notification) -> Next {
        self.without_answer(|session| {
            self.notice(session, notification);
            Ok(())
        })
    }

    /// Processes a notification: the only one with an effect cancels a call.
    fn notice(&self, session: Option<&Session>, notification: &Notification) {
        if let Some(id) = notification.cancels()
            && !self.origin.cancel(&id)
            && let Some(session) = session
        {
            session.cancel(&id);
        }
    }

    /// Processes a message that has a response only on an error.
    fn without_answer(&self, apply: impl FnOnce(Option<&Session>) -> Result<(), RpcError>) -> Next {
        let session = self.origin.session();
        match session.and_then(|session| apply(session.as_deref())) {
            Ok(()) => Next::Nothing,
            Err(error) => Next::Reply(refuse(self.service, None, self.origin.version(), error)),
        }
    }
}
