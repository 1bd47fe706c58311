//! The two sides of a comparison, and the transports they are compared over.

use std::net::SocketAddr;

use serde::Serialize;
use tokio::runtime::{Builder, Runtime};

use crate::{error::Error, floor, ours};

/// Whose server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Contender {
    /// Written by hand, without an SDK.
    Floor,
    /// Declared, without a policy.
    Ours,
    /// Declared, with every policy on.
    OursAll,
}

/// What carries the calls.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Transport {
    /// Streamable HTTP, a call at a time on each connection.
    Http,
    /// Lines through a pair of pipes, a call at a time; the floor is the loop that anybody writes: read a line,
    /// answer it, write.
    Stdio,
    /// Lines without waiting for answers; the floor reads and writes as much at once as there is.
    Pipelined,
}

impl Contender {
    /// As written in `serve-<contender>-<transport>`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Ours => "ours",
            Self::OursAll => "ours-all",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Floor, Self::Ours, Self::OursAll]
            .into_iter()
            .find(|contender| contender.name() == name)
    }
}

impl Transport {
    /// All of them, in the order of the report.
    pub(crate) const ALL: [Self; 3] = [Self::Http, Self::Stdio, Self::Pipelined];

    /// As written on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Stdio => "stdio",
            Self::Pipelined => "pipelined",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|transport| transport.name() == name)
    }

    /// Calls in flight at any time: connections over HTTP, unanswered lines over stdio.
    pub(crate) const fn in_flight(self) -> usize {
        match self {
            Self::Http => 32,
            Self::Stdio => 1,
            Self::Pipelined => 64,
        }
    }
}

/// Serves until the process is killed or its input ends.
pub(crate) fn serve(
    contender: Contender,
    transport: Transport,
    addr: SocketAddr,
) -> Result<(), Error> {
    match (contender, transport) {
        (Contender::Floor, Transport::Http) => runtime()?.block_on(floor::http::serve(addr)),
        (Contender::Floor, Transport::Stdio) => floor::stdio::serve(),
        (Contender::Floor, Transport::Pipelined) => floor::batched::serve(),
        (Contender::Ours | Contender::OursAll, Transport::Http) => {
            runtime()?.block_on(ours::serve_http(addr, contender == Contender::OursAll))
        }
        (Contender::Ours | Contender::OursAll, Transport::Stdio | Transport::Pipelined) => {
            runtime()?.block_on(ours::serve_stdio(contender == Contender::OursAll))
        }
    }
}

/// The runtime every asynchronous server gets: one thread, for one core.
fn runtime() -> Result<Runtime, Error> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("starting the runtime"))
}
