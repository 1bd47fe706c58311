//! Schemas that every client accepts, as those of ordinary types, and the findings for others.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::net::IpAddr;
use std::num::NonZeroI32;
use std::path::PathBuf;
use std::time::Duration;

use mcp_runtime::{Json, Server, model, tool, tools};
use mcp_testkit::{TestClient, Verdict};
use serde_json::{Value, json};

/// How loud.
#[model]
#[serde(rename_all = "lowercase")]
enum Volume {
    /// Hardly.
    Low,
    High,
}

/// With a tag inside.
#[model]
#[serde(tag = "kind")]
enum Tagged {
    Circle { radius: f64 },
    Square { side: f64 },
    Point,
}

/// As serde does it without being asked.
#[model]
enum Plain {
    Nothing,
    One(u8),
    Two(u8, u8),
    Many { names: Vec<String> },
}

/// Whatever fits first.
#[model]
#[serde(untagged)]
enum Untagged {
    Number(i64),
    Text(String),
    List(Vec<String>),
}

/// Tag and content.
#[model]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    A(u8),
    B(String),
}

/// A struct in a struct.
#[model]
struct Inner {
    /// A number.
    #[validate(range(min = 1, max = 9))]
    number: u8,
    #[serde(default)]
    word: Option<String>,
    #[serde(default)]
    list: Vec<Option<f32>>,
}

/// A newtype.
#[model]
struct Meters(f64);

/// A struct.
#[model]
struct Outer {
    #[validate(nested)]
    inner: Inner,
    others: Option<Vec<Inner>>,
    meters: Meters,
    tagged: Tagged,
}

/// Takes scalars.
#[tool]
#[expect(clippy::too_many_arguments, reason = "one for each type")]
async fn scalars(
    bool: bool,
    byte: u8,
    big: i128,
    size: usize,
    non_zero: Option<NonZeroI32>,
    float: f32,
    char: char,
    #[arg(range = 1..10)] below_ten: u32,
    #[arg(range = 0.5..=1.0)] share: f64,
    #[arg(length = 1..=9, pattern = "^[a-z]+$", default = "x", example = "abc")] text: String,
    #[arg(one_of("up", "down"))] order: String,
    path: PathBuf,
) -> usize {
    let _ = (
        bool, byte, big, size, non_zero, float, char, below_ten, share, text, order, path,
    );
    0
}

/// Takes collections.
#[tool]
#[expect(clippy::too_many_arguments, reason = "one for each type")]
async fn collections(
    list: Vec<u8>,
    deque: VecDeque<String>,
    tree_set: BTreeSet<String>,
    hash_set: HashSet<u64>,
    #[arg(length = ..=9)] map: HashMap<String, u8>,
    /// By number.
    by_number: BTreeMap<u32, String>,
    by_signed: BTreeMap<i64, Vec<u8>>,
    pair: (f64, f64),
    array: [i32; 3],
    maybe: Option<Box<u8>>,
    duration: Duration,
) -> usize {
    let _ = (
        list, deque, tree_set, hash_set, map, by_number, by_signed, pair, array, maybe, duration,
    );
    0
}

/// Takes types of one's own.
#[tool]
async fn models(
    volume: Volume,
    maybe: Option<Volume>,
    tagged: Tagged,
    plain: Plain,
    untagged: Untagged,
    adjacent: Adjacent,
    outer: Outer,
) -> Json<Outer> {
    let _ = (volume, maybe, tagged, plain, untagged, adjacent);
    Json(outer)
}

/// Takes nothing.
#[tool]
async fn nothing() {}

/// Takes itself.
#[model(input)]
struct Tree {
    children: Vec<Tree>,
}

/// Takes what some clients cannot be told about.
#[tool]
#[expect(clippy::too_many_arguments, reason = "one for each reason")]
async fn odd(
    tree: Tree,
    anything: Value,
    list: Vec<Value>,
    mixed: (u8, String),
    #[arg(pattern = "[a-z]")] loose: String,
    #[arg(email)] mail: Option<String>,
    #[arg(range = 0.5..1.0)] share: f64,
    #[arg(rename = "user-id")] user: String,
    address: Option<IpAddr>,
) -> usize {
    let _ = (
        tree.children.len(),
        anything,
        list,
        mixed,
        loose,
        mail,
        share,
        user,
        address,
    );
    0
}

async fn ordinary() -> TestClient {
    TestClient::new(Server::new("ordinary", "1.0.0").tools(tools![
        scalars,
        collections,
        models,
        nothing
    ]))
    .await
}

