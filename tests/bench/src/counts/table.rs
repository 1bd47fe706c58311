//! The committed table of costs, and the comparison with it.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::callgrind::Costs;
use crate::error::Error;

/// The path of the table.
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.txt");

/// The server that the others are compared with.
const FLOOR: &str = "floor";

/// The change, in percent, that is none.
const TOLERANCE: u64 = 2;

/// The same for copies: the compiler makes a few of them calls, or instructions, by how it splits a program.
const TOLERANCE_OF_COPIES: u64 = 10;

const HEADING: &str = "\
# The cost of a call, counted by callgrind on x86-64: instructions of the program's own code, and of the C library and the
# kernel's clock in user space; calls of the allocator; calls that copy memory; all instructions by those of the floor.
# Written by `cargo run --release -p bench -- --counts --write`. CI fails where a figure differs by more than 2 %, copies
# by 10 %. Instructions of the system are compared where those of the floor are the same, as they are up to the machine; of
# large messages the own instructions alone: how a pipe splits them, and so the calls, is up to the system.";

/// The line of the table that names the processor, by whose features the C library chooses its code.
const PROCESSOR: &str = "# on: ";

/// The costs of every server.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Table {
    /// The processor on which it was counted.
    pub(crate) processor: String,
    /// By part and server; the floor of a part comes first.
    pub(crate) rows: Vec<Row>,
}

/// The cost of one kind of call at one server.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Row {
    /// The transport and the size.
    pub(crate) part: String,
    /// The server.
    pub(crate) server: String,
    /// Of one call.
    pub(crate) costs: Costs,
}

impl Table {
    /// Reads the committed table.
    pub(super) fn read() -> Result<Self, Error> {
        let text = std::fs::read_to_string(PATH).map_err(Error::io("reading counts.txt"))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, Error> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let rows = lines.map(|line| {
            Row::parse(line)
                .ok_or_else(|| Error::Counts(format!("counts.txt has a bad line: {line}")))
        });
        let processor = text.lines().find_map(|line| line.strip_prefix(PROCESSOR));
        Ok(Self {
            processor: processor.unwrap_or_default().to_owned(),
            rows: rows.collect::<Result<_, _>>()?,
        })
    }

    /// Writes the table to be committed.
    pub(super) fn write(&self) -> Result<(), Error> {
        std::fs::write(PATH, format!("{self}\n")).map_err(Error::io("writing counts.txt"))
    }

    /// The parts in which the system costs the floor something else than in `before`: those of another machine.
    pub(super) fn elsewhere(&self, before: &Self) -> Vec<&str> {
        let floors = self.rows.iter().filter(|row| row.server == FLOOR);
        floors
            .filter(|row| {
                let was = before.costs(&row.part, FLOOR);
                was.is_some_and(|was| differs(row.costs.system, was.system, TOLERANCE))
            })
            .map(|row| row.part.as_str())
            .collect()
    }

    /// The figures that differ from `before` by more than the tolerance, as lines.
    pub(super) fn changes(&self, before: &Self) -> Vec<String> {
        let elsewhere = self.elsewhere(before);
        let mut changes = Vec::new();
        for row in &self.rows {
            let name = format!("{} {}", row.part, row.server);
            let Some(was) = before.costs(&row.part, &row.server) else {
                changes.push(format!("{name}: not in the table"));
                continue;
            };
            let is_small = !row.part.ends_with("large");
            let is_here = is_small && !elsewhere.contains(&row.part.as_str());
            let is = row.costs;
            let is_copying = is_small && row.server != FLOOR;
            let compared = [
                ("own instructions", is.own, was.own, TOLERANCE, true),
                (
                    "instructions of the system",
                    is.system,
                    was.system,
                    TOLERANCE,
                    is_here,
                ),
                (
                    "allocations",
                    is.allocations,
                    was.allocations,
                    TOLERANCE,
                    is_small,
                ),
                (
                    "copies",
                    is.copies,
                    was.copies,
                    TOLERANCE_OF_COPIES,
                    is_copying,
                ),
            ];
            let differing = compared
                .into_iter()
                .filter(|&(_, is, was, percent, is_compared)| {
                    is_compared && differs(is, was, percent)
                });
            changes.extend(
                differing
                    .map(|(what, is, was, ..)| format!("{name}: {is} {what}, in the table {was}")),
            );
        }
        let gone = before
            .rows
            .iter()
            .filter(|row| self.costs(&row.part, &row.server).is_none());
        changes.extend(gone.map(|row| format!("{} {}: only in the table", row.part, row.server)));
        changes
    }

