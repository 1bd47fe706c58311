//! Blocks that run once in a call, however many rounds it has.
//!
//! Without it, a function that is run again from the top would charge a card in each round. The output of a block is
//! serialized, kept in the memory of the call, and sealed into the request state; the next run finds it by its key and
//! does not run the block. Between the end of the block and the response of the round the output is in memory only: if
//! the client disconnects then, the block runs again.
//!
//! While a block runs, the call is not suspended (`running` is not empty), and a request within it is refused: it
//! could never be answered, since the block would have to run again to send it. Code within a block is recognized by
//! the thread that polls it (`inside`), which is exact because a poll does not change threads.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::thread::{self, ThreadId};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use super::pending::{InputFailure, InputRequests, find};

impl InputRequests {
    /// Returns the remembered output of `work` for `key`, or runs it now.
    pub(in crate::handler) async fn once<T, F>(&self, key: &str, work: F) -> T
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = T>,
    {
        match self
            .try_once(key, async { Ok::<T, Infallible>(work.await) })
            .await
        {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }

    /// The same, but an error is not remembered.
    pub(in crate::handler) async fn try_once<T, E, F>(&self, key: &str, work: F) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, E>>,
    {
        if let Some(known) = self.remembered(key) {
            return match serde_json::from_str(known.get()) {
                Ok(value) => Ok(value),
                Err(_) => {
                    self.never(
                        key,
                        "is remembered in a form that this server does not know",
                    )
                    .await
                }
            };
        }
        let Some(running) = self.run(key) else {
            return self
                .never(
                    key,
                    "is the key of two blocks that run once: give each a key of its own",
                )
                .await;
        };
        let value = self.inside(work).await?;
        let raw = to_raw_value(&value);
        drop(running);
        let Ok(raw) = raw else {
            return self
                .never(key, "has come to what cannot be written as JSON")
                .await;
        };
        self.lock().memory.once.push((key.to_owned(), raw));
        Ok(value)
    }

    fn remembered(&self, key: &str) -> Option<Box<RawValue>> {
        find(&self.lock().memory.once, key).map(ToOwned::to_owned)
    }

    /// Marks a block as running; `None` if it is running already.
    fn run(&self, key: &str) -> Option<Running<'_>> {
        let mut state = self.lock();
        if state.running.iter().any(|running| running == key) {
            return None;
        }
        state.running.push(key.to_owned());
        Some(Running {
            requests: self,
            key: key.to_owned(),
        })
    }

    /// Runs `work` and detects input requests within it.
    async fn inside<F: Future>(&self, work: F) -> F::Output {
        let mut work = pin!(work);
        poll_fn(|task| {
            let before = self.lock().inside.replace(thread::current().id());
            let _inside = Inside {
                requests: self,
                before,
            };
            work.as_mut().poll(task)
        })
        .await
    }

    async fn never<T>(&self, key: &str, problem: &str) -> T {
        self.fail(key, InputFailure::Misuse(format!("`{key}` {problem}")))
            .await;
        // The call is over, and there is no value to return.
        pending().await
    }
}

/// A block that runs once, while it runs.
struct Running<'a> {
    requests: &'a InputRequests,
    key: String,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.requests
            .lock()
            .running
            .retain(|running| *running != self.key);
    }
}

/// Marks a thread as polling a block.
struct Inside<'a> {
    requests: &'a InputRequests,
    before: Option<ThreadId>,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.requests.lock().inside = self.before;
    }
}
