//! The keys of `#[start]` and `#[stop]`: none.

use super::table::Table;

/// The values of `#[start(..)]`.
pub(crate) static START: Table<()> = Table {
    attribute: "#[start]",
    rows: &[],
    expected: &[],
};

/// The values of `#[stop(..)]`.
pub(crate) static STOP: Table<()> = Table {
    attribute: "#[stop]",
    rows: &[],
    expected: &[],
};
