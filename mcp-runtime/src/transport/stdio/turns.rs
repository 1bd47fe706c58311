//! stdin: one thread at a time reads, and carries out what it has read.
//!
//! A call that is done when first polled costs no task and no other thread. Where a call does not come back from its
//! first poll, a watching thread gives the turn to a new thread, which goes on with the next line: no function keeps
//! pings, cancellations, other calls or the end of input waiting.
//!
//! The thread that has the turn is a number in `state`; a thread that finds another number there has
//! lost it, ends after its line, and writes the answers that it still has. The watching thread
//! looks every 10 ms, so a line keeps others waiting for about 20 ms at most, and sleeps after a
//! second without work. At most 32 first polls go on like this at a time; from then on calls are
//! polled by the runtime.
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
/// The time between two looks at the line that is carried out; one that is seen twice has lost its turn.
const LOOK: Duration = Duration::from_millis(10);
/// Looks at nothing after which the watching thread sleeps.
const QUIET: u32 = 100;

/// stdin, and the turns that threads take at it.
pub(super) struct Turns {
    source: Mutex<Source>,
    state: Mutex<State>,
    /// A line is carried out while the watching thread sleeps.
    busy: Condvar,
    /// Every line that was taken is decided about.
    all_decided: Condvar,
    peer: WeakPeer,
    output: Arc<Stdout>,
    runtime: Handle,
    drain: Drain,
    /// The time that a client which neither writes nor reads any more has.
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
    /// Lines that were begun so far.
    begun: u64,
    /// Lines that a thread has taken and not decided about.
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
    /// The client does not read answers, or has as many calls in flight as it may; since when.
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
    /// Reads stdin from now on, on threads of its own.
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

    /// Reads and carries out lines until the end of input, or until another thread does.
    fn take(&self, turn: u64) {
        // What a call spawns, and the clock it waits on, belong to the server's runtime.
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

    /// The next thing to do, after what has come of the one before.
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

    /// Waits until the peer takes another line, and the client has read of the answers.
    ///
    /// Answers are written first: the client may wait for one of them before it reads on.
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

    /// A line was read to its end: the call that it begins is in flight.
    fn decided(&self) {
        let mut state = self.lock();
        state.undecided -= 1;
        // Only the end of the input waits for it.
        if state.ended {
            self.all_decided.notify_all();
        }
    }

    /// Ends the input: waits for threads that have lost their turn with a line that they have not looked at, as on a
    /// machine under load, so that the shutdown does not refuse what came before it.
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

    /// From now on something is carried out that may take too long.
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
                    tracing::warn!(%error, "stdin cannot be read any more");
                    break None;
                }
            }
        };
        source.ended = lines.is_none();
        let lines = lines.unwrap_or_else(|| source.splitter.finish().into_iter().collect());
        self.lock().lines.extend(lines);
    }

    /// Gives the turn on where a line takes too long, until the end of input.
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
                        tracing::warn!("the client neither writes nor reads any more");
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

    /// Gives the turn to a new thread, which goes on with the next line.
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

/// Returns whether the other end of stdin is closed, whatever is still to be read.
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

/// Elsewhere the end is seen when it is read.
#[cfg(not(unix))]
fn has_hung_up() -> bool {
    false
}

/// A thread that panics where no user's code runs ends the server, in order.
struct EndsWithPanic<'a>(&'a Drain);

impl Drop for EndsWithPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.begin();
        }
    }
}
