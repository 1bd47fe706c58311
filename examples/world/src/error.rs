//! What is read when something fails: texts that say what to do next.

use std::fmt;
use std::path::PathBuf;

use mcp_runtime::ElicitError;

use crate::country::Country;

/// How many suggestions a text makes.
const MOST: usize = 3;
/// Farther from a code than one slip, nothing is suggested.
const FARTHEST: usize = 2;

/// A failure of the server's start, or of what it offers.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// No country has these codes.
    #[error("{}; `search_countries` finds the code for a name", sentence(.0))]
    UnknownCodes(Vec<UnknownCode>),
    /// No country is called so.
    #[error("no country is called `{0}`; `search_countries` finds names")]
    UnknownName(String),
    /// The user was asked, and did not answer.
    #[error(transparent)]
    Unanswered(#[from] ElicitError),
    /// A query failed.
    #[error("the database could not be read; the server's log says why")]
    Database(#[source] sqlx::Error),
    /// The database could not be opened or filled.
    #[error("cannot open the database {}", .0.display())]
    Open(PathBuf, #[source] sqlx::Error),
}

/// The model reads that it failed, the operator why.
impl From<sqlx::Error> for WorldError {
    fn from(cause: sqlx::Error) -> Self {
        tracing::error!(error = %cause, "a query failed");
        Self::Database(cause)
    }
}

/// A code that no country has, and countries that may be meant.
#[derive(Debug)]
pub struct UnknownCode {
    code: String,
    nearest: Vec<String>,
}

impl UnknownCode {
    /// Looks among `countries`; of equally near ones it takes the first.
    pub(crate) fn new(code: &str, countries: &[Country]) -> Self {
        let code = code.to_uppercase();
        let distances = || {
            countries
                .iter()
                .map(|country| (distance(&code, country), country))
        };
        let least = distances()
            .map(|(distance, _)| distance)
            .min()
            .unwrap_or_default();
        let nearest = distances()
            .filter(|(distance, _)| *distance == least && least <= FARTHEST)
            .take(MOST)
            .map(|(_, country)| format!("{} {}", country.alpha2, country.common_name))
            .collect();
        Self { code, nearest }
    }
}

/// How far `code` is from `country`: its initials (`UK`), the beginning of its name (`SPA`), or so many slips.
fn distance(code: &str, country: &Country) -> usize {
    let name = country.common_name.to_uppercase();
    let initials: String = name
        .split(' ')
        .filter_map(|word| word.chars().next())
        .collect();
    if initials == code {
        return 0;
    }
    if name.starts_with(code) {
        return 1;
    }
    let slips = |known: &str| 1 + strsim::osa_distance(code, known);
    slips(&country.alpha2).min(slips(&country.alpha3))
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no country has the code `{}`", self.code)?;
        if self.nearest.is_empty() {
            Ok(())
        } else {
            write!(f, " (nearest: {})", self.nearest.join(", "))
        }
    }
}

fn sentence(unknown: &[UnknownCode]) -> String {
    unknown
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
