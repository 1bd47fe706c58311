//! Messages of a client that concern another instance than the one that they have come to.

use super::session::Session;
use super::signal::Signal;
use crate::protocol::{RequestId, Response};

impl Session {
    /// Delivers a response of the client's to the request that it answers, on whichever instance that waits.
    pub(crate) fn answer(&self, response: &Response) {
        let elsewhere = response
            .id
            .as_ref()
            .and_then(|id| Some((id, self.client_requests.elsewhere(id)?)));
        match (&self.part, elsewhere) {
            (Some(part), Some((id, instance))) => {
                if let Some(signal) = Signal::response(id, response) {
                    let (Ok(text) | Err(text)) = &response.outcome;
                    part.send(&instance, signal, text.as_bytes().len());
                }
            }
            _ => self.client_requests.answer(response),
        }
    }

    /// Fails the request that a malformed response answers; returns whether there is one, or may be one elsewhere.
    pub(crate) fn fail(&self, id: &RequestId, reason: &str) -> bool {
        if let Some(part) = &self.part
            && let Some(instance) = self.client_requests.elsewhere(id)
            && let Some(signal) = Signal::malformed(id, reason)
        {
            part.send(&instance, signal, reason.len());
            return true;
        }
        self.client_requests.fail(id, reason)
    }

    /// Cancels the call with this id, on whichever instance carries it out; an unknown one is ignored.
    pub(crate) fn cancel(&self, id: &RequestId) {
        if !self.cancel_here(id)
            && let Some(part) = &self.part
            && let Some(signal) = Signal::cancelled(id)
        {
            part.tell(signal);
        }
    }
}
