//! Drives a server with the client of rmcp, the official Rust SDK, once per protocol revision.
//!
//! ```text
//! check world|fixtures stdio <command> [argument ...]
//! check world|fixtures http <url>
//! ```

mod fixtures;
mod peer;
mod tally;
mod world;

use std::process::ExitCode;
use std::time::Instant;

use peer::{Lifecycle, Peer, Result};
use tally::Tally;

/// The modes of connecting, each with the protocol revision that must be negotiated.
const MODES: [(Lifecycle, &str); 5] = [
    (Lifecycle::Auto, "2026-07-28"),
    (Lifecycle::Discover, "2026-07-28"),
    (Lifecycle::Initialize, "2025-11-25"),
    (Lifecycle::Initialize, "2025-06-18"),
    (Lifecycle::Initialize, "2025-03-26"),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (what, kind, target) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [
            what @ ("world" | "fixtures"),
            kind @ ("stdio" | "http"),
            ref target @ ..,
        ] if !target.is_empty() => (what, kind, target.to_vec()),
        _ => {
            eprintln!("usage: check world|fixtures stdio <command> [argument ...] | http <url>");
            return ExitCode::from(2);
        }
    };
    let mut tally = Tally::default();
    for (lifecycle, revision) in MODES {
        println!(
            "rmcp {}, {what}, {kind}, {lifecycle:?} {revision}",
            installed()
        );
        // A connection that fails is a failed check; the next revision is still tried.
        if let Err(error) = run(&mut tally, what, kind, &target, lifecycle, revision).await {
            tally.check("runs to the end", false, error);
        }
    }
    tally.end()
}

/// The version of rmcp of this build.
fn installed() -> &'static str {
    let entry = include_str!("../Cargo.lock").split_once("name = \"rmcp\"\nversion = \"");
    entry
        .and_then(|(_, rest)| rest.split('"').next())
        .unwrap_or("?")
}

async fn run(
    tally: &mut Tally,
    what: &str,
    kind: &str,
    target: &[&str],
    lifecycle: Lifecycle,
    revision: &str,
) -> Result<()> {
    let mut peer = Peer::connect(kind, target, lifecycle, revision).await?;
    tally.check(
        &format!("speaks {revision}"),
        peer.version() == revision,
        peer.version(),
    );
    match what {
        "world" => world::checks(tally, &peer).await?,
        _ => fixtures::checks(tally, &mut peer).await,
    }
    let closing = Instant::now();
    peer.close().await?;
    if kind == "stdio" {
        let took = closing.elapsed(); // the SDK waits 3 s before it sends SIGTERM
        tally.check(
            "exits by itself at the end of its input",
            took.as_secs_f32() < 1.9,
            format!("{took:?}"),
        );
    }
    Ok(())
}
