//! A cluster of three primaries and three replicas.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;
use tokio::time::sleep;

use super::fault::exceeds_no_limit;
use super::instance::Instance;
use super::outage::{BACK, acquainted, are_alone, times};
use super::permission::{rights, setting, was_refused_nothing};
use super::server::{REDIS, Redis, free_port, program, wait_until};
use super::session;
use super::share::{listen, state_is_shared};

/// The time in which a cluster notices that a node is gone, and puts a replica in its place.
const FAILOVER: Duration = Duration::from_secs(15);

/// Three primaries, and behind them a replica of each.
pub(crate) struct Cluster {
    nodes: Vec<Redis>,
    /// The ports for clients and for other nodes.
    ports: Vec<u16>,
    files: Vec<String>,
}

impl Cluster {
    fn start() -> Self {
        Self::of((0..6).map(|_| node(&program(), &[])).collect())
    }

    /// Starts nodes that use TLS for clients and among themselves; commands of the test do not.
    pub(crate) fn encrypted(settings: &[&str]) -> Self {
        let nodes = (0..6).map(|_| {
            let port = free_port();
            let number = port.to_string();
            let own = ["--tls-port", &number];
            let among = ["--tls-cluster", "yes", "--tls-replication", "yes"];
            let (node, file) = node(REDIS, &[&own[..], &among, settings].concat());
            (node, file, port)
        });
        let nodes: Vec<_> = nodes.collect();
        let ports = nodes.iter().map(|it| it.2).collect();
        Self::with(
            nodes
                .into_iter()
                .map(|(node, file, _)| (node, file))
                .unzip(),
            ports,
        )
    }

    fn of(nodes: Vec<(Redis, String)>) -> Self {
        let ports = nodes.iter().map(|(node, _)| node.port).collect();
        Self::with(nodes.into_iter().unzip(), ports)
    }

    fn with((nodes, files): (Vec<Redis>, Vec<String>), ports: Vec<u16>) -> Self {
        for (number, node) in nodes.iter().enumerate() {
            let epoch = (number + 1).to_string();
            node.command(&["CLUSTER", "SET-CONFIG-EPOCH", &epoch]);
        }
        for (node, slots) in nodes.iter().zip(["0 5460", "5461 10922", "10923 16383"]) {
            let added = node.command(&["CLUSTER", "ADDSLOTSRANGE", slots]);
            assert!(added.contains("OK"), "{added}");
        }
        let cluster = Self {
            nodes,
            ports,
            files,
        };
        let first = cluster.nodes[0].command(&["CLUSTER", "NODES"]);
        let bus = first.split(['@', ' ']).nth(2).unwrap().to_owned();
        let port = cluster.ports[0].to_string();
        for node in &cluster.nodes[1..] {
            node.command(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]);
        }
        wait_until("the nodes do not meet", || {
            cluster.all("CLUSTER NODES", |it| {
                it.matches("connected").count() == 6 && !it.contains("handshake")
            })
        });
        for (primary, replica) in cluster.nodes[..3].iter().zip(&cluster.nodes[3..]) {
            let id = primary.command(&["CLUSTER", "MYID"]);
            let id = id.lines().nth(1).unwrap();
            let replicates = replica.command(&["CLUSTER", "REPLICATE", id]);
            assert!(replicates.contains("OK"), "{replicates}");
        }
        cluster.wait_until_whole();
        wait_until("a replica has no data", || {
            let of = |node: &Redis| node.command(&["INFO", "replication"]);
            let mut replicas = cluster.nodes[3..].iter().map(of);
            replicas.all(|it| it.contains("master_link_status:up"))
        });
        cluster
    }

    fn all(&self, command: &str, is_so: impl Fn(&str) -> bool) -> bool {
        let mut replies = self.nodes.iter().map(|node| node.command(&[command]));
        replies.all(|reply| is_so(&reply))
    }

    /// Waits until each node that is there can be used.
    fn wait_until_whole(&self) {
        wait_until("the cluster is not whole", || {
            self.all("CLUSTER INFO", |it| {
                it.is_empty() || it.contains("cluster_state:ok")
            })
        });
    }

    /// Lets no replica take over, or any.
    fn hold_failovers(&self, hold: bool) {
        let hold = if hold { "yes" } else { "no" };
        for replica in &self.nodes[3..] {
            replica.command(&["CONFIG", "SET", "cluster-replica-no-failover", hold]);
        }
    }

    fn url(&self) -> String {
        format!("redis+cluster://{}", self.hosts())
    }

    pub(crate) fn hosts(&self) -> String {
        let hosts = self.ports.iter().map(|port| format!("127.0.0.1:{port}"));
        hosts.collect::<Vec<_>>().join(",")
    }

    /// Returns the slot of a key.
    fn slot(&self, key: &str) -> usize {
        let slot = self.nodes[0].command(&["CLUSTER", "KEYSLOT", key]);
        slot.trim_start_matches(':').trim().parse().unwrap()
    }

    /// Returns the identifier of a node.
    fn id(&self, node: usize) -> String {
        let id = self.nodes[node].command(&["CLUSTER", "MYID"]);
        id.lines().nth(1).unwrap().to_owned()
    }

    /// Begins to move the slot of a key from one primary to another: from now on, both have keys of it.
    fn begin_move(&self, key: &str, from: usize, to: usize) {
        let slot = self.slot(key);
        let importing = format!("CLUSTER SETSLOT {slot} IMPORTING {}", self.id(from));
        let migrating = format!("CLUSTER SETSLOT {slot} MIGRATING {}", self.id(to));
        assert!(self.nodes[to].command(&[&importing]).contains("OK"));
        assert!(self.nodes[from].command(&[&migrating]).contains("OK"));
    }

    /// Moves the keys of the slot.
    fn move_keys(&self, key: &str, from: usize, to: usize) {
        let slot = self.slot(key);
        let keys = self.nodes[from].command(&[&format!("CLUSTER GETKEYSINSLOT {slot} 100")]);
        for key in keys.lines().filter(|line| line.starts_with("store-test")) {
            let port = self.nodes[to].port;
            let moved = format!("MIGRATE 127.0.0.1 {port} {key} 0 1000");
            let moved = self.nodes[from].command(&[&moved]);
            assert!(moved.contains("OK") || moved.contains("NOKEY"), "{moved}");
        }
    }

    /// Ends the move of the slot: the other primary has it.
    fn end_move(&self, key: &str, to: usize) {
        let (slot, id) = (self.slot(key), self.id(to));
        let first = [to].into_iter().chain((0..3).filter(|it| *it != to));
        for node in first {
            let done = format!("CLUSTER SETSLOT {slot} NODE {id}");
            assert!(self.nodes[node].command(&[&done]).contains("OK"));
        }
    }

    /// The number of the primary that has a key.
    fn home(&self, key: &str) -> usize {
        let slot = self.slot(key);
        [5461, 10923, 16384]
            .iter()
            .position(|end| slot < *end)
            .unwrap()
    }
}

