//! The kinds of load, and the servers that each is put on.

use serde::Serialize;

use crate::{
    call::Call,
    contender::{
        Contender::{self, Batched, Floor, Local, Ours, OursAll, Rmcp, Shared, Tokio},
        Transport,
    },
};

/// A kind of load.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Scenario {
    /// As written on the command line.
    pub(crate) name: &'static str,
    /// As written in the report.
    pub(crate) title: &'static str,
    /// What carries the calls.
    pub(crate) transport: Transport,
    /// Calls in flight at any time: connections over HTTP, unanswered lines over stdio.
    pub(crate) in_flight: usize,
    /// What is called.
    pub(crate) call: Call,
    /// The servers; the others are compared with the first. rmcp is left out unless it is asked for.
    pub(crate) contenders: &'static [Contender],
}

const OVER_HTTP: &[Contender] = &[Floor, Ours, OursAll, Rmcp];
const ONE_LINE: &[Contender] = &[Floor, Tokio, Ours, OursAll, Rmcp];
const MANY_LINES: &[Contender] = &[Floor, Batched, Ours, OursAll, Rmcp];
const LIMITED: &[Contender] = &[Local, Shared];

impl Scenario {
    /// All of them, in the order of the report.
    pub(crate) const ALL: [Self; 9] = [
        Self::http("http-1", "HTTP, 1 connection", 1, OVER_HTTP),
        Self::http("http-32", "HTTP, 32 connections", 32, OVER_HTTP),
        Self::http("http-256", "HTTP, 256 connections", 256, OVER_HTTP),
        Self {
            call: Call::Echo,
            ..Self::http(
                "http-large",
                "HTTP, 1 connection, 1 MB of source code there and back",
                1,
                OVER_HTTP,
            )
        },
        Self::stdio("stdio-1", "stdio, a call at a time", 1, ONE_LINE),
        Self::stdio("stdio-64", "stdio, 64 calls in flight", 64, MANY_LINES),
        Self {
            call: Call::Echo,
            ..Self::stdio(
                "stdio-large",
                "stdio, a call at a time, 1 MB of source code there and back",
                1,
                OVER_HTTP,
            )
        },
        Self::http(
            "redis-1",
            "HTTP, 1 connection, a rate limit in a Redis beside a local one",
            1,
            LIMITED,
        ),
        Self::http(
            "redis-32",
            "HTTP, 32 connections, a rate limit in a Redis beside a local one",
            32,
            LIMITED,
        ),
    ];

    const fn http(
        name: &'static str,
        title: &'static str,
        in_flight: usize,
        contenders: &'static [Contender],
    ) -> Self {
        Self {
            name,
            title,
            transport: Transport::Http,
            in_flight,
            call: Call::Add,
            contenders,
        }
    }

    const fn stdio(
        name: &'static str,
        title: &'static str,
        in_flight: usize,
        contenders: &'static [Contender],
    ) -> Self {
        Self {
            transport: Transport::Stdio,
            ..Self::http(name, title, in_flight, contenders)
        }
    }

    /// Returns `true` if it needs a Redis.
    pub(crate) fn is_shared(&self) -> bool {
        self.contenders.contains(&Shared)
    }
}
