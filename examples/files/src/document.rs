//! Operations on texts and tables: enums with data, as models write them.

use mcp_runtime::model;

/// One step of work on a text.
#[model]
#[derive(Clone, Debug)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Step {
    /// Keeps the lines that contain a text.
    Grep {
        /// The text.
        text: String,
    },
    /// Keeps the first lines.
    Head {
        /// The number of lines.
        lines: usize,
    },
    /// Replaces a text.
    Replace {
        /// The text to look for.
        find: String,
        /// The replacement.
        with: String,
    },
    /// Sorts the lines.
    Sort {
        /// Sort in descending order.
        #[serde(default)]
        descending: bool,
    },
    /// Changes the case of letters.
    Case {
        /// The case.
        to: Case,
    },
}

/// A case of letters.
#[model]
#[derive(Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// SMALL BECOMES LARGE.
    Upper,
    /// LARGE becomes small.
    Lower,
}

impl Step {
    /// Applies the step.
    pub(crate) fn apply(&self, text: &str) -> String {
        let lines = || text.lines();
        match self {
            Self::Grep { text } => joined(lines().filter(|line| line.contains(text.as_str()))),
            Self::Head { lines: most } => joined(lines().take(*most)),
            Self::Replace { find, with } => text.replace(find.as_str(), with),
            Self::Sort { descending } => {
                let mut sorted: Vec<&str> = lines().collect();
                sorted.sort_unstable();
                if *descending {
                    sorted.reverse();
                }
                joined(sorted.into_iter())
            }
            Self::Case { to: Case::Upper } => text.to_uppercase(),
            Self::Case { to: Case::Lower } => text.to_lowercase(),
        }
    }
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

/// Operation on a table, whose lines are rows and whose cells are separated by commas.
#[model(input)]
#[derive(Clone, Debug)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum Table {
    /// Lists the names of the columns.
    Columns,
    /// Returns one cell.
    Cell {
        /// The number of the row, from 1.
        row: usize,
        /// The name of the column.
        column: String,
    },
    /// Adds up a column of numbers.
    Sum {
        /// The name of the column.
        column: String,
    },
}

impl Table {
    /// Applies the operation.
    pub(crate) fn apply(&self, text: &str) -> Result<String, String> {
        let mut rows = text
            .lines()
            .map(|line| line.split(',').map(str::trim).collect::<Vec<_>>());
        let header = rows.next().ok_or("the table is empty")?;
        let place = |column: &str| {
            let place = header.iter().position(|name| *name == column);
            place.ok_or_else(|| {
                format!(
                    "there is no column `{column}`; there are {}",
                    header.join(", ")
                )
            })
        };
        match self {
            Self::Columns => Ok(header.join("\n")),
            Self::Cell { row, column } => {
                let place = place(column)?;
                let cells = row.checked_sub(1).and_then(|row| rows.nth(row));
                let cell = cells.and_then(|cells| cells.get(place).map(|&cell| cell.to_owned()));
                cell.ok_or_else(|| format!("there is no row {row}"))
            }
            Self::Sum { column } => {
                let place = place(column)?;
                let numbers = rows.filter_map(|cells| cells.get(place)?.parse::<f64>().ok());
                Ok(numbers.sum::<f64>().to_string())
            }
        }
    }
}
