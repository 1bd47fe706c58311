//! A server in memory: one message in, one message out, as a stdio client would see them.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::handler::Principal;
use crate::service::Service;
use crate::transport::lines::{self, Input};

/// Messages that may wait on either side.
const WAITING: usize = 256;

/// A connection to a server in the same process. Dropping it is the end of input.
#[derive(Debug)]
pub struct Connection {
    send: Option<mpsc::Sender<Input>>,
    receive: mpsc::Receiver<Vec<u8>>,
    lines: std::collections::VecDeque<String>,
    service: Arc<Service>,
}

impl Connection {
    pub(super) fn open(service: Arc<Service>) -> Self {
        let (send, incoming) = mpsc::channel(WAITING);
        let (outgoing, receive) = mpsc::channel(WAITING);
        // Ends by itself when the connection is dropped: its input ends then.
        tokio::spawn(lines::serve(Arc::clone(&service), incoming, outgoing));
        Self { send: Some(send), receive, lines: std::collections::VecDeque::new(), service }
    }

    /// Sends one line, whatever it is.
    pub async fn send(&self, line: impl Into<String>) {
        if let Some(send) = &self.send {
            // A server that has ended reads no more; the missing answer shows that.
            let _ = send.send(Input::Lines(vec![Bytes::from(line.into())])).await;
        }
    }

    /// From now on lines are sent by `principal`, as if a transport had verified it. At first nobody is known.
    pub async fn principal(&self, principal: Principal) {
        if let Some(send) = &self.send {
            // As for a line.
            let _ = send.send(Input::Principal(principal)).await;
        }
    }

    /// The next line from the server; `None` when it has ended.
    pub async fn receive(&mut self) -> Option<String> {
        while self.lines.is_empty() {
            let text = self.receive.recv().await?;
            self.lines.extend(String::from_utf8_lossy(&text).lines().map(str::to_owned));
        }
        self.lines.pop_front()
    }

    /// The end of input: the server answers what is in flight, and ends.
    pub fn close(&mut self) {
        self.send = None;
    }

    /// Begins the shutdown, as a signal would: new calls are refused, streams end, calls in flight get their answers.
    pub fn shut_down(&self) {
        self.service.drain.begin();
    }

    /// What `/metrics` says, in the OpenMetrics text format.
    pub fn metrics(&self) -> String {
        self.service.metrics.render()
    }
}
