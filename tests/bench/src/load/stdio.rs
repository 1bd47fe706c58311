//! Calls over a pair of pipes: a window of lines in flight, in which each answered line is replaced by the next.
//!
//! It never sleeps: a whole window is little work for a server, and a load generator that had to be woken for
//! responses would leave the server idle for a third of the time.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    process::{ChildStdin, ChildStdout},
    time::{Duration, Instant},
};

use super::{Load, nanoseconds};
use crate::{
    call::{Answers, Call, Ids, Request},
    error::Error,
    server::Server,
};

/// A server's two pipes and the window of calls between them.
#[derive(Debug)]
pub(crate) struct Pipe {
    stdin: ChildStdin,
    stdout: ChildStdout,
    request: Request,
    answers: Answers,
    slots: Vec<Slot>,
    received: Vec<u8>,
    filled: usize,
    /// The maximum size of one read: a part of a window's responses, so that the server has the next requests of one part
    /// while the answers of another are checked.
    part: usize,
    requests: Vec<u8>,
}

#[derive(Debug)]
struct Slot {
    ids: Ids,
    /// The call in flight and when it was sent.
    call: Option<(u64, Instant)>,
}

impl Pipe {
    /// Takes the server's pipes.
    pub(crate) fn open(server: &mut Server, call: Call, window: usize) -> Result<Self, Error> {
        let (stdin, stdout) = server
            .pipes()
            .ok_or_else(|| Error::io("taking the server's pipes")(ErrorKind::NotFound.into()))?;
        rustix::io::ioctl_fionbio(&stdout, true)
            .map_err(|errno| Error::io("making a pipe non-blocking")(errno.into()))?;
        let (longest, part) = call.room();
        Ok(Self {
            stdin,
            stdout,
            request: Request::line(call),
            answers: Answers::new(call),
            slots: (0..window)
                .map(|slot| Slot {
                    ids: Ids::new(slot, window),
                    call: None,
                })
                .collect(),
            received: vec![0; longest],
            filled: 0,
            part,
            requests: Vec::new(),
        })
    }

    /// Adds the next call of a slot to the buffer that [`send`](Self::send) sends.
    fn queue(&mut self, slot: usize, now: Instant) {
        let slot = &mut self.slots[slot];
        let id = slot.ids.take();
        slot.call = Some((id, now));
        self.requests.extend_from_slice(self.request.with_id(id));
    }

    fn send(&mut self) -> Result<(), Error> {
        self.stdin
            .write_all(&self.requests)
            .map_err(Error::io("writing requests"))?;
        self.requests.clear();
        Ok(())
    }

    /// Waits for a part of the output, in which a line ends.
    fn receive(&mut self) -> Result<(), Error> {
        loop {
            let before = self.filled;
            self.receive_part()?;
            if memchr::memchr(b'\n', &self.received[before..self.filled]).is_some() {
                return Ok(());
            }
        }
    }

    fn receive_part(&mut self) -> Result<(), Error> {
        let end = self.received.len().min(self.filled + self.part);
        loop {
            match self.stdout.read(&mut self.received[self.filled..end]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::hint::spin_loop(),
                Err(error) => return Err(Error::io("reading answers")(error)),
                Ok(0) if end == self.filled => {
                    return Err(Error::wrong("a line too long", &self.received[..end]));
                }
                Ok(0) => {
                    return Err(Error::io("reading answers")(
                        ErrorKind::UnexpectedEof.into(),
                    ));
                }
                Ok(read) => {
                    self.filled += read;
                    return Ok(());
                }
            }
        }
    }

    /// The slot whose call this line answers, and when that was sent.
    fn settle(&mut self, line: &[u8]) -> Result<(usize, Instant), Error> {
        let id = self.answers.check(line)?;
        let slot = Ids::slot(id, self.slots.len());
        let call = self.slots[slot].call.take_if(|(awaited, _)| *awaited == id);
        call.map(|(_, sent)| (slot, sent))
            .ok_or_else(|| Error::wrong("a response to no call in flight", line))
    }
}

impl Load for Pipe {
    fn run(&mut self, length: Duration) -> Result<Vec<u32>, Error> {
        let start = Instant::now();
        let deadline = start + length;
        let mut latencies = Vec::new();
        for slot in 0..self.slots.len() {
            self.queue(slot, start);
        }
        let mut in_flight = self.slots.len();
        while in_flight > 0 {
            self.send()?;
            self.receive()?;
            let now = Instant::now();
            let received = std::mem::take(&mut self.received);
            let mut settled = 0;
            while let Some(length) = memchr::memchr(b'\n', &received[settled..self.filled]) {
                let (slot, sent) = self.settle(&received[settled..settled + length])?;
                settled += length + 1;
                latencies.push(nanoseconds(sent, now));
                if now < deadline {
                    self.queue(slot, now);
                } else {
                    in_flight -= 1;
                }
            }
            self.received = received;
            self.received.copy_within(settled..self.filled, 0);
            self.filled -= settled;
        }
        Ok(latencies)
    }
}