    /// The costs of a call at a server.
    pub(crate) fn costs(&self, part: &str, server: &str) -> Option<Costs> {
        let mut rows = self.rows.iter();
        let row = rows.find(|row| row.part == part && row.server == server)?;
        Some(row.costs)
    }

    /// The instructions of a call by those of the floor.
    pub(crate) fn ratio(&self, row: &Row) -> Option<f64> {
        let floor = self.costs(&row.part, FLOOR)?.instructions();
        Some(count(row.costs.instructions()) / count(floor))
    }
}

/// A count in a ratio.
fn count(of: u64) -> f64 {
    u32::try_from(of).map_or(f64::NAN, f64::from)
}

fn differs(is: u64, was: u64, percent: u64) -> bool {
    is.abs_diff(was) * 100 > was * percent
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (part, server) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut count = || words.next()?.parse().ok();
        let costs = Costs {
            own: count()?,
            system: count()?,
            allocations: count()?,
            copies: count()?,
        };
        Some(Self {
            part,
            server,
            costs,
        })
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADING}\n{PROCESSOR}{}", self.processor)?;
        write!(
            f,
            "\n# {:<10} {:<8} {:>10} {:>10} {:>11} {:>7} {:>7}",
            "call", "server", "own", "system", "allocations", "copies", "÷ floor"
        )?;
        for row in &self.rows {
            let (part, server, costs) = (&row.part, &row.server, row.costs);
            let Costs {
                own,
                system,
                allocations,
                copies,
            } = costs;
            write!(
                f,
                "\n{part:<12} {server:<8} {own:>10} {system:>10} {allocations:>11} {copies:>7}"
            )?;
            if let Some(ratio) = self.ratio(row) {
                write!(f, " {ratio:>7.2}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    /// A table of the floor, whose system costs `system`, and of another server.
    fn table(system: u64, ours: &str) -> Table {
        let text = format!("# heading\nhttp floor 1000 {system} 30 9 1.00\nhttp ours {ours} 1.00");
        Table::parse(&text).unwrap_or_else(|_| panic!("a table"))
    }

    #[test]
    fn a_table_is_read_as_it_is_written() {
        let written = table(500, "1200 600 27 12");
        let read = Table::parse(&written.to_string());
        assert_eq!(read.ok(), Some(written));
    }

    #[test]
    fn a_change_of_more_than_two_percent_is_told() {
        let before = table(500, "1000 500 50 50");
        for (now, changes) in [
            ("1020 510 51 55", 0),
            ("980 490 49 45", 0),
            ("1021 500 50 50", 1),
            ("979 500 50 50", 1),
            ("1000 511 50 50", 1),
            ("1000 500 52 50", 1),
            ("1000 500 50 44", 1),
            ("1000 500 50 56", 1),
        ] {
            let changed = table(500, now).changes(&before);
            assert_eq!(changed.len(), changes, "{now}: {changed:?}");
        }
    }

    #[test]
    fn on_another_machine_only_the_instructions_of_the_system_are_not_compared() {
        let before = table(500, "1000 500 50 50");
        let here = table(800, "1000 900 50 50");
        assert_eq!(here.elsewhere(&before), ["http"]);
        assert!(here.changes(&before).is_empty());
        assert_eq!(table(800, "1021 900 50 50").changes(&before).len(), 1);
        assert_eq!(table(800, "1000 900 52 50").changes(&before).len(), 1);
    }

    #[test]
    fn a_row_that_is_missing_on_either_side_is_told() {
        let (one, both) = (
            "http floor 1 1 1 1 1.00",
            "http floor 1 1 1 1 1.00\nhttp ours 1 1 1 1 1.00",
        );
        let parse = |text| Table::parse(text).unwrap_or_else(|_| panic!("a table"));
        assert_eq!(parse(one).changes(&parse(both)).len(), 1);
        assert_eq!(parse(both).changes(&parse(one)).len(), 1);
    }
}
