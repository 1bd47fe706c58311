//! An in-memory transport: lines in and out, as a stdio client sees them.
//!
//! The testkit's transport: it has the same [`Peer`] as stdio, so that a test has the same dispatch, limits and order
//! of messages, without threads and pipes. Unreceived lines are kept here: responses without a bound, since a test
//! sent as many requests, notifications up to 1 MiB, after which they are dropped as on a real line with a slow
//! reader.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::background;
use crate::handler::Principal;
use crate::handler::input::outbox::LineSink;
use crate::ops::metrics::Format;
use crate::service::Service;
use crate::transport::lines::Peer;

/// The maximum number of unreceived bytes; beyond it notifications are dropped.
const BACKLOG: usize = 1024 * 1024;

/// A connection to a server in the same process.
#[derive(Debug)]
pub struct Connection {
    service: Arc<Service>,
    peer: Peer,
    principal: Principal,
    inbox: Arc<Inbox>,
    lines: VecDeque<String>,
    closed: bool,
}

impl Connection {
    pub(super) fn open(service: Arc<Service>) -> Self {
        service.begin_start();
        let inbox = Arc::new(Inbox::default());
        let peer = Peer::new(
            Arc::clone(&service),
            Arc::clone(&inbox) as Arc<dyn LineSink>,
        );
        Self {
            service,
            peer,
            principal: Principal::anonymous(),
            inbox,
            lines: VecDeque::new(),
            closed: false,
        }
    }

    /// Sends one line unchanged.
    ///
    /// Waits while the connection has the maximum number of calls in flight. After [`Connection::close`] the line is
    /// dropped.
    pub async fn send(&self, line: impl Into<String>) {
        if self.closed {
            return;
        }
        self.peer.room().await;
        let mut answers = Vec::new();
        self.peer
            .receive(&Bytes::from(line.into()), &self.principal, &mut answers);
        self.inbox.append(&answers);
    }

    /// Sets the principal of the following lines, as if a transport had verified it. Default: anonymous.
    pub fn principal(&mut self, principal: Principal) {
        self.principal = principal;
    }

    /// Waits for the next line from the server; `None` when it has ended: after the end of input or a shutdown, once
    /// no call is in flight.
    ///
    /// Cancel safe: a line that has arrived is kept for the next call.
    pub async fn receive(&mut self) -> Option<String> {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return Some(line);
            }
            let arrived = self.inbox.arrived.notified();
            let text = std::mem::take(&mut *self.inbox.lock());
            if !text.is_empty() {
                self.lines
                    .extend(String::from_utf8_lossy(&text).lines().map(str::to_owned));
                continue;
            }
            let ended = async {
                self.service.drain.begun().await;
                self.peer.idle().await;
            };
            tokio::select! {
                biased;
                () = arrived => {}
                () = ended => {
                    if self.inbox.lock().is_empty() {
                        return None;
                    }
                }
            }
        }
    }

    /// Ends the input: the server completes the calls in flight, and ends.
    pub fn close(&mut self) {
        self.closed = true;
        self.peer.end_of_input();
        self.finish();
    }

    /// Begins the shutdown, as a signal would: new calls are refused, streams end, calls in flight may complete, and
    /// are cancelled at the deadline.
    pub fn shut_down(&self) {
        self.service.drain.begin();
        self.finish();
    }

    /// Runs the rest of the shutdown.
    fn finish(&self) {
        // Without a runtime nothing is in flight.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (drain, deadline) = (self.service.drain.clone(), self.service.drain.deadline());
            background::spawn_on(&runtime, async move {
                drain.finish(deadline).await;
            });
        }
    }

    /// Returns the text of `/metrics`, in the OpenMetrics format.
    pub fn metrics(&self) -> String {
        self.service.render_metrics(Format::OpenMetrics)
    }
}

/// The output of the server that has not been received.
#[derive(Debug, Default)]
struct Inbox {
    text: Mutex<Vec<u8>>,
    arrived: Notify,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LineSink for Inbox {
    fn append(&self, lines: &[u8]) {
        self.lock().extend_from_slice(lines);
        self.arrived.notify_one();
    }

    fn offer(&self, line: &[u8]) -> bool {
        let room = self.lock().len() + line.len() <= BACKLOG;
        if room {
            self.append(line);
        }
        room
    }
}
