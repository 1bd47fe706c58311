//! The threads that read stdin: one at a time reads lines, and processes each line itself.
//!
//! A call that completes on its first poll thus needs no task and no other thread. If a first poll does not return, a
//! watchdog thread passes the turn to a new thread, which continues with the next line, so that no function delays
//! pings, cancellations, other calls or the end of input.
//!
//! `state` has the number of the thread whose turn it is. A thread that finds another number there ends after its line,
//! and writes its remaining responses. The watchdog polls every 10 ms, so that a line delays others by about 20 ms at
//! most, and sleeps after a second without work. At most 32 first polls continue in this way at a time; further calls
//! are polled by the runtime.
//!
//! Lock order: `source`, `state`, the output's.

use std::collections::VecDeque;
use std::io::{self, Read as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::splitter::{Line, Splitter};
use super::stdout::Stdout;
use crate::config::Settings;
use crate::handler::Principal;
use crate::handler::input::outbox::LineSink as _;
use crate::ops::drain::Drain;
use crate::transport::lines::{Peer, WeakPeer};

/// The size of one read, and of one write.
const CHUNK: usize = 64 * 1024;
/// The time between two polls of the watchdog; a line that it finds twice loses the turn.
const LOOK: Duration = Duration::from_millis(10);
/// The number of polls without work after which the watchdog sleeps.
const QUIET: u32 = 100;

/// stdin, and the turns of the threads that read it.
pub(super) struct Turns {
    source: Mutex<Source>,
    state: Mutex<State>,
    /// Notified when a line is processed while the watchdog sleeps.
    busy: Condvar,
    /// Notified when every line that was taken is dispatched.
    all_decided: Condvar,
    peer: WeakPeer,
    output: Arc<Stdout>,
    runtime: Handle,
    drain: Drain,
    /// The time after which a client that neither writes nor reads is given up.
    patience: Duration,
}

/// The input, for the thread whose turn it is.
struct Source {
    splitter: Splitter,
    chunk: Vec<u8>,
    ended: bool,
}

#[derive(Default)]
struct State {
    lines: VecDeque<Line>,
    answers: Vec<u8>,
    /// The number of the thread whose turn it is.
    turn: u64,
    /// The number of lines begun so far.
    begun: u64,
    /// The number of lines that were taken and not dispatched yet.
    undecided: usize,
    doing: Doing,
    sleeps: bool,
    ended: bool,
}

/// The activity of the thread whose turn it is.
#[derive(Clone, Copy, Default)]
enum Doing {
    #[default]
    Reading,
    CarryingOut,
    /// The client does not read responses, or has the maximum number of calls in flight, since this time.
    Held(Instant),
}

/// The next step of a thread.
enum Next {
    Line(Line),
    Write,
    Read,
    /// Another thread has taken over.
    Overtaken,
}

impl Turns {
    /// Starts the threads that read stdin.
    pub(super) fn begin(
        peer: &Peer,
        output: &Arc<Stdout>,
        settings: &Settings,
        drain: &Drain,
    ) -> io::Result<()> {
        let turns = Arc::new(Self {
            source: Mutex::new(Source {
                splitter: Splitter::new(settings.max_body),
                chunk: vec![0; CHUNK],
                ended: false,
            }),
            state: Mutex::default(),
            busy: Condvar::new(),
            all_decided: Condvar::new(),
            peer: peer.downgrade(),
            output: Arc::clone(output),
            runtime: Handle::current(),
            drain: drain.clone(),
            patience: settings.shutdown_deadline,
        });
        turns.start(0)?;
        thread::Builder::new()
            .name("mcp-stdin-watch".into())
            .spawn(move || turns.watch())?;
        Ok(())
    }

    fn start(self: &Arc<Self>, turn: u64) -> io::Result<()> {
        let turns = Arc::clone(self);
        thread::Builder::new()
            .name("mcp-stdin".into())
            .spawn(move || {
                let _ends = EndsWithPanic(&turns.drain);
                turns.take(turn);
            })?;
        Ok(())
    }

    /// Reads and processes lines until the end of input, or until another thread has the turn.
    fn take(&self, turn: u64) {
        // Calls spawn tasks and use the clock of the server's runtime.
        let _entered = self.runtime.enter();
        let mut answers = Vec::new();
        // While a thread waits for input it does not hold the peer.
        while let Some(peer) = self.peer.upgrade() {
            let receiving = peer.receiving();
            loop {
                match self.next(turn, &mut answers) {
                    Next::Line(line) => {
                        self.wait_for_room(&peer, &mut answers);
                        let principal = Principal::anonymous();
                        let call = match line {
                            Line::Text(text) => peer.decide(&text, &principal, &mut answers),
                            Line::Oversized(malformed) => {
                                peer.reject(malformed, &principal, &mut answers);
                                None
                            }
                        };
                        self.decided();
                        if let Some(call) = call {
                            peer.begin(call, &mut answers);
                        }
                    }
                    Next::Write => self.output.write_now(&mut answers),
                    Next::Read if !self.is_at_end() => break,
                    // Nothing new can come, so what waits begins now, before the shutdown would refuse it.
                    Next::Read if self.begin_waiting(&peer, &mut answers) => {}
                    Next::Read => {
                        self.wait_for_others();
                        peer.end_of_input();
                        return;
                    }
                    Next::Overtaken => {
                        peer.resume();
                        self.output.write_now(&mut answers);
                        return;
                    }
                }
            }
            drop(receiving);
            drop(peer);
            self.read();
        }
    }

    /// Returns the next step of the thread with this turn.
    fn next(&self, turn: u64, answers: &mut Vec<u8>) -> Next {
        let mut state = self.lock();
        if state.turn != turn {
            return Next::Overtaken;
        }
        if state.answers.is_empty() {
            std::mem::swap(&mut state.answers, answers);
        } else {
            state.answers.append(answers);
        }
        let must_write = !state.answers.is_empty() && state.lines.is_empty();
        if must_write || state.answers.len() >= CHUNK {
            std::mem::swap(&mut state.answers, answers);
            state.doing = Doing::Held(Instant::now());
            return Next::Write;
        }
        let Some(line) = state.lines.pop_front() else {
            state.doing = Doing::Reading;
            return Next::Read;
        };
        self.carry_out(&mut state);
        state.undecided += 1;
        Next::Line(line)
    }

    /// Waits until the peer takes another line, and the client has read some of the responses.
    ///
    /// Responses are written first: the client may wait for one of them before it reads on.
    fn wait_for_room(&self, peer: &Peer, answers: &mut Vec<u8>) {
        if peer.has_room() && self.output.has_room() {
            return;
        }
        self.lock().doing = Doing::Held(Instant::now());
        self.output.write_now(answers);
        self.output.wait_for_room();
        self.runtime.block_on(peer.room());
        self.lock().doing = Doing::CarryingOut;
    }

    /// Records that a line was dispatched: the call that it begins is in flight.
    fn decided(&self) {
        let mut state = self.lock();
        state.undecided -= 1;
        // Only the end of the input waits for it.
        if state.ended {
            self.all_decided.notify_all();
        }
    }

    /// Ends the input: waits for threads that have lost their turn before they dispatched their line, as on a machine
    /// under load, so that the shutdown does not refuse calls received before it.
    fn wait_for_others(&self) {
        let mut state = self.lock();
        state.ended = true;
        let undecided = |state: &mut State| state.undecided > 0;
        let waited = self
            .all_decided
            .wait_timeout_while(state, self.patience, undecided);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Polls a call that waits for its turn; returns whether there was one.
    fn begin_waiting(&self, peer: &Peer, answers: &mut Vec<u8>) -> bool {
        self.carry_out(&mut self.lock());
        peer.begin_waiting(answers)
    }

    /// Records the start of work that may take too long.
    fn carry_out(&self, state: &mut State) {
        state.doing = Doing::CarryingOut;
        state.begun += 1;
        if state.sleeps {
            self.busy.notify_one();
        }
    }

    fn is_at_end(&self) -> bool {
        self.source().ended
    }

    /// Waits for input.
    fn read(&self) {
        let source = &mut *self.source();
        let lines = loop {
            match io::stdin().read(&mut source.chunk) {
                Ok(0) => break None,
                Ok(length) => break Some(source.splitter.push(&source.chunk[..length])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    tracing::warn!(%error, "stdin cannot be read");
                    break None;
                }
            }
        };
        source.ended = lines.is_none();
        let lines = lines.unwrap_or_else(|| source.splitter.finish().into_iter().collect());
        self.lock().lines.extend(lines);
    }

    /// Passes the turn on when a line takes too long, until the end of input.
    fn watch(self: &Arc<Self>) {
        let (mut seen, mut quiet) = (0, 0);
        loop {
            thread::sleep(LOOK);
            let mut state = self.lock();
            match state.doing {
                _ if state.ended => return,
                Doing::CarryingOut if state.begun == seen => self.give_on(&mut state),
                Doing::CarryingOut => quiet = 0,
                Doing::Held(since) => {
                    drop(state);
                    if since.elapsed() >= self.patience && has_hung_up() {
                        tracing::warn!(
                            "the client neither writes nor reads; the server shuts down"
                        );
                        self.drain.begin();
                        return;
                    }
                    state = self.lock();
                }
                Doing::Reading if quiet < QUIET => quiet += 1,
                Doing::Reading => {
                    state.sleeps = true;
                    let idle = |state: &mut State| matches!(state.doing, Doing::Reading);
                    state = self
                        .busy
                        .wait_while(state, idle)
                        .unwrap_or_else(PoisonError::into_inner);
                    state.sleeps = false;
                    quiet = 0;
                }
            }
            seen = state.begun;
        }
    }

    /// Passes the turn to a new thread, which continues with the next line.
    fn give_on(self: &Arc<Self>, state: &mut State) {
        let Some(peer) = self.peer.upgrade() else {
            return;
        };
        peer.overtake();
        // The new thread waits for the lock that is held here.
        if let Err(error) = self.start(state.turn + 1) {
            tracing::warn!(%error, "no thread could be started; a call that does not yield delays all others");
            peer.resume();
            return;
        }
        state.turn += 1;
        state.doing = Doing::Reading;
        let answers = std::mem::take(&mut state.answers);
        self.output.append(&answers);
    }

    fn source(&self) -> MutexGuard<'_, Source> {
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns true if the other end of stdin is closed, even if there are bytes to read.
#[cfg(unix)]
fn has_hung_up() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = io::stdin();
    let mut ready = [PollFd::new(&stdin, PollFlags::IN)];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(&mut ready, Some(&at_once)).is_ok() && ready[0].revents().contains(PollFlags::HUP)
}

/// Other systems report the end only when it is read.
#[cfg(not(unix))]
fn has_hung_up() -> bool {
    false
}

/// Shuts the server down in order if a thread panics outside of the user's code.
struct EndsWithPanic<'a>(&'a Drain);

impl Drop for EndsWithPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.begin();
        }
    }
}