/// A node, and the file that it keeps its state in.
fn node(program: &str, more: &[&str]) -> (Redis, String) {
    let bus = free_port().to_string();
    let file = format!("nodes-{}-{bus}.conf", std::process::id());
    let settings = [
        "--cluster-enabled",
        "yes",
        "--cluster-config-file",
        &file,
        "--cluster-port",
        &bus,
        "--cluster-node-timeout",
        "1000",
        "--repl-diskless-sync-delay",
        "0",
    ];
    let node = Redis::of(program, &[&settings[..], more].concat());
    (node, file)
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for file in &self.files {
            // What is left is in the folder for temporary files.
            let _ = std::fs::remove_file(format!("/tmp/{file}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_keeps_every_contract_and_shares_the_same_state_as_a_single_redis() {
    let cluster = Cluster::start();
    let url = cluster.url();
    mcp_runtime::__testing::keeps_the_contract(&url).await;
    state_is_shared(&url).await;
    let counts = cluster.nodes[..3].iter().map(|it| it.command(&["DBSIZE"]));
    let counts: Vec<_> = counts.collect();
    assert!(counts.iter().all(|it| !it.starts_with(":0")), "{counts:?}");
}

/// Kills or stops the primary with the counts of a limit: a failover, during which each instance continues alone.
async fn fails_over(end: impl Fn(&mut Redis)) {
    let mut cluster = Cluster::start();
    let both = acquainted(&cluster.url()).await;
    let [a, b] = &both;
    let mut events = listen(b, "note://a").await;
    let home = cluster.home("store-test:instances");
    cluster.hold_failovers(true);
    end(&mut cluster.nodes[home]);
    let slow = times(a, 5).await;
    for on in &both {
        on.until("mcp_store_up", 0.0, BACK * 2).await;
    }
    let longest = slow.iter().max().unwrap();
    assert!(*longest < Duration::from_millis(600), "{slow:?}");
    are_alone(&both).await;
    cluster.hold_failovers(false);
    wait_until("no replica takes over", || {
        let role = cluster.nodes[home + 3].command(&["ROLE"]);
        role.contains("master")
    });
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
async fn a_primary_that_is_killed_is_replaced_and_its_instances_share_again() {
    fails_over(Redis::kill).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_is_stopped_is_replaced_and_its_instances_share_again() {
    fails_over(|node| node.signal(Signal::STOP)).await;
}

/// A failover that somebody asks for closes no connection: those who listen are still connected to what is a replica now.
#[tokio::test(flavor = "multi_thread")]
async fn messages_arrive_after_primaries_and_replicas_have_changed_places() {
    let cluster = Cluster::start();
    let both = acquainted(&cluster.url()).await;
    for replica in &cluster.nodes[3..] {
        replica.command(&["CLUSTER", "FAILOVER"]);
        wait_until("no replica takes over", || {
            replica.command(&["ROLE"]).contains("master")
        });
    }
    sleep(BACK + Duration::from_secs(1)).await;
    for on in &both {
        on.until("mcp_store_up", 1.0, BACK).await;
    }
    let [a, b] = both;
    let mut heard = listen(&b, "note://a").await;
    a.call("touch", json!({ "uri": "note://a" })).await;
    heard.until("notifications/resources/updated").await;
    session::questions_are_answered([a, b]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_no_cluster_and_a_wrong_password_stop_the_start() {
    let redis = Redis::with(&["--requirepass", "right"]);
    let url = |user: &str| format!("redis+cluster://{user}127.0.0.1:{}", redis.port);
    let refused = |url: &str| Instance::try_start(url).err().expect("it must not start");
    let text = refused(&url(":wrong@"));
    assert!(text.contains("check the user and the password"), "{text}");
    let text = refused(&url(":right@"));
    assert!(text.contains("is not a cluster"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_moves_loses_no_call_and_no_count() {
    let cluster = Cluster::start();
    let [a, b] = acquainted(&cluster.url()).await;
    let key = "store-test:rate:t:tool:limited:all";
    let (from, to) = (cluster.home(key), (cluster.home(key) + 1) % 3);
    assert_eq!(a.admitted("limited", 1).await, 1);
    let found = cluster.nodes[from].command(&["EXISTS", key]);
    assert!(found.starts_with(":1"), "the key is there: {found}");
    cluster.begin_move(key, from, to);
    assert_eq!(
        b.admitted("limited", 2).await,
        2,
        "still at the old primary"
    );
    cluster.move_keys(key, from, to);
    assert_eq!(a.admitted("limited", 2).await, 2, "ASK");
    cluster.end_move(key, to);
    assert_eq!(b.admitted("limited", 2).await, 2, "MOVED");
    let last = a.admitted("limited", 4).await + b.admitted("limited", 4).await;
    assert_eq!(last, 3, "ten together");
    for on in [&a, &b] {
        assert!(on.metric(r#"mcp_store_errors_total{store="rates"}"#).await < 0.5);
        assert!(on.metric("mcp_store_up").await > 0.5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_that_move_back_and_forth_lose_no_call_of_many() {
    let cluster = Cluster::start();
    let [a, b] = acquainted(&cluster.url()).await;
    let key = "store-test:rate:t:tool:many:all";
    let home = cluster.home(key);
    let calls = async {
        for _ in 0..100 {
            times(&a, 1).await;
            times(&b, 1).await;
            sleep(Duration::from_millis(10)).await;
        }
    };
    let moves = async {
        for round in 0..6 {
            let (from, to) = if round % 2 == 0 {
                (home, (home + 1) % 3)
            } else {
                ((home + 1) % 3, home)
            };
            cluster.begin_move(key, from, to);
            sleep(Duration::from_millis(100)).await;
            // A call may create the key at the new primary in between.
            cluster.move_keys(key, from, to);
            sleep(Duration::from_millis(100)).await;
            cluster.end_move(key, to);
            sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::join!(calls, moves);
    for on in [&a, &b] {
        // Few commands take more than 200 ms on a busy machine.
        assert!(on.metric(r#"mcp_store_errors_total{store="rates"}"#).await < 4.5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_are_notified_after_the_slot_of_the_channel_has_moved() {
    let cluster = Cluster::start();
    let [a, b] = acquainted(&cluster.url()).await;
    let mut events = listen(&b, "note://a").await;
    let channel = "store-test:changes";
    let home = cluster.home(channel);
    cluster.begin_move(channel, home, (home + 1) % 3);
    cluster.end_move(channel, (home + 1) % 3);
    events.until("notifications/resources/updated").await;
    for on in [&a, &b] {
        on.until("mcp_store_up", 1.0, BACK).await;
    }
    sleep(BACK).await;
    let mut heard = listen(&b, "note://b").await;
    a.call("touch", json!({ "uri": "note://b" })).await;
    heard.until("notifications/resources/updated").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_connections_to_a_cluster_exceed_no_limit_by_more_than_the_shares() {
    let cluster = Cluster::start();
    let both = acquainted(&cluster.url()).await;
    let primaries: Vec<_> = cluster.nodes[..3].iter().collect();
    exceeds_no_limit(&both, &primaries).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_needs_no_permissions_but_those_of_the_page() {
    let cluster = Cluster::start();
    for node in &cluster.nodes {
        let set = node.command(&[&setting(&rights("store-test"))]);
        assert!(set.contains("OK"), "{set}");
    }
    let url = cluster.url().replace("://", "://mcp:password@");
    state_is_shared(&url).await;
    for node in &cluster.nodes {
        was_refused_nothing(&node.command(&["ACL LOG"]));
    }
}
