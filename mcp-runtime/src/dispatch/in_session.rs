//! What a message in a session asks for: a call, or a batch of them.

use std::sync::Arc;

use super::batch::Batch;
use super::call::{Call, Pending};
use crate::handler::call::context::Caller;
use crate::legacy::Session;
use crate::protocol::RequestId;
use crate::service::Service;

/// A call in a session, or a batch of them.
#[derive(Debug)]
pub(crate) struct InSession {
    pub session: Arc<Session>,
    calls: Calls,
}

#[derive(Debug)]
enum Calls {
    One(Box<Call>),
    Batch(Batch),
}

impl InSession {
    pub(super) fn one(session: Arc<Session>, call: Call) -> Self {
        let calls = Calls::One(Box::new(call));
        Self { session, calls }
    }

    pub(super) fn batch(session: Arc<Session>, batch: Batch) -> Self {
        let calls = Calls::Batch(batch);
        Self { session, calls }
    }

    /// Returns the id of the request; a batch has none.
    pub(crate) fn id(&self) -> Option<&RequestId> {
        match &self.calls {
            Calls::One(call) => Some(&call.request.id),
            Calls::Batch(_) => None,
        }
    }

    /// Begins the calls of `caller`.
    pub(crate) fn begin(self, service: &Arc<Service>, caller: Caller) -> Pending {
        match self.calls {
            Calls::One(call) => call.begin(Arc::clone(service), self.session, caller),
            Calls::Batch(batch) => batch.begin(service, &self.session, &caller),
        }
    }
}