#[tokio::test(start_paused = true)]
async fn ordinary_types_are_accepted_by_every_client() {
    let client = ordinary().await;
    client.assert_accepted().await;
    let found = client.lint().await;
    let ignored: Vec<String> = found.iter().map(ToString::to_string).collect();
    // A grammar supports bounds of integers only, and Codex none; they are declared for other clients.
    assert!(
        ignored
            .iter()
            .all(|line| line.contains("llama.cpp ignores `m") || line.contains("Codex ignores `")),
        "{ignored:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn described_rules_reach_every_client_and_are_still_checked() {
    let server = Server::new("ordinary", "1.0.0")
        .tools(tools![scalars])
        .describe_rules();
    let client = TestClient::new(server).await;
    let properties = client.tool("scalars").await["inputSchema"]["properties"].clone();
    assert_eq!(properties["below_ten"]["description"], "From 1 to 9.");
    let words = "For example: \"abc\"\nFrom 1 to 9 characters. Matches `^[a-z]+$`. Default: \"x\".";
    assert_eq!(properties["text"]["description"], words);
    let found = client.lint().await;
    assert!(found.iter().all(|it| it.client != "Codex"), "{found:#?}");
}

struct Described;

/// Repeats its rules.
#[mcp_runtime::server(describe_rules)]
impl Described {
    /// Takes a number.
    #[tool]
    async fn take(&self, #[arg(range = 1..=9)] number: u8) -> u8 {
        number
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_enables_the_description_of_rules() {
    let client = TestClient::new(Described.into_server()).await;
    let properties = client.tool("take").await["inputSchema"]["properties"].clone();
    assert_eq!(properties["number"]["description"], "From 1 to 9.");
}

#[tokio::test(start_paused = true)]
async fn a_tool_that_some_client_refuses_is_named() {
    let client = TestClient::new(Server::new("odd", "1.0.0").tools(tools![odd])).await;
    let found = client.lint().await;
    let rejected = found
        .iter()
        .filter(|finding| finding.verdict == Verdict::Rejects);
    let mut rejected: Vec<String> = rejected
        .map(|finding| format!("{}: {}", finding.client, finding.what))
        .collect();
    rejected.sort();
    rejected.dedup();
    let expected = [
        "Gemini: `$ref` of `Tree.children[]`",
        "Gemini: `$ref` of `tree.children[]`",
        "Gemini: `exclusiveMaximum` of `share`",
        "Gemini: `prefixItems` of `mixed`",
        "Gemini: the parameter name `user-id`",
        "Gemini: what has no `type`: `anything`",
        "Gemini: what has no `type`: `list[]`",
        "llama.cpp: the pattern of `loose`",
    ];
    assert_eq!(rejected, expected, "{found:#?}");
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = "- `odd`: Gemini rejects the parameter name `user-id`; begin with a letter or `_`"
)]
async fn a_refused_tool_fails_a_test() {
    TestClient::new(Server::new("odd", "1.0.0").tools(tools![odd]))
        .await
        .assert_accepted()
        .await;
}

#[tokio::test(start_paused = true)]
async fn rewritten_schemas_do_not_change_decoding() {
    let client = ordinary().await;
    let mut arguments = json!({
        "list": [1], "deque": [], "tree_set": ["a", "a"], "hash_set": ["5"], "map": {}, "by_number": { "1": "x" },
        "by_signed": { "-1": ["2"] }, "pair": [1, "2.5"], "array": [1, 2, 3], "duration": { "secs": 1, "nanos": 0 },
    });
    client
        .call("collections", arguments.clone())
        .await
        .assert_text("0");
    let properties = client.tool("collections").await["inputSchema"]["properties"].clone();
    assert_eq!(
        properties["by_number"]["description"],
        "By number.\nIts keys are whole numbers."
    );
    arguments["by_number"] = json!({ "one": "x" });
    client
        .call("collections", arguments)
        .await
        .assert_error("- `by_number` has a member whose name must be a number");
    let scalars = client.tool("scalars").await["inputSchema"]["properties"].clone();
    assert_eq!(scalars["non_zero"]["description"], "It is not 0.");
    assert_eq!(
        scalars["below_ten"],
        json!({ "type": "integer", "minimum": 1, "maximum": 9 })
    );
}

#[tokio::test(start_paused = true)]
async fn the_schemas_match_the_file() {
    ordinary().await.assert_schemas("tool/lint.json").await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "breaks callers:\n- `scalars`: is gone")]
async fn a_removed_tool_fails_a_test() {
    let server = Server::new("ordinary", "1.0.0").tools(tools![collections, models, nothing]);
    TestClient::new(server)
        .await
        .assert_schemas("tool/lint.json")
        .await;
}
