//! A primary and two replicas that three sentinels watch.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use super::instance::Instance;
use super::outage::{BACK, acquainted, are_alone, times};
use super::permission::{rights, rights_at_sentinels, setting, was_refused_nothing};
use super::server::{REDIS, Redis, free_port, program, wait_until};
use super::share::{changes_arrive, limits_hold, listen, pair};
use super::{session, task};

/// The time in which sentinels notice that a primary is gone, and put a replica in its place.
const FAILOVER: Duration = Duration::from_secs(20);

/// The nodes, of which the first is the primary at first, and their sentinels.
pub(crate) struct Watched {
    program: String,
    /// Further settings of nodes and sentinels.
    settings: Vec<String>,
    nodes: Vec<Redis>,
    sentinels: Vec<Redis>,
    /// The ports of the sentinels for clients.
    ports: Vec<u16>,
    files: Vec<PathBuf>,
}

impl Watched {
    fn start() -> Self {
        Self::of(program(), &[])
    }

    /// Starts nodes and sentinels that use TLS for clients and among themselves; commands of the test do not.
    pub(crate) fn encrypted(settings: &[&str]) -> Self {
        Self::of(REDIS.to_owned(), settings)
    }

    fn of(program: String, settings: &[&str]) -> Self {
        let mut watched = Self {
            program,
            settings: settings.iter().map(|it| (*it).to_owned()).collect(),
            nodes: Vec::new(),
            sentinels: Vec::new(),
            ports: Vec::new(),
            files: Vec::new(),
        };
        let port = watched.add_node(&[]).to_string();
        for _ in 0..2 {
            watched.add_node(&["--replicaof", "127.0.0.1", &port]);
        }
        wait_until("a replica has no data", || {
            watched.info(0).matches("state=online").count() == 2
        });
        for _ in 0..3 {
            watched.add_sentinel(&port);
        }
        wait_until("the sentinels do not know each other", || {
            let masters = watched
                .sentinels
                .iter()
                .map(|it| it.commands(&["AUTH of/sentinels", "SENTINEL MASTER shop"]));
            let known = |it: &str, field: &str| it.contains(&format!("{field}\r\n$1\r\n2"));
            masters
                .into_iter()
                .all(|it| known(&it, "num-slaves") && known(&it, "num-other-sentinels"))
        });
        watched
    }

    /// Returns the port for clients, and the settings for it.
    fn port(&self) -> (Option<u16>, Vec<String>) {
        if self.settings.is_empty() {
            return (None, Vec::new());
        }
        let port = free_port();
        let own = ["--tls-port".to_owned(), port.to_string()];
        let own = own
            .into_iter()
            .chain(["--tls-replication", "yes"].map(str::to_owned));
        (Some(port), own.chain(self.settings.clone()).collect())
    }

    /// Starts a node; returns its port for clients.
    fn add_node(&mut self, more: &[&str]) -> u16 {
        let (port, settings) = self.port();
        let settings: Vec<_> = settings.iter().map(String::as_str).collect();
        let passwords = ["--requirepass", "of:nodes", "--masterauth", "of:nodes"];
        let quick = ["--repl-diskless-sync-delay", "0"];
        let arguments = [&passwords[..], &quick, &settings, more].concat();
        let node = Redis::of(&self.program, &arguments);
        let port = port.unwrap_or(node.port);
        self.nodes.push(node);
        port
    }

    fn add_sentinel(&mut self, primary: &str) {
        let file = std::env::temp_dir().join(format!(
            "sentinel-{}-{}.conf",
            std::process::id(),
            free_port()
        ));
        let lines = format!(
            "requirepass of/sentinels\nsentinel sentinel-pass of/sentinels\n\
             sentinel monitor shop 127.0.0.1 {primary} 2\nsentinel auth-pass shop of:nodes\n\
             sentinel down-after-milliseconds shop 1000\nsentinel failover-timeout shop 6000\n"
        );
        fs::write(&file, lines).unwrap();
        let (port, settings) = self.port();
        let settings = settings.iter().map(String::as_str);
        let arguments: Vec<_> = ["--sentinel"].into_iter().chain(settings).collect();
        let sentinel = Redis::configured(&self.program, &file, &arguments);
        self.ports.push(port.unwrap_or(sentinel.port));
        self.sentinels.push(sentinel);
        self.files.push(file);
    }

    fn info(&self, node: usize) -> String {
        self.nodes[node].commands(&["AUTH of:nodes", "INFO replication"])
    }

