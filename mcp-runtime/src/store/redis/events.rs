//! Event streams: one Redis stream each, with the position of an event as its id.
//!
//! Entries `place-0` are events; `0-1` is the start, so that a stream without events exists, and `place-1` is the end
//! after the last event.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use redis::Pipeline;

use super::link::Link;
use super::stats::Kind;
use crate::clock::millis;
use crate::store::{EventStore, StoreError, StoreFuture, StreamChange, StreamPart};

/// The maximum number of events per read.
const BATCH: usize = 64;
/// The fields of entries.
const EVENT: &str = "m";
const BEGIN: &str = "begin";
const END: &str = "end";

/// An entry: its id, the field, and the value.
type Entry = (String, (String, Vec<u8>));

#[derive(Debug)]
pub(super) struct RedisEvents(pub Arc<Link>);

impl RedisEvents {
    fn key(&self, stream: &str) -> String {
        self.0.key(&format!("events:{stream}"))
    }

    /// Returns the commands of changes: in one pipeline or, in a cluster, in one for each stream.
    fn pipelines(&self, changes: Vec<StreamChange>) -> Vec<Pipeline> {
        let mut pipelines: BTreeMap<String, Pipeline> = BTreeMap::new();
        for change in changes {
            let stream = if self.0.is_cluster() {
                change.stream().to_owned()
            } else {
                String::new()
            };
            self.add(pipelines.entry(stream).or_default(), change);
        }
        pipelines.into_values().collect()
    }

    fn add(&self, pipeline: &mut Pipeline, change: StreamChange) {
        let (key, ttl) = match change {
            StreamChange::Begin { stream, ttl } => {
                let key = self.key(&stream);
                let add = pipeline.cmd("XADD").arg(&key);
                add.arg("0-1").arg(BEGIN).arg("").ignore();
                (key, ttl)
            }
            StreamChange::Append {
                stream,
                place,
                oldest,
                message,
                ttl,
            } => {
                let key = self.key(&stream);
                let add = pipeline.cmd("XADD").arg(&key);
                if oldest > 1 {
                    add.arg("MINID").arg("=").arg(format!("{oldest}-0"));
                }
                add.arg(format!("{place}-0")).arg(EVENT);
                add.arg(&message[..]).ignore();
                (key, ttl)
            }
            StreamChange::End { stream, place, ttl } => {
                let key = self.key(&stream);
                let id = format!("{place}-{}", if place == 0 { 2 } else { 1 });
                let add = pipeline.cmd("XADD").arg(&key);
                add.arg(id).arg(END).arg("").ignore();
                (key, ttl)
            }
            StreamChange::Forget { stream } => {
                pipeline.cmd("DEL").arg(self.key(&stream)).ignore();
                return;
            }
        };
        expire(pipeline, &key, ttl);
    }
}

fn expire(pipeline: &mut Pipeline, key: &str, ttl: Duration) {
    let expire = pipeline.cmd("PEXPIRE").arg(key);
    expire.arg(millis(ttl).max(1)).ignore();
}

impl EventStore for RedisEvents {
    fn write(&self, changes: Vec<StreamChange>) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let sent = self.pipelines(changes);
            let sent = sent.iter().map(|it| self.0.run_all(Kind::Events, it));
            let _: Vec<()> = try_join_all(sent).await?;
            Ok(())
        })
    }

    fn after<'a>(&'a self, stream: &'a str, place: u64) -> StoreFuture<'a, Option<StreamPart>> {
        Box::pin(async move {
            let key = self.key(stream);
            let mut pipeline = redis::pipe();
            let first = pipeline.cmd("XRANGE").arg(&key).arg("-").arg("+");
            first.arg("COUNT").arg(1);
            let rest = pipeline.cmd("XRANGE").arg(&key);
            rest.arg(format!("{place}-1")).arg("+");
            rest.arg("COUNT").arg(BATCH);
            let found: (Vec<Entry>, Vec<Entry>) = self.0.run_all(Kind::Events, &pipeline).await?;
            part(place, found)
        })
    }
}

/// Returns the events after `place`, given the first entry of the stream and the entries after `place`.
fn part(
    place: u64,
    (first, entries): (Vec<Entry>, Vec<Entry>),
) -> Result<Option<StreamPart>, StoreError> {
    let Some((first, _)) = first.first() else {
        return Ok(None);
    };
    if number(first)? > place.saturating_add(1) {
        return Ok(None);
    }
    let mut part = StreamPart::default();
    for (id, (field, value)) in entries {
        match &*field {
            EVENT => part.events.push((number(&id)?, value)),
            END => part.has_ended = true,
            _ => {}
        }
    }
    Ok(Some(part))
}

fn number(id: &str) -> Result<u64, StoreError> {
    Ok(id.split('-').next().unwrap_or_default().parse()?)
}
