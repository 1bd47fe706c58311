//! stdio: the process's stdin and stdout, on plain threads that read and write in batches.
//!
//! Invariant: stdout carries protocol messages only: on Unix the real one is kept private, and prints of tools and
//! libraries go to stderr (`ops/log/capture.rs`).
//!
//! Threads rather than tokio's stdin, which passes each read to the blocking pool: two hops for a message of 100
//! bytes. A call that completes on its first poll is read, run and answered on one thread. Input ends with stdin, with
//! a closed stdout, or with a shutdown; the last two cannot interrupt the reading thread, which therefore is not
//! joined.

mod splitter;
mod stdout;
mod turns;

#[cfg(unix)]
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::thread;

use tokio::sync::oneshot;

use super::lines::Peer;
use crate::handler::input::outbox::LineSink;
#[cfg(unix)]
use crate::ops::log;
use crate::service::Service;
use stdout::Stdout;
use turns::Turns;

/// Serves the process' stdin and stdout until stdin ends, stdout is closed, or the server shuts down.
pub(crate) async fn serve(service: Arc<Service>) -> io::Result<()> {
    let (settings, drain) = (service.settings.clone(), service.drain.clone());
    let (_captured, real) = take_stdout()?;
    let output = Arc::new(Stdout::new(real));
    let peer = Peer::new(service, Arc::clone(&output) as Arc<dyn LineSink>);
    Turns::begin(&peer, &output, &settings, &drain)?;
    let (writing, written) = oneshot::channel();
    {
        let output = Arc::clone(&output);
        thread::Builder::new()
            .name("mcp-stdout".into())
            .spawn(move || {
                output.write_behind();
                let _ = writing.send(());
            })?;
    }
    // The end of input begins the shutdown, on the thread that detects it.
    tokio::select! {
        () = output.gone.notified() => drain.begin(),
        () = drain.begun() => {}
    }
    // Streams end, and calls in flight have until the deadline.
    peer.idle().await;
    output.close();
    // Not joined: a client that does not read would block the thread, and with it the end of the process.
    let _ = written.await;
    Ok(())
}

/// The real stdout; prints go to stderr from now on.
#[cfg(unix)]
fn take_stdout() -> io::Result<(log::Captured, File)> {
    log::capture_wire()
}

/// stdout is shared on other systems, so that prints of a tool would reach the client.
#[cfg(not(unix))]
fn take_stdout() -> io::Result<((), io::Stdout)> {
    Ok(((), io::stdout()))
}

#[cfg(unix)]
type Real = File;
#[cfg(not(unix))]
type Real = io::Stdout;
