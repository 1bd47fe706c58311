//! Calls in flight, by a number of the server, since a client may use an id twice.
//!
//! A JSON-RPC id is the client's choice, and reusing one before its response is the client's mistake, which must not
//! make this server cancel, drop or answer the wrong call: so calls have numbers, and an id finds the last running
//! call that has it. Cancelling drops the future of the call at its next poll; there is no response (specification,
//! cancellation). `Abortable` wakes the task, so a sleeping call is dropped immediately.

use std::collections::BTreeMap;

use futures_util::future::{AbortHandle, Abortable, abortable};

use crate::protocol::RequestId;

/// The calls of one connection or session that can be cancelled.
#[derive(Debug, Default)]
pub(crate) struct Cancellable {
    begun: u64,
    calls: BTreeMap<u64, (Option<RequestId>, AbortHandle)>,
}

impl Cancellable {
    /// Makes `call` cancellable by its id, until `end` is called with the returned number.
    pub(crate) fn begin<C: Future>(
        &mut self,
        id: Option<RequestId>,
        call: C,
    ) -> (u64, Abortable<C>) {
        let (call, handle) = abortable(call);
        self.begun += 1;
        self.calls.insert(self.begun, (id, handle));
        (self.begun, call)
    }

    /// Removes a call that has ended, with a response or without.
    pub(crate) fn end(&mut self, number: u64) {
        self.calls.remove(&number);
    }

    /// Cancels the last call with this id; returns whether there was one.
    ///
    /// Linear in the number of calls in flight, which is bounded by
    /// [`limits::CALLS`](crate::limits::CALLS).
    pub(crate) fn cancel(&self, id: &RequestId) -> bool {
        let mut named = self
            .calls
            .values()
            .rev()
            .filter(|(own, _)| own.as_ref() == Some(id));
        match named.find(|(_, handle)| !handle.is_aborted()) {
            Some((_, handle)) => {
                handle.abort();
                true
            }
            None => false,
        }
    }

    /// Cancels all of them.
    pub(crate) fn cancel_all(&self) {
        for (_, handle) in self.calls.values() {
            handle.abort();
        }
    }

    /// Returns the number of calls.
    pub(crate) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Returns `true` if there are no calls.
    pub(crate) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::protocol::{Message, Request};
    use futures_util::FutureExt as _;
    use std::future::pending;

    fn id() -> RequestId {
        let ping = bytes::Bytes::from_static(br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#);
        let Ok(Message::Request(Request { id, .. })) = Message::parse(&ping) else {
            panic!("a request")
        };
        id
    }

    #[test]
    fn an_id_used_twice_names_the_last_call_and_then_the_first() {
        let mut calls = Cancellable::default();
        let (first, mut one) = calls.begin(Some(id()), pending::<()>());
        let (last, mut other) = calls.begin(Some(id()), pending::<()>());
        calls.end(last);
        assert!(
            calls.cancel(&id()),
            "the end of the last does not hide the first"
        );
        assert!((&mut one).now_or_never().unwrap().is_err());
        assert!((&mut other).now_or_never().is_none());
        assert!(!calls.cancel(&id()));
        calls.end(first);
        assert!(calls.is_empty());
    }

    #[test]
    fn both_calls_of_an_id_can_be_cancelled() {
        let mut calls = Cancellable::default();
        let (_, one) = calls.begin(Some(id()), pending::<()>());
        let (_, other) = calls.begin(Some(id()), pending::<()>());
        assert!(calls.cancel(&id()) && calls.cancel(&id()) && !calls.cancel(&id()));
        assert!(one.now_or_never().unwrap().is_err() && other.now_or_never().unwrap().is_err());
    }
}
