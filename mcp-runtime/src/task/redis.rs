//! Tasks in Redis: a record, the lease of the instance that runs it, and the channel of that instance.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use redis::Script;

use super::record::TaskRecord;
use super::store::{TaskSignals, TaskStore};
use crate::clock::{Clock, millis};
use crate::seal::Subject;
use crate::store::StoreFuture;
use crate::store::redis::Link;
use crate::store::redis::messages::{Received, Subscription};
use crate::store::redis::stats::Kind;

static PUT: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("../store/redis/scripts/put_task.lua")));
static CLAIM: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("../store/redis/scripts/claim.lua")));
static ORPHANS: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("../store/redis/scripts/orphans.lua")));

/// The maximum size of an outcome in bytes.
pub(super) const OUTCOME: usize = 1 << 20;
/// The maximum number of tasks kept for one owner; the oldest are evicted.
const MOST: isize = 256;
/// The prefix of a signal about a task.
const TASK: &[u8] = b"task ";

/// Keeps tasks in Redis.
#[derive(Debug)]
pub(crate) struct RedisTasks {
    link: Arc<Link>,
    clock: Clock,
}

impl RedisTasks {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        Self {
            link,
            clock: Clock::default(),
        }
    }

    fn task(&self, id: &str) -> String {
        self.link.key(&format!("task:{id}"))
    }

    fn leases(&self) -> String {
        self.link.key("leases")
    }

    /// Adds a new task to those of its owner, evicting the oldest.
    async fn list(&self, task: &TaskRecord) -> Result<(), crate::store::StoreError> {
        let owner = task.owner.as_deref().unwrap_or_default();
        let issuer = task.issuer.as_deref().unwrap_or_default();
        let owner = Subject::from_parts([owner.as_bytes(), issuer.as_bytes()]).short();
        let listed = self.link.key(&format!("tasks:{owner}"));
        let mut add = redis::cmd("ZADD");
        add.arg(&listed).arg(task.created_at).arg(&task.task_id);
        let _: u32 = self.link.run(Kind::Tasks, &add).await?;
        let mut expire = redis::cmd("PEXPIRE");
        expire.arg(&listed).arg(task.ttl_ms.max(1));
        let _: u32 = self.link.run(Kind::Tasks, &expire).await?;
        let mut oldest = redis::cmd("ZRANGE");
        oldest.arg(&listed).arg(0).arg(-(MOST + 1));
        let oldest: Vec<String> = self.link.run(Kind::Tasks, &oldest).await?;
        for id in oldest {
            let mut delete = redis::cmd("DEL");
            let _: u32 = self
                .link
                .run(Kind::Tasks, delete.arg(self.task(&id)))
                .await?;
            let mut forget = redis::cmd("ZREM");
            let forget = forget.arg(&listed).arg(id);
            let _: u32 = self.link.run(Kind::Tasks, forget).await?;
        }
        Ok(())
    }
}

impl TaskStore for RedisTasks {
    fn put(&self, task: TaskRecord) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let left = task.expires_at().saturating_sub(self.clock.now()).max(1);
            if task.updated_at == task.created_at {
                self.list(&task).await?;
            }
            let record = serde_json::to_string(&task)?;
            let mut put = PUT.prepare_invoke();
            put.key(self.task(&task.task_id)).arg(record);
            put.arg(u8::from(task.status.is_terminal()));
            put.arg(&self.link.instance).arg(left);
            let _: u32 = self.link.invoke(Kind::Tasks, &put).await?;
            Ok(())
        })
    }

    fn get<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<TaskRecord>> {
        Box::pin(async move {
            let mut get = redis::cmd("HGET");
            get.arg(self.task(id)).arg("record");
            let record: Option<String> = self.link.run(Kind::Tasks, &get).await?;
            Ok(record.map(|it| serde_json::from_str(&it)).transpose()?)
        })
    }

    fn claim<'a>(&'a self, ids: &'a [String], lease: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut claim = CLAIM.prepare_invoke();
            claim.key(self.leases()).arg(millis(lease)).arg(ids);
            let _: u32 = self.link.invoke(Kind::Tasks, &claim).await?;
            Ok(())
        })
    }

    fn release<'a>(&'a self, id: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut release = redis::cmd("ZREM");
            let release = release.arg(self.leases()).arg(id);
            let _: u32 = self.link.run(Kind::Tasks, release).await?;
            Ok(())
        })
    }

    fn orphans(&self, lease: Duration) -> StoreFuture<'_, Vec<String>> {
        Box::pin(async move {
            let mut orphans = ORPHANS.prepare_invoke();
            orphans.key(self.leases()).arg(millis(lease));
            self.link.invoke(Kind::Tasks, &orphans).await
        })
    }

    fn signal<'a>(&'a self, id: &'a str, signal: Vec<u8>) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let mut find = redis::cmd("HGET");
            find.arg(self.task(id)).arg("instance");
            let instance: Option<String> = self.link.run(Kind::Tasks, &find).await?;
            let Some(instance) = instance else {
                return Ok(false);
            };
            let message = [TASK, id.as_bytes(), b" ", &signal].concat();
            let channel = self.link.channel_of(&instance);
            let heard = self.link.publish(Kind::Tasks, &channel, &message).await?;
            Ok(heard > 0)
        })
    }

    fn signals(&self) -> Option<TaskSignals> {
        let next = async |mut messages: Subscription| loop {
            if let Received::Signal(message) = messages.next().await?
                && let Some(signal) = parse(&message)
            {
                return Some((signal, messages));
            }
        };
        Some(TaskSignals::new(self.link.subscribe(), next))
    }
}

/// Parses a message into the id of the task and the signal.
fn parse(message: &Bytes) -> Option<(String, Vec<u8>)> {
    let rest = message.strip_prefix(TASK)?;
    let space = rest.iter().position(|byte| *byte == b' ')?;
    let (id, signal) = rest.split_at(space);
    let id = std::str::from_utf8(id).ok()?;
    Some((id.to_owned(), signal.get(1..)?.to_vec()))
}
