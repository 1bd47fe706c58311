//! The report: tables in Markdown, or one JSON object. Standard output carries nothing else.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::{
    compare::{self, Comparison, Side},
    contender::Contender,
    counts::{self, Table},
    error::Error,
    figure::{Fact, Figure},
    host::Host,
    lab::Lab,
    numbers::{Kind, Spread},
    options::{Format, Plan},
    scenario::Scenario,
    target::{self, Bound, Target},
};

/// A server that was less busy than this was not what limited the calls.
const BUSY: f64 = 0.9;

/// The outcome of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The machine.
    host: Host,
    /// Rounds of each load.
    rounds: u32,
    /// The length of one turn.
    seconds: f64,
    /// One for each load.
    comparisons: Vec<Comparison>,
    /// The costs of a call.
    pub(crate) instructions: Option<Table>,
    /// Single figures.
    pub(crate) facts: Vec<Fact>,
    /// Sentences about what is left out.
    notes: Vec<String>,
}

/// Measures everything that a plan asks for, and prints the report.
pub(crate) fn run(plan: &Plan) -> Result<(), Error> {
    let lab = Lab::open(plan)?;
    let mut report = Report {
        host: Host::look(lab.cores()),
        rounds: plan.rounds,
        seconds: plan.measured.as_secs_f64(),
        comparisons: Vec::new(),
        instructions: None,
        facts: Vec::new(),
        notes: Vec::new(),
    };
    for &scenario in &plan.scenarios {
        if scenario.is_shared() && !lab.has(Contender::Shared) {
            report.notes.push(format!(
                "{} is left out: `redis-server` is not installed.",
                scenario.name
            ));
            continue;
        }
        report.comparisons.push(compare::run(&lab, scenario, plan)?);
    }
    for &figure in &plan.figures {
        eprintln!("{}", figure.name());
        if figure == Figure::Instructions {
            report.count(&lab)?;
        }
        report.facts.extend(figure.measure(&lab)?);
    }
    match plan.format {
        Format::Markdown => print_line(report.to_string().trim_end()),
        Format::Json => print_line(&serde_json::to_string(&report)?),
    }
    Ok(())
}

/// Prints some text and a newline.
#[expect(
    clippy::print_stdout,
    reason = "printing is what this program is for; its servers never come here"
)]
pub(crate) fn print_line(text: &str) {
    println!("{text}");
}

