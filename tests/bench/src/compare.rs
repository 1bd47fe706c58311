//! Runs the floor and ours in turns, and turns the runs into numbers.

use crate::{
    contender::{Contender, Transport},
    cpu::{self, Cores},
    error::Error,
    load::{self, Run},
    options::Plan,
    report::{Comparison, Report, Side, Spread},
};

/// Everything the plan asks for.
pub(crate) fn run(plan: &Plan) -> Result<Report, Error> {
    let cores = Cores::choose()?;
    if let Some(cores) = cores {
        cpu::pin(cores.load)?;
    }
    let comparisons = plan
        .transports
        .iter()
        .map(|&transport| compare(transport, cores, plan))
        .collect::<Result<_, _>>()?;
    Ok(Report {
        cores,
        rounds: plan.rounds,
        seconds: plan.measured.as_secs_f64(),
        comparisons,
    })
}

fn compare(transport: Transport, cores: Option<Cores>, plan: &Plan) -> Result<Comparison, Error> {
    let (mut floor, mut ours) = (Vec::new(), Vec::new());
    for round in 1..=plan.rounds {
        floor.push(Numbers::of(&load::measure(
            Contender::Floor,
            transport,
            cores,
            plan,
        )?));
        ours.push(Numbers::of(&load::measure(
            Contender::OursAll,
            transport,
            cores,
            plan,
        )?));
        if let (Some(floor), Some(ours)) = (floor.last(), ours.last()) {
            let (name, rounds) = (transport.name(), plan.rounds);
            eprintln!(
                "{name} {round}/{rounds}: {:.3}",
                ours.calls_per_second / floor.calls_per_second
            );
        }
    }
    let ratio = |of: fn(&Numbers) -> Option<f64>| {
        Spread::over(
            floor
                .iter()
                .zip(&ours)
                .map(|(floor, ours)| Some(of(ours)? / of(floor)?)),
        )
    };
    Ok(Comparison {
        transport,
        in_flight: transport.in_flight(),
        throughput: ratio(|run| Some(run.calls_per_second)),
        processor: ratio(|run| run.server_seconds_per_call.map(f64::recip)),
        floor: side(&floor),
        ours: side(&ours),
    })
}

/// What one run showed.
struct Numbers {
    calls_per_second: f64,
    p50: f64,
    p99: f64,
    server_seconds_per_call: Option<f64>,
    server_busy: Option<f64>,
}

impl Numbers {
    fn of(run: &Run) -> Self {
        let calls = u32::try_from(run.latencies.len()).map_or(f64::INFINITY, f64::from);
        Self {
            calls_per_second: calls / run.elapsed.as_secs_f64(),
            p50: percentile(&run.latencies, 50),
            p99: percentile(&run.latencies, 99),
            server_seconds_per_call: run.server.map(|used| used.as_secs_f64() / calls),
            server_busy: run
                .server
                .map(|used| used.as_secs_f64() / run.elapsed.as_secs_f64()),
        }
    }
}

/// In microseconds.
fn percentile(sorted_nanoseconds: &[u32], percent: usize) -> f64 {
    let place = sorted_nanoseconds.len() * percent / 100;
    sorted_nanoseconds
        .get(place)
        .map_or(f64::NAN, |&nanoseconds| f64::from(nanoseconds) / 1e3)
}

fn side(runs: &[Numbers]) -> Side {
    let median_of = |of: fn(&Numbers) -> Option<f64>| {
        Spread::over(runs.iter().map(of)).map(|spread| spread.median)
    };
    Side {
        calls_per_second: median_of(|run| Some(run.calls_per_second)),
        p50_us: median_of(|run| Some(run.p50)),
        p99_us: median_of(|run| Some(run.p99)),
        server_us_per_call: median_of(|run| {
            run.server_seconds_per_call.map(|seconds| seconds * 1e6)
        }),
        server_busy: median_of(|run| run.server_busy),
    }
}
