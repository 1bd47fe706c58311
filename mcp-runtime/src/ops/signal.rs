//! Signals, and the end of the process that they request, even if the server hangs.
//!
//! A separate thread, with its own runtime, waits for signals and for the shutdown to begin: even if every thread of
//! the server's runtime runs code that does not yield, this one ends the process.
//!
//! The first signal is passed to the server, which begins its shutdown; the second ends the process with code 130; a
//! shutdown that exceeds the time of all of its parts ends it with code 1. SIGHUP reloads, and is ignored if the
//! process was started with it ignored (`nohup`). Handlers of tokio cannot be removed, so a process whose server has
//! ended keeps this thread, which then gives SIGTERM its usual effect.

use std::io;
use std::process::exit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;

use super::drain::Drain;
use super::log;

/// The exit code if the shutdown did not complete.
const HUNG: i32 = 1;
/// The exit code after a second signal, as a shell has it for SIGINT.
const INTERRUPTED: i32 = 130;

/// Servers of this process that handle signals.
static WATCHED: AtomicUsize = AtomicUsize::new(0);

/// Reports the first signal, and ends the process at the second, or when the shutdown takes too long.
///
/// Once dropped, it ends the process only at a signal.
#[derive(Debug)]
pub(crate) struct Watch {
    signals: UnboundedReceiver<&'static str>,
    hang_up: Arc<Notify>,
    exit: UnboundedSender<Exit>,
}

/// The rest of the program has the time `within`; then the process exits with `code`.
#[derive(Debug)]
struct Exit {
    within: Duration,
    code: i32,
}

impl Watch {
    /// Takes over the handling of SIGTERM and SIGINT (Ctrl-C elsewhere), which end the process, and of SIGHUP, which
    /// never does.
    ///
    /// Once the shutdown begins, by a signal or by `drain`, the process has the times of `drain`, and then `rest`.
    pub(crate) fn begin(drain: Drain, rest: Duration) -> io::Result<Self> {
        let ((sender, signals), (exit, exits)) = (unbounded_channel(), unbounded_channel());
        let (begun, is_begun) = mpsc::channel();
        let hang_up = Arc::new(Notify::new());
        let notify = Arc::clone(&hang_up);
        let run = move || match listen(notify) {
            Ok((runtime, listening)) => {
                let _ = begun.send(Ok(()));
                let thread = SignalThread {
                    signals: listening,
                    sender,
                    exits,
                };
                runtime.block_on(thread.run(&drain, rest));
            }
            Err(error) => {
                let _ = begun.send(Err(error));
            }
        };
        thread::Builder::new()
            .name("mcp-signals".into())
            .spawn(run)?;
        is_begun
            .recv()
            .unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))?;
        WATCHED.fetch_add(1, Ordering::SeqCst);
        Ok(Self {
            signals,
            hang_up,
            exit,
        })
    }

    /// Waits for the first signal, and returns its name.
    pub(crate) async fn signal(&mut self) -> &'static str {
        match self.signals.recv().await {
            Some(signal) => signal,
            // It has been reported already.
            None => std::future::pending().await,
        }
    }

    /// The notification of each SIGHUP.
    pub(crate) fn hang_up(&self) -> Arc<Notify> {
        Arc::clone(&self.hang_up)
    }

    /// Ends the process after `within`, whatever still runs in it; `answered` is true if all callers have a response.
    ///
    /// Returns immediately; `main` may return earlier and end the process itself.
    pub(crate) fn exit(self, within: Duration, answered: bool) {
        let code = if answered { 0 } else { HUNG };
        let _ = self.exit.send(Exit { within, code });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        WATCHED.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Keeps a SIGHUP that arrives before the server handles signals from ending the process; within a runtime.
#[cfg(feature = "cli")]
pub(crate) fn survive_early_hang_ups() {
    #[cfg(unix)]
    {
        let kind = tokio::signal::unix::SignalKind::hangup();
        if !is_ignored(kind.as_raw_value()) {
            // The handler stays when the receiver is dropped.
            drop(tokio::signal::unix::signal(kind));
        }
    }
}

fn listen(hang_up: Arc<Notify>) -> io::Result<(Runtime, Signals)> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _entered = runtime.enter();
        Signals::listen(hang_up)?
    };
    Ok((runtime, signals))
}

/// The state of the thread that receives signals for [`Watch`].
struct SignalThread {
    signals: Signals,
    sender: UnboundedSender<&'static str>,
    exits: UnboundedReceiver<Exit>,
}

impl SignalThread {
    async fn run(mut self, drain: &Drain, rest: Duration) {
        tokio::select! {
            signal = self.signals.next() => {
                let _ = self.sender.send(signal);
            }
            () = drain.begun() => {}
            exit = self.exits.recv() => return self.after(exit).await,
        }
        let times = drain.delay().saturating_add(drain.deadline());
        let limit = times.saturating_add(rest);
        tokio::select! {
            signal = self.signals.next() => interrupt(signal),
            () = sleep(limit) => {
                tracing::error!("the shutdown hangs; exiting with code {HUNG}");
                end(HUNG);
            }
            exit = self.exits.recv() => self.after(exit).await,
        }
    }

    /// Ends the process after the time of `exit`, which is for tasks that cannot be stopped. A second signal ends it at
    /// once.
    async fn after(&mut self, exit: Option<Exit>) {
        if let Some(Exit { within, code }) = exit {
            tokio::select! {
                signal = self.signals.next() => interrupt(signal),
                () = sleep(within) => end(code),
            }
        }
        // The program may continue, but signals do not reach it any more.
        let signal = self.signals.next().await;
        if WATCHED.load(Ordering::SeqCst) == 0 {
            interrupt(signal);
        }
    }
}

fn interrupt(signal: &str) -> ! {
    tracing::warn!(signal, "second signal: exiting immediately");
    end(INTERRUPTED)
}

fn end(code: i32) -> ! {
    log::flush(log::FLUSH);
    exit(code)
}

/// Signals that end the process or reload.
#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    /// `None` if the process is to outlive its terminal, as by `nohup`.
    hang_up: Option<tokio::signal::unix::Signal>,
    notify: Arc<Notify>,
}

#[cfg(unix)]
impl Signals {
    fn listen(notify: Arc<Notify>) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let outlives = is_ignored(SignalKind::hangup().as_raw_value());
        Ok(Self {
            hang_up: if outlives {
                None
            } else {
                Some(signal(SignalKind::hangup())?)
            },
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            notify,
        })
    }

    /// Waits for the next one that ends the process, and returns its name; notifies of each that reloads.
    async fn next(&mut self) -> &'static str {
        loop {
            let hang_up = async {
                match &mut self.hang_up {
                    Some(hang_up) => hang_up.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = self.terminate.recv() => return "SIGTERM",
                _ = self.interrupt.recv() => return "SIGINT",
                _ = hang_up => self.notify.notify_one(),
            }
        }
    }
}

/// Returns true if the process was started with `signal` ignored, as far as the system reports it.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen(_: Arc<Notify>) -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> &'static str {
        let _ = tokio::signal::ctrl_c().await;
        "Ctrl-C"
    }
}