impl Report {
    fn count(&mut self, lab: &Lab) -> Result<(), Error> {
        let mut servers = vec![Contender::Floor, Contender::Ours, Contender::OursAll];
        servers.extend(lab.has(Contender::Rmcp).then_some(Contender::Rmcp));
        match counts::count(lab, &servers) {
            Ok(table) => self.instructions = Some(table),
            Err(Error::Counts(why)) => self
                .notes
                .push(format!("instructions are left out: {why}.")),
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// What a server made of a load.
    pub(crate) fn side(&self, load: &str, contender: Contender) -> Option<&Side> {
        self.comparison(load)?.side(contender)
    }

    /// The number of the server with all policies by that of another, under a load.
    pub(crate) fn ratio(&self, load: &str, kind: Kind, to: Contender) -> Option<f64> {
        let comparison = self.comparison(load)?;
        let (ours, other) = (comparison.side(Contender::OursAll)?, comparison.side(to)?);
        Some(ours.ratio(kind)?.median / other.ratio(kind)?.median)
    }

    fn comparison(&self, load: &str) -> Option<&Comparison> {
        let mut comparisons = self.comparisons.iter();
        comparisons.find(|it| it.scenario.name == load)
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.host)?;
        if !self.comparisons.is_empty() {
            let (rounds, seconds) = (self.rounds, self.seconds);
            writeln!(
                f,
                "Each load: {rounds} rounds, in each of which every server has a turn of {seconds} s. Figures are medians, \
                 ratios those of the same round with the least and the most.\n"
            )?;
        }
        for comparison in &self.comparisons {
            writeln!(f, "{comparison}")?;
        }
        if let Some(table) = &self.instructions {
            writeln!(f, "{}", Instructions(table))?;
        }
        if !self.facts.is_empty() {
            writeln!(f, "### Single figures\n\n| | |\n|---|---|")?;
            for Fact { what, value, unit } in &self.facts {
                let measured = format!("{} {unit}", rounded(*value));
                writeln!(f, "| {what} | {} |", measured.trim_end())?;
            }
            writeln!(f)?;
        }
        let targets = target::of(self);
        if !targets.is_empty() {
            writeln!(
                f,
                "### Targets\n\n| all policies on | target | measured | |\n|---|---|---|---|"
            )?;
            for target in targets {
                writeln!(f, "{target}")?;
            }
            writeln!(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

/// A number with at most three digits behind the point.
fn rounded(number: f64) -> String {
    let written = format!("{number:.3}");
    written
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            unit,
            wanted,
            measured,
        } = self;
        let (sign, bound) = match wanted {
            Bound::AtLeast(least) => ("≥", least),
            Bound::AtMost(most) => ("≤", most),
        };
        let met = if wanted.is_met(*measured) {
            "met"
        } else {
            "missed"
        };
        let wanted = format!("{sign} {bound} {unit}");
        let (wanted, measured) = (wanted.trim_end(), rounded(*measured));
        write!(f, "| {what} | {wanted} | {measured} | {met} |")
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Scenario { title, name, .. } = self.scenario;
        write!(f, "### {title} (`{name}`)\n\n|")?;
        for kind in Kind::ALL {
            write!(f, " | {}", kind.heading())?;
        }
        writeln!(f, " |\n|---|---|---|---|---|---|---|")?;
        let mut sides = self.sides.iter();
        let Some(first) = sides.next() else {
            return Ok(());
        };
        medians(f, first)?;
        for side in sides {
            medians(f, side)?;
            ratios(f, side, first.contender)?;
        }
        if let (Some(local), Some(shared)) =
            (self.side(Contender::Local), self.side(Contender::Shared))
        {
            added(f, local, shared)?;
        }
        let is_idle = |side: &Side| side.median(Kind::Busy).is_some_and(|busy| busy < BUSY);
        if self.scenario.in_flight > 1 && self.sides.iter().any(is_idle) {
            f.write_str(
                "\nA server was not busy all the time: the machine had other work, or the load generator was the slower one. \
                 CPU a call says more here than calls/s.\n",
            )?;
        }
        Ok(())
    }
}

fn medians(f: &mut Formatter<'_>, side: &Side) -> fmt::Result {
    write!(f, "| {} |", side.contender.name())?;
    for kind in Kind::ALL {
        match side.median(kind) {
            Some(number) => write!(f, " {number:.*} |", kind.digits())?,
            None => write!(f, " ? |")?,
        }
    }
    writeln!(f)
}

fn ratios(f: &mut Formatter<'_>, side: &Side, to: Contender) -> fmt::Result {
    write!(f, "| **÷ {}** |", to.name())?;
    for kind in Kind::ALL {
        match side.ratio(kind) {
            Some(_) if kind == Kind::Busy => write!(f, " |")?,
            Some(Spread { median, min, max }) => {
                write!(f, " **{median:.2}** ({min:.2}–{max:.2}) |")?;
            }
            None => write!(f, " ? |")?,
        }
    }
    writeln!(f)
}

/// The latency that the shared limit adds.
fn added(f: &mut Formatter<'_>, local: &Side, shared: &Side) -> fmt::Result {
    let more = |kind| Some(shared.median(kind)? - local.median(kind)?);
    match (more(Kind::Half), more(Kind::NinetyNine)) {
        (Some(half), Some(most)) => {
            writeln!(
                f,
                "\nThe Redis adds {half:.0} µs to a call at p50, and {most:.0} µs at p99."
            )
        }
        _ => Ok(()),
    }
}

/// The costs of a call as a table in Markdown.
struct Instructions<'t>(&'t Table);

impl Display for Instructions<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "### Instructions in user space and calls of the allocator, of one call (`instructions`)\n\n\
             | | server | own code | C library and clock | all ÷ floor | allocations | copies |\n|---|---|---|---|---|---|---|"
        )?;
        for row in &self.0.rows {
            let counts::Row {
                part,
                server,
                costs,
            } = row;
            let ratio = self.0.ratio(row).unwrap_or(f64::NAN);
            writeln!(
                f,
                "| {part} | {server} | {} | {} | **{ratio:.2}** | {} | {} |",
                costs.own, costs.system, costs.allocations, costs.copies
            )?;
        }
        Ok(())
    }
}