    /// Sets the milliseconds after which the sentinels take the primary for dead.
    fn set_patience(&self, time: &str) {
        let set = format!("SENTINEL SET shop down-after-milliseconds {time}");
        for sentinel in &self.sentinels {
            sentinel.commands(&["AUTH of/sentinels", &set]);
        }
    }

    fn url(&self) -> String {
        format!("redis+sentinel://{}", self.rest())
    }

    /// Returns the URL after the scheme.
    pub(crate) fn rest(&self) -> String {
        let hosts = self.ports.iter().map(|port| format!("127.0.0.1:{port}"));
        format!(
            ":of%3Anodes@{}/shop/1?sentinel_password=of%2Fsentinels",
            hosts.collect::<Vec<_>>().join(",")
        )
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        for file in &self.files {
            // What is left is in the folder for temporary files.
            let _ = fs::remove_file(file);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_behind_sentinels_shares_the_same_state_as_a_single_redis() {
    let watched = Watched::start();
    let url = watched.url();
    mcp_runtime::__testing::keeps_the_contract(&url).await;
    limits_hold(pair(&url)).await;
    changes_arrive(pair(&url)).await;
    session::sessions_move(pair(&url)).await;
    task::tasks_are_shared(pair(&url)).await;
    let info = watched.nodes[0].commands(&["AUTH of:nodes", "INFO keyspace"]);
    assert!(info.contains("db1:") && !info.contains("db0:"), "{info}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_is_killed_is_replaced_by_a_replica_that_sentinels_choose() {
    let mut watched = Watched::start();
    // A stopped and an unresponsive sentinel are skipped.
    watched.sentinels[0].kill();
    let both = acquainted(&watched.url()).await;
    let [a, b] = &both;
    let mut events = listen(b, "note://a").await;
    // Longer than the test, so that the sentinels fail over only on command.
    watched.set_patience("60000");
    watched.nodes[0].kill();
    let calls = times(a, 5).await;
    assert!(
        *calls.iter().max().unwrap() < Duration::from_millis(600),
        "{calls:?}"
    );
    for on in &both {
        on.until("mcp_store_up", 0.0, BACK).await;
    }
    are_alone(&both).await;
    watched.set_patience("500");
    let is_primary = |node: usize| watched.info(node).contains("role:master");
    wait_until("no replica takes over", || is_primary(1) || is_primary(2));
    let begun = Instant::now();
    for on in &both {
        on.until("mcp_store_up", 1.0, FAILOVER).await;
    }
    assert!(begun.elapsed() < BACK, "{:?}", begun.elapsed());
    let admitted = a.admitted("limited", 6).await + b.admitted("limited", 6).await;
    assert_eq!(admitted, 10, "shared again");
    events.until("notifications/resources/updated").await;
    let mut heard = listen(b, "note://b").await;
    a.call("touch", json!({ "uri": "note://b" })).await;
    heard.until("notifications/resources/updated").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_no_sentinel_and_a_wrong_password_stop_the_start() {
    let redis = Redis::with(&["--requirepass", "right"]);
    let url = |word: &str| {
        let port = redis.port;
        format!("redis+sentinel://127.0.0.1:{port}/shop?sentinel_password={word}")
    };
    let refused = |url: &str| Instance::try_start(url).err().expect("it must not start");
    let text = refused(&url("wrong"));
    assert!(text.contains("check the user and the password"), "{text}");
    let text = refused(&url("right"));
    assert!(text.contains("is not a sentinel"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_and_sentinels_need_no_permissions_but_those_of_the_page() {
    let watched = Watched::start();
    for node in &watched.nodes {
        let set = node.commands(&["AUTH of:nodes", &setting(&rights("store-test"))]);
        assert!(set.contains("OK"), "{set}");
    }
    for sentinel in &watched.sentinels {
        let user = format!(
            "ACL SETUSER watcher on >of-watcher {}",
            rights_at_sentinels()
        );
        let set = sentinel.commands(&["AUTH of/sentinels", &user]);
        assert!(set.contains("OK"), "{set}");
    }
    let url = watched.url().replace(":of%3Anodes@", "mcp:password@");
    let url = url.replace("of%2Fsentinels", "of-watcher&sentinel_username=watcher");
    limits_hold(pair(&url)).await;
    changes_arrive(pair(&url)).await;
    session::sessions_move(pair(&url)).await;
    for node in &watched.nodes {
        was_refused_nothing(&node.commands(&["AUTH of:nodes", "ACL LOG"]));
    }
    for sentinel in &watched.sentinels {
        was_refused_nothing(&sentinel.commands(&["AUTH of/sentinels", "ACL LOG"]));
    }
}
