//! The cost of the SDK: declared tools, with every policy on and with none, beside the same tools written by hand.
//!
//! `cargo run --release -p bench` puts each load on its servers in turns, a server and a load generator on a core each,
//! and prints tables: what each server did, and its ratio to the floor of the same round. The floor is a server that is
//! written by hand for its two tools, an axum route or a loop over lines, without a check and without a policy. A server
//! is this same binary, started as `bench serve-ours-http` and its siblings, or a program that is built for it
//! (`rmcp/`, `shared.rs`). `--counts` counts instructions instead, which no other program on the machine changes.
//!
//! Invariants: a call whose answer is not the right result ends the run with an error, so that refusals are never
//! counted as throughput; all servers of a load get the same runtime, core, requests and socket options.

mod build_time;
mod call;
mod cargo;
mod compare;
mod contender;
mod counts;
mod cpu;
mod error;
mod figure;
mod floor;
mod host;
mod lab;
mod load;
mod numbers;
mod options;
mod ours;
mod program;
mod redis;
mod report;
mod scenario;
mod server;
mod target;

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
        } => {
            server::end_with_parent()?;
            contender::serve(contender, transport, addr)
        }
        Command::Counts { write } => counts::run(write),
        Command::Compare(plan) => report::run(&plan),
        Command::BuildTime => build_time::run(),
        Command::Help => {
            report::print_line(options::USAGE);
            Ok(())
        }
    }
}
