//! The load generator: keeps a fixed number of calls in flight and times each.
//!
//! It must be cheap, so that the server is measured and not the generator: one thread, prebuilt requests, two system
//! calls a turn. The report shows the fraction of the time in which the server was busy.

pub(crate) mod http;
pub(crate) mod stdio;

use std::time::{Duration, Instant};

use crate::{
    contender::{Contender, Transport},
    cpu,
    error::Error,
    lab::Lab,
    options::Plan,
    scenario::Scenario,
    server::Server,
};

/// The time after the end of a part after which a server counts as stalled.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something that can call a server for a while.
trait Load: Send {
    /// Calls until `length` has passed and everything is answered. Returns the time of each call in nanoseconds.
    fn run(&mut self, length: Duration) -> Result<Vec<u32>, Error>;
}

/// One run against one server.
#[derive(Debug)]
pub(crate) struct Run {
    /// The time of each call in nanoseconds, sorted.
    pub(crate) latencies: Vec<u32>,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// Processor time of the server in `elapsed`.
    pub(crate) server: Option<Duration>,
    /// The peak memory of the server, in MiB.
    pub(crate) peak: Option<f64>,
}

/// Starts a server, warms it up, measures it and ends it.
pub(crate) fn measure(
    lab: &Lab,
    contender: Contender,
    scenario: &Scenario,
    plan: &Plan,
) -> Result<Run, Error> {
    let &Scenario {
        transport,
        in_flight,
        call,
        ..
    } = scenario;
    let mut server = Server::start(lab, contender, transport)?;
    let mut load: Box<dyn Load> = match transport {
        Transport::Http => Box::new(http::Connections::open(&mut server, call, in_flight)?),
        Transport::Stdio => Box::new(stdio::Pipe::open(&mut server, call, in_flight)?),
    };
    guarded(&mut server, plan.warm_up + PATIENCE, || {
        load.run(plan.warm_up)
    })?;
    let pid = server.pid();
    guarded(&mut server, plan.measured + PATIENCE, || {
        timed(&mut *load, pid, plan.measured)
    })
}

/// Runs `work` while this thread waits: when it takes longer than `patience`, the server is killed, which ends it.
fn guarded<T: Send>(
    server: &mut Server,
    patience: Duration,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> Result<T, Error> {
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    std::thread::scope(|scope| {
        scope.spawn(move || sender.send(work()));
        receiver.recv_timeout(patience).unwrap_or_else(|_| {
            server.kill();
            Err(Error::Stalled(patience.as_secs()))
        })
    })
    .map_err(|error| match error {
        Error::Io { .. } => server.ended_soon().map_or(error, Error::Stopped),
        told => told,
    })
}

fn timed(load: &mut dyn Load, server: u32, length: Duration) -> Result<Run, Error> {
    let before = cpu::used(server);
    let start = Instant::now();
    let mut latencies = load.run(length)?;
    let elapsed = start.elapsed();
    let used = cpu::used(server)
        .zip(before)
        .and_then(|(after, before)| after.checked_sub(before));
    latencies.sort_unstable();
    Ok(Run {
        latencies,
        elapsed,
        server: used,
        peak: cpu::memory(server, "VmHWM"),
    })
}

/// Returns the nanoseconds from `start` to `end`, at most four seconds.
fn nanoseconds(start: Instant, end: Instant) -> u32 {
    u32::try_from(end.duration_since(start).as_nanos()).unwrap_or(u32::MAX)
}
