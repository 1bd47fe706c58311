//! The servers that are compared, and the transports that they serve.

use std::net::SocketAddr;

use serde::Serialize;
use tokio::runtime::{Builder, Runtime};

use crate::{error::Error, floor, ours};

/// A server of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Contender {
    /// Written by hand, without an SDK: an axum route, or a loop over lines by `std::io`.
    Floor,
    /// The loop over lines by tokio's input and output.
    Tokio,
    /// A loop that reads all available bytes at once, and writes once.
    Batched,
    /// Declared, without a policy.
    Ours,
    /// Declared, with every policy on.
    OursAll,
    /// Written with rmcp, in a separate program.
    Rmcp,
    /// Declared, with 1,000 tools.
    Tools,
    /// Declared with a rate limit, in a program that is built with the feature `redis`.
    Local,
    /// The same, with its count in a Redis.
    Shared,
}

/// The transport of the calls.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Transport {
    /// Streamable HTTP.
    Http,
    /// Lines through a pair of pipes.
    Stdio,
}

impl Contender {
    const ALL: [Self; 9] = [
        Self::Floor,
        Self::Tokio,
        Self::Batched,
        Self::Ours,
        Self::OursAll,
        Self::Rmcp,
        Self::Tools,
        Self::Local,
        Self::Shared,
    ];

    /// Returns its name in `serve-<contender>-<transport>`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Tokio => "tokio",
            Self::Batched => "batched",
            Self::Ours => "ours",
            Self::OursAll => "ours-all",
            Self::Rmcp => "rmcp",
            Self::Tools => "tools",
            Self::Local => "local",
            Self::Shared => "shared",
        }
    }

    /// Parses the form of [`name`](Self::name).
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|contender| contender.name() == name)
    }

    /// The command line of its program.
    pub(crate) fn arguments(self, transport: Transport, addr: SocketAddr) -> [String; 2] {
        let words = format!("serve-{}-{}", self.name(), transport.name());
        [words, addr.to_string()]
    }
}

impl Transport {
    /// Returns its name in `serve-<contender>-<transport>`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Stdio => "stdio",
        }
    }

    /// Parses the form of [`name`](Self::name).
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Http, Self::Stdio]
            .into_iter()
            .find(|transport| transport.name() == name)
    }
}

/// Serves until the process is killed or its input ends.
pub(crate) fn serve(
    contender: Contender,
    transport: Transport,
    addr: SocketAddr,
) -> Result<(), Error> {
    let server = match (contender, transport) {
        (Contender::Floor, Transport::Http) => {
            return runtime()?.block_on(floor::http::serve(addr));
        }
        (Contender::Floor, Transport::Stdio) => return floor::stdio::serve(),
        (Contender::Batched, Transport::Stdio) => return floor::batched::serve(),
        (Contender::Tokio, Transport::Stdio) => return runtime()?.block_on(floor::tokio::serve()),
        (Contender::Ours, _) => ours::plain(),
        (Contender::OursAll, _) => ours::limited(),
        (Contender::Tools, _) => ours::many_tools(),
        (other, _) => {
            let (name, transport) = (other.name(), transport.name());
            return Err(Error::Usage(format!(
                "`{name}` has no server over {transport} here"
            )));
        }
    };
    runtime()?.block_on(async {
        match transport {
            Transport::Http => server.serve_http(addr).await,
            Transport::Stdio => server.serve_stdio().await,
        }
        .map_err(|error| Error::Ours(error.into()))
    })
}

/// Returns the runtime of every asynchronous server: one thread, for one core.
pub(crate) fn runtime() -> Result<Runtime, Error> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("starting the runtime"))
}
