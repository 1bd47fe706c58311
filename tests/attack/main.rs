//! Attacks a server from outside, as a hostile or careless client does, and prints a table of figures with their bounds.
//!
//! `cargo run -p integration --bin attack` runs all of them; `-- <part of a name>` those with that name.
//! The server is `attacked.rs`. Linux only: memory and processor time are read from `/proc`.

#![expect(
    clippy::needless_pass_by_value,
    reason = "messages are written where they are sent"
)]

mod bytes;
mod load;
mod shares;
mod target;
mod time;
mod waiting;
mod wire;

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;

use serde_json::json;

/// An attack, which adds its figures to the table.
type Attack = (&'static str, fn(&mut Rows));

/// The rows of one attack.
#[derive(Default)]
pub(crate) struct Rows {
    name: &'static str,
    failed: usize,
}

impl Rows {
    /// A figure that must not be above `bound`.
    pub(crate) fn at_most<T: Copy + PartialOrd + Display>(
        &mut self,
        what: &str,
        figure: T,
        bound: T,
    ) {
        let holds = figure <= bound;
        self.row(
            what,
            &format!("{figure:.1}"),
            &format!("at most {bound:.1}"),
            holds,
        );
    }

    /// A condition that must hold.
    pub(crate) fn holds(&mut self, what: &str, figure: impl Display, holds: bool) {
        self.row(what, &figure.to_string(), "", holds);
    }

    /// A call of a well-behaved caller gets its response.
    pub(crate) fn serves_others(&mut self, address: SocketAddr) -> io::Result<()> {
        let call = wire::call("runs", json!({}));
        let status = wire::post(address, &call, None)?.status;
        self.holds("another caller meanwhile", status, status == 200);
        Ok(())
    }

    #[expect(clippy::print_stdout, reason = "the table is the output")]
    fn row(&mut self, what: &str, figure: &str, bound: &str, holds: bool) {
        let verdict = if holds { "holds" } else { "FAILS" };
        println!(
            "{:<18} {what:<58} {figure:>16} {bound:<18} {verdict}",
            self.name
        );
        self.failed += usize::from(!holds);
    }
}

fn attacks() -> impl Iterator<Item = Attack> {
    [
        time::ATTACKS,
        bytes::ATTACKS,
        shares::ATTACKS,
        waiting::ATTACKS,
        load::ATTACKS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[expect(clippy::print_stdout, reason = "the verdict is the output")]
fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let wanted = args.next().unwrap_or_default();
    let (mut failed, mut rows) = (0, 0);
    for (name, attack) in attacks().filter(|(name, _)| name.contains(&wanted)) {
        let mut table = Rows { name, failed: 0 };
        attack(&mut table);
        failed += table.failed;
        rows += 1;
    }
    println!("{rows} attacks, {failed} figures out of bounds");
    if failed == 0 && rows > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
