//! Errors, whose texts name the remedy.

use std::fmt;
use std::path::PathBuf;

use mcp_runtime::ElicitError;

use crate::country::Country;

/// The maximum number of suggestions in a text.
const MOST: usize = 3;
/// The maximum edit distance of a suggestion.
const FARTHEST: usize = 2;

/// An error of the server's start or of one of its items.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// Unknown codes.
    #[error("{}; `search_countries` finds the code for a name", sentence(.0))]
    UnknownCodes(Vec<UnknownCode>),
    /// An unknown name.
    #[error("no country is called `{0}`; `search_countries` finds names")]
    UnknownName(String),
    /// The user did not answer a question.
    #[error(transparent)]
    Unanswered(#[from] ElicitError),
    /// A query failed.
    #[error("the database could not be read; the server's log says why")]
    Database(#[source] sqlx::Error),
    /// The database could not be opened or filled.
    #[error("cannot open the database {}", .0.display())]
    Open(PathBuf, #[source] sqlx::Error),
}

/// The model receives the error, the operator its cause.
impl From<sqlx::Error> for WorldError {
    fn from(cause: sqlx::Error) -> Self {
        tracing::error!(error = %cause, "a query failed");
        Self::Database(cause)
    }
}

/// An unknown code, and similar codes.
#[derive(Debug)]
pub struct UnknownCode {
    code: String,
    nearest: Vec<String>,
}

impl UnknownCode {
    /// Searches `countries`; of equally near ones, the first wins.
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

/// Returns the distance of `code` from `country`: initials (`UK`), a prefix of the name (`SPA`), or the edit distance.
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
