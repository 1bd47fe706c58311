//! A Redis whose user is permitted what the page for operators says.

use serde_json::json;

use super::instance::Instance;
use super::outage::{BACK, acquainted, are_alone};
use super::server::Redis;
use super::share::{limits_hold, pair, state_is_shared};

const PAGE: &str = include_str!("../../mcp-runtime/docs/instances.md");
const FILE: &str = include_str!("../../examples/deploy/valkey/users.acl");

/// Returns the rights of the page for a prefix.
pub(crate) fn rights(prefix: &str) -> Vec<String> {
    let line = PAGE.lines().find(|it| it.starts_with("ACL SETUSER mcp "));
    let words = line.unwrap().split(' ').skip(3);
    let named = |word: &str| word.replace("shop:", &format!("{prefix}:"));
    words.map(named).collect()
}

/// Returns the rights of the page at a sentinel.
pub(crate) fn rights_at_sentinels() -> &'static str {
    let (_, rest) = PAGE
        .split_once("the user of the sentinels needs `")
        .unwrap();
    rest.split('`').next().unwrap()
}

/// The command that gives a user exactly these rights.
pub(crate) fn setting(rights: &[String]) -> String {
    format!("ACL SETUSER mcp reset {}", rights.join(" "))
}

fn url(redis: &Redis) -> String {
    redis.url().replace("redis://", "redis://mcp:password@")
}

/// Asserts that a user was never refused anything.
pub(crate) fn was_refused_nothing(log: &str) {
    assert!(log.starts_with("*0"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_the_permissions_of_the_page_runs_every_store() {
    let redis = Redis::start();
    redis.command(&[&setting(&rights("contract"))]);
    mcp_runtime::__testing::keeps_the_contract(&url(&redis)).await;
    redis.command(&[&setting(&rights("store-test"))]);
    let url = url(&redis);
    state_is_shared(&url).await;
    was_refused_nothing(&redis.command(&["ACL LOG"]));
    let [a, _] = pair(&url);
    a.call("remember", json!({ "word": "mellon" })).await;
    let user = ["AUTH mcp password", "KEYS *"];
    assert!(
        redis.commands(&user).contains("NOPERM"),
        "it reads no other keys"
    );
    assert!(
        redis
            .commands(&["AUTH mcp password", "FLUSHALL"])
            .contains("NOPERM")
    );
    assert!(
        redis
            .commands(&["AUTH mcp password", "GET other"])
            .contains("NOPERM")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_users_has_the_permissions_of_the_page() {
    let line = FILE.lines().find(|it| it.starts_with("user server "));
    let words: Vec<_> = line.unwrap().split(' ').skip(2).collect();
    let password = words[1].strip_prefix('>').unwrap();
    let mut expected = rights("server");
    expected[1] = format!(">{password}");
    assert_eq!(words, expected);
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/deploy/valkey/users.acl"
    );
    let redis = Redis::with(&["--aclfile", file]);
    let url = redis
        .url()
        .replace("redis://", &format!("redis://server:{password}@"));
    let prefixed = [(); 2].map(|()| Instance::with(&url, &[("INSTANCE_PREFIX", "server")]));
    limits_hold(prefixed).await;
    let text = Instance::try_start(&redis.url()).err();
    assert!(
        text.is_some_and(|text| text.contains("Redis refuses")),
        "the default user is off"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_one_of_the_permissions_stops_the_start_with_the_remedy() {
    let redis = Redis::start();
    let all = rights("store-test");
    let is_needed = |right: &&String| right.starts_with(['+', '&', '~']);
    // Those of a cluster and of sentinels.
    let is_other =
        |right: &&String| right.contains("cluster") || ["+role", "+info"].contains(&&***right);
    for left_out in all.iter().filter(is_needed).filter(|it| !is_other(it)) {
        let rest: Vec<_> = all.iter().filter(|it| *it != left_out).cloned().collect();
        let set = redis.command(&[&setting(&rest)]);
        assert!(set.contains("OK"), "{set}");
        let text = Instance::try_start(&url(&redis)).err();
        let text = text.unwrap_or_else(|| panic!("it starts without {left_out}"));
        assert!(
            text.contains("Redis refuses this server"),
            "{left_out}: {text}"
        );
        let commands: Vec<_> = all
            .iter()
            .filter(|it| it.starts_with(['+', '-']))
            .cloned()
            .collect();
        assert!(text.contains(&commands.join(" ")), "{left_out}: {text}");
        assert!(!text.contains("password@"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_is_withdrawn_is_reported_and_limits_are_local_until_it_is_granted() {
    for withdrawn in ["-evalsha", "-set", "-@all"] {
        let redis = Redis::start();
        redis.command(&[&setting(&rights("store-test"))]);
        let both = acquainted(&url(&redis)).await;
        let [a, b] = &both;
        redis.command(&["ACL SETUSER mcp", withdrawn]);
        are_alone(&both).await;
        let (_, health) = a.get("/health").await;
        assert!(health.contains("permit its user"), "{withdrawn}: {health}");
        assert!(a.metric(r#"mcp_store_errors_total{store="rates"}"#).await >= 12.0);
        redis.command(&[&setting(&rights("store-test"))]);
        for on in &both {
            on.until("mcp_store_up", 1.0, BACK).await;
        }
        let admitted = a.admitted("limited", 6).await + b.admitted("limited", 6).await;
        assert_eq!(admitted, 10, "shared again after {withdrawn}");
    }
}
