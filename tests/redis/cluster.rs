//! A cluster of three primaries and three replicas.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;
use tokio::time::sleep;

use super::instance::Instance;
use super::outage::{BACK, acquainted, are_alone, times};
use super::server::{Redis, free_port, wait_until};
use super::share::{changes_arrive, limits_hold, listen, pair, results_are_shared};
use super::{session, task};

/// The time in which a cluster notices that a node is gone, and puts a replica in its place.
const FAILOVER: Duration = Duration::from_secs(15);

/// Three primaries, and behind them a replica of each.
struct Cluster {
    nodes: Vec<Redis>,
    files: Vec<String>,
}

impl Cluster {
    fn start() -> Self {
        let (nodes, files): (Vec<_>, Vec<_>) = (0..6).map(|_| node()).unzip();
        for (number, node) in nodes.iter().enumerate() {
            let epoch = (number + 1).to_string();
            node.command(&["CLUSTER", "SET-CONFIG-EPOCH", &epoch]);
        }
        for (node, slots) in nodes.iter().zip(["0 5460", "5461 10922", "10923 16383"]) {
            let added = node.command(&["CLUSTER", "ADDSLOTSRANGE", slots]);
            assert!(added.contains("OK"), "{added}");
        }
        let cluster = Self { nodes, files };
        let first = cluster.nodes[0].command(&["CLUSTER", "NODES"]);
        let bus = first.split(['@', ' ']).nth(2).unwrap().to_owned();
        let port = cluster.nodes[0].port.to_string();
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
        let hosts: Vec<_> = (self.nodes.iter())
            .map(|node| format!("127.0.0.1:{}", node.port))
            .collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    /// The number of the primary that has a key.
    fn home(&self, key: &str) -> usize {
        let slot = self.nodes[0].command(&["CLUSTER", "KEYSLOT", key]);
        let slot: usize = slot.trim_start_matches(':').trim().parse().unwrap();
        [5461, 10923, 16384]
            .iter()
            .position(|end| slot < *end)
            .unwrap()
    }
}

/// A node, and the file that it keeps its state in.
fn node() -> (Redis, String) {
    let bus = free_port().to_string();
    let file = format!("nodes-{}-{bus}.conf", std::process::id());
    let node = Redis::with(&[
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
    ]);
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
    limits_hold(pair(&url)).await;
    changes_arrive(pair(&url)).await;
    results_are_shared(&url).await;
    session::sessions_move(pair(&url)).await;
    session::streams_move(pair(&url)).await;
    session::questions_are_answered(pair(&url)).await;
    session::calls_are_cancelled(pair(&url)).await;
    task::tasks_are_shared(pair(&url)).await;
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
