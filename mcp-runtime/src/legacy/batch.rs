//! JSON-RPC batches, which only 2025-03-26 has: an array of messages, answered by one array.

use bytes::Bytes;

use crate::answer::{Answer, Identity};
use crate::protocol::{
    Message, Method, Notification, RawJson, Request, RequestId, Response, RpcError, Version,
};

/// One member of a batch.
#[derive(Debug)]
pub(crate) enum Member {
    /// A call.
    Request(Request),
    /// What happened at the client.
    Notification(Notification),
    /// An answer to a request of ours.
    Response(Response),
    /// What may not be part of a batch.
    Refused(Option<RequestId>, RpcError),
}

impl Member {
    pub(crate) fn of(member: &RawJson) -> Self {
        match Message::parse(&Bytes::copy_from_slice(member.as_bytes())) {
            Ok(Message::Request(request)) if request.method == Method::Initialize => {
                let error = RpcError::invalid_request("`initialize` must not be part of a batch");
                Self::Refused(Some(request.id), error)
            }
            Ok(Message::Request(request)) => Self::Request(request),
            Ok(Message::Notification(notification)) => Self::Notification(notification),
            Ok(Message::Response(response)) => Self::Response(response),
            Ok(Message::Batch(_)) => {
                Self::Refused(None, RpcError::invalid_request("a batch in a batch"))
            }
            Err(malformed) => Self::Refused(malformed.id, *malformed.error),
        }
    }
}

/// The answer to a member that was refused.
pub(crate) fn refusal(id: Option<&RequestId>, error: RpcError, identity: &Identity) -> Bytes {
    Answer::Error(error)
        .encode(id, Version::V2025_03_26, identity)
        .into()
}

/// One array of answers; `None` when there are none, because JSON-RPC has no empty batch.
pub(crate) fn join<'a>(answers: impl IntoIterator<Item = &'a Bytes>) -> Option<Bytes> {
    let mut text = vec![b'['];
    for answer in answers.into_iter().filter(|answer| !answer.is_empty()) {
        if text.len() > 1 {
            text.push(b',');
        }
        text.extend_from_slice(answer);
    }
    (text.len() > 1).then(|| {
        text.push(b']');
        text.into()
    })
}
