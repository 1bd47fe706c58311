//! The committed table of costs, and the comparison with it.

use std::fmt::{self, Display, Formatter};

use super::callgrind::Costs;
use crate::error::Error;

/// The path of the table.
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.txt");

/// The change, in percent, that is none.
const TOLERANCE: u64 = 2;

const HEADING: &str = "\
# The cost of a call: instructions in user space, and allocations, counted by callgrind on x86-64.
# Written by `cargo run --release -p bench -- --counts --write`; CI fails where a figure differs by more than 2 % and that
# of the floor does not, on the same processor. Of large messages the instructions count: how a pipe splits them, and so the
# allocations, is up to the system.";

/// The line of the table that names the processor, by whose features libraries choose their code.
const PROCESSOR: &str = "# on: ";

/// The costs of every server.
#[derive(Debug, PartialEq)]
pub(super) struct Table {
    /// The processor on which it was counted.
    pub(super) processor: String,
    /// By part and server; the floor of a part comes first.
    pub(super) rows: Vec<Row>,
}

/// The cost of one kind of call at one server.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    /// The transport and the size.
    pub(super) part: String,
    /// The server.
    pub(super) server: String,
    /// Of one call.
    pub(super) costs: Costs,
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

    /// The parts whose floor differs from that of `before`: another processor, or another floor, counts there.
    pub(super) fn incomparable(&self, before: &Self) -> Vec<&str> {
        let floors = self.rows.iter().filter(|row| row.server == "floor");
        floors
            .filter(|row| {
                before
                    .floor(&row.part)
                    .is_some_and(|was| differs(row.costs.instructions, was))
            })
            .map(|row| row.part.as_str())
            .collect()
    }

    /// The figures that differ from `before` by more than the tolerance, as lines, where they are comparable.
    pub(super) fn changes(&self, before: &Self) -> Vec<String> {
        let incomparable = self.incomparable(before);
        let comparable = self
            .rows
            .iter()
            .filter(|row| !incomparable.contains(&row.part.as_str()));
        let changed = comparable.filter_map(|row| {
            let name = format!("{} {}", row.part, row.server);
            let is_same = |it: &&Row| it.part == row.part && it.server == row.server;
            let Some(Row { costs: was, .. }) = before.rows.iter().find(is_same) else {
                return Some(format!("{name}: not in the table"));
            };
            let is = row.costs;
            let is_large = row.part.ends_with("large");
            (differs(is.instructions, was.instructions)
                || !is_large && differs(is.allocations, was.allocations))
            .then(|| {
                format!(
                    "{name}: {} instructions and {} allocations, in the table {} and {}",
                    is.instructions, is.allocations, was.instructions, was.allocations
                )
            })
        });
        changed.collect()
    }

    fn floor(&self, part: &str) -> Option<u64> {
        let mut rows = self.rows.iter();
        let floor = rows.find(|row| row.part == part && row.server == "floor")?;
        Some(floor.costs.instructions)
    }
}

/// Returns the name of the processor, as Linux tells it.
pub(super) fn processor() -> String {
    let known = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = known.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':'));
    name.map_or_else(String::new, |(_, name)| name.trim().to_owned())
}

fn differs(is: u64, was: u64) -> bool {
    is.abs_diff(was) * 100 > was * TOLERANCE
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (part, server) = (words.next()?.to_owned(), words.next()?.to_owned());
        let costs = Costs {
            instructions: words.next()?.parse().ok()?,
            allocations: words.next()?.parse().ok()?,
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
            "\n# {:<10} {:<8} {:>12} {:>11} {:>7}",
            "call", "server", "instructions", "allocations", "÷ floor"
        )?;
        for row in &self.rows {
            let Costs {
                instructions,
                allocations,
            } = row.costs;
            write!(
                f,
                "\n{:<12} {:<8} {instructions:>12} {allocations:>11}",
                row.part, row.server
            )?;
            if let Some(floor) = self.floor(&row.part) {
                let percent = (instructions * 100 + floor / 2) / floor.max(1);
                write!(f, " {:>4}.{:02}", percent / 100, percent % 100)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    fn table(instructions: u64, allocations: u64) -> Table {
        let text =
            format!("# heading\nhttp floor 1000 30 1.00\nhttp ours {instructions} {allocations}");
        Table::parse(&text).unwrap_or_else(|_| panic!("a table"))
    }

    #[test]
    fn a_table_is_read_as_it_is_written() {
        let written = table(1200, 27);
        let read = Table::parse(&written.to_string());
        assert_eq!(read.ok(), Some(written));
    }

    #[test]
    fn a_change_of_more_than_two_percent_is_told() {
        let before = table(1000, 50);
        for (instructions, allocations, changes) in [
            (1020, 50, 0),
            (980, 51, 0),
            (1021, 50, 1),
            (979, 50, 1),
            (1000, 52, 1),
        ] {
            let changed = table(instructions, allocations).changes(&before);
            assert_eq!(changed.len(), changes, "{instructions} {allocations}");
        }
    }

    #[test]
    fn figures_beside_another_floor_are_not_compared() {
        let of = |floor: u64, ours: u64| {
            Table::parse(&format!("http floor {floor} 30\nhttp ours {ours} 30"))
                .unwrap_or_else(|_| panic!("a table"))
        };
        let before = of(1000, 1200);
        assert_eq!(of(1100, 1300).incomparable(&before), ["http"]);
        assert!(of(1100, 1300).changes(&before).is_empty());
        assert!(of(1010, 1210).incomparable(&before).is_empty());
        assert_eq!(of(1010, 1300).changes(&before).len(), 1);
    }
}
