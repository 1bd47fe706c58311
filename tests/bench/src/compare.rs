//! Puts each load on its servers in turns: a round has a turn of each, so that what disturbs the machine hits all alike.

use serde::Serialize;

use crate::{
    contender::Contender,
    error::Error,
    lab::Lab,
    load,
    numbers::{Kind, Numbers, Spread},
    options::Plan,
    scenario::Scenario,
};

/// A load, and what its servers made of it.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// The load.
    pub(crate) scenario: Scenario,
    /// The servers; the others are compared with the first.
    pub(crate) sides: Vec<Side>,
}

/// What one server made of a load: its numbers in the order of [`Kind::ALL`].
#[derive(Debug, Serialize)]
pub(crate) struct Side {
    /// The server.
    pub(crate) contender: Contender,
    /// The medians over all rounds.
    pub(crate) medians: [Option<f64>; 6],
    /// Over the rounds, its number by that of the first server in the same round.
    pub(crate) ratios: [Option<Spread>; 6],
}

impl Comparison {
    /// A server of it.
    pub(crate) fn side(&self, contender: Contender) -> Option<&Side> {
        self.sides.iter().find(|side| side.contender == contender)
    }
}

impl Side {
    /// A median.
    pub(crate) fn median(&self, kind: Kind) -> Option<f64> {
        self.medians[kind as usize]
    }

    /// A number by that of the first server.
    pub(crate) fn ratio(&self, kind: Kind) -> Option<Spread> {
        self.ratios[kind as usize]
    }
}

/// Puts one load on its servers.
pub(crate) fn run(lab: &Lab, scenario: Scenario, plan: &Plan) -> Result<Comparison, Error> {
    let servers = scenario.contenders.iter().copied();
    let mut runs: Vec<_> = servers
        .filter(|&server| lab.has(server))
        .map(|server| (server, Vec::new()))
        .collect();
    for round in 0..plan.rounds as usize {
        eprintln!("{}, round {} of {}", scenario.title, round + 1, plan.rounds);
        // Each round begins with another server, so that none always follows the same one.
        let count = runs.len();
        for turn in 0..count {
            let (server, numbers) = &mut runs[(round + turn) % count];
            numbers.push(Numbers::of(&load::measure(lab, *server, &scenario, plan)?));
        }
    }
    let first = runs
        .first()
        .map_or(Vec::new(), |(_, numbers)| numbers.clone());
    let sides = runs
        .into_iter()
        .map(|(contender, numbers)| side(contender, &numbers, &first));
    Ok(Comparison {
        scenario,
        sides: sides.collect(),
    })
}

fn side(contender: Contender, numbers: &[Numbers], first: &[Numbers]) -> Side {
    Side {
        contender,
        medians: Kind::ALL.map(|kind| {
            let all = Spread::over(numbers.iter().map(|run| run.get(kind)));
            all.map(|spread| spread.median)
        }),
        ratios: Kind::ALL.map(|kind| {
            let pairs = numbers.iter().zip(first);
            Spread::over(pairs.map(|(run, first)| Some(run.get(kind)? / first.get(kind)?)))
        }),
    }
}
