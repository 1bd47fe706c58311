//! What the SDK costs: a declared tool with every policy on, beside the same tool written by hand.
//!
//! `cargo run --release -p bench` starts a server and a load generator, each on a core of its own, in turns:
//! the hand-written floor, ours, the floor, ours, and so on. It prints the pairwise ratios, ours to the floor.
//! A server is this same binary, started as `bench serve-ours-http` and its siblings. `--counts` counts instructions
//! instead, which no other program on the machine changes.
//!
//! Invariants: a call whose answer is not the right result ends the run with an error, so that refusals are never
//! counted as throughput; both sides of a pair get the same runtime, core, requests and socket options.

mod call;
mod compare;
mod contender;
mod counts;
mod cpu;
mod error;
mod floor;
mod load;
mod options;
mod ours;
mod report;
mod server;

use std::process::ExitCode;

use error::Error;
use options::Command;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {}", error.chain());
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    match options::parse(std::env::args().skip(1))? {
        Command::Serve {
            contender,
            transport,
            addr,
            core,
        } => {
            if let Some(core) = core {
                cpu::pin(core)?;
            }
            server::end_with_parent()?;
            contender::serve(contender, transport, addr)
        }
        Command::Counts { write } => counts::run(write),
        Command::Compare(plan) => report::print(&compare::run(&plan)?, plan.format),
        Command::Help => {
            report::print_line(options::USAGE);
            Ok(())
        }
    }
}
