//! Values that a decoder refuses in terms of Rust, or misreads: reported in terms of JSON, with the path.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::{NonZeroI8, NonZeroU8};

use mcp_runtime::serde::{Deserialize, Deserializer, de::Error as _};
use mcp_runtime::{Server, Version, model, tool, tools};
use mcp_testkit::TestClient;
use serde_json::{Value, json};

/// Numbers.
#[model]
#[derive(Debug)]
struct Nums {
    a: u8,
    b: i16,
    c: Vec<u8>,
    d: String,
    e: Option<NonZeroU8>,
}

/// A part.
#[model]
#[derive(Debug)]
struct Part {
    a: u32,
    b: String,
    c: Option<bool>,
}

/// What is shared.
#[model]
#[derive(Debug)]
struct Base {
    page: u32,
    size: Option<u32>,
}

/// What is looked for.
#[model]
#[derive(Debug)]
struct Find {
    name: String,
    #[serde(flatten)]
    base: Option<Base>,
}

/// A text or a list of texts.
#[model]
#[derive(Debug)]
struct Tagged {
    #[serde(deserialize_with = "one_or_many")]
    tags: Vec<String>,
    n: u32,
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(crate = "mcp_runtime::serde", untagged)]
    enum Tags {
        One(String),
        Many(Vec<String>),
    }
    match Tags::deserialize(deserializer) {
        Ok(Tags::One(tag)) => Ok(vec![tag]),
        Ok(Tags::Many(tags)) => Ok(tags),
        Err(_) => Err(D::Error::custom("no tags at line 1 column 4")),
    }
}

/// All kinds of types.
#[model]
#[derive(Debug)]
struct Kinds {
    single: Option<f32>,
    wide: Option<i64>,
    natural: Option<u64>,
    signed: Option<NonZeroI8>,
    address: Option<IpAddr>,
    letter: Option<char>,
    pair: Option<(u8, String)>,
    three: Option<[u8; 3]>,
    numbered: Option<BTreeMap<u32, u8>>,
    any: Option<serde_json::Value>,
    huge: Option<u128>,
}

/// Takes numbers.
#[tool]
async fn nums(v: Nums) -> String {
    format!("{v:?}")
}

/// Takes parts.
#[tool]
async fn parts(v: Vec<Part>) -> String {
    format!("{v:?}")
}

/// Takes a part.
#[tool]
async fn part(v: Part) -> String {
    format!("{v:?}")
}

/// Takes what is flattened.
#[tool]
async fn find(v: Find) -> String {
    format!("{v:?}")
}

/// Takes tags.
#[tool]
async fn tagged(v: Tagged) -> String {
    format!("{v:?}")
}

/// Takes all kinds.
#[tool]
async fn kinds(v: Kinds) -> String {
    format!("{v:?}")
}

/// Takes small ones.
#[tool]
async fn small(
    n: Option<u8>,
    f: Option<f32>,
    u: Option<u64>,
    secret: Option<BTreeMap<String, u8>>,
) -> String {
    format!("{n:?} {f:?} {u:?} {secret:?}")
}

/// A response to arguments that no client library would write.
struct Answer(Value);

impl Answer {
    fn text(&self) -> &str {
        let text = self.0["result"]["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("no text in {:#}", self.0))
    }

    fn assert_error(&self, part: impl AsRef<str>) {
        let is_error = self.0["result"]["isError"] == true;
        let holds = is_error && self.text().contains(part.as_ref());
        assert!(holds, "no {:?} in {:#}", part.as_ref(), self.0);
    }

    fn assert_text(&self, text: &str) {
        assert_eq!(
            (self.0["result"]["isError"] == true, self.text()),
            (false, text)
        );
    }

    fn assert_ok(&self) {
        assert!(self.0["result"]["isError"] != true, "{:#}", self.0);
    }
}

/// Calls a tool with these arguments verbatim.
async fn call(tool: &str, arguments: &str) -> Answer {
    let tools = tools![nums, parts, part, find, tagged, kinds, small];
    let server = Server::new("misfits", "1.0.0").tools(tools);
    let client = TestClient::with_version(server, Version::V2025_11_25).await;
    let mut lines = client.lines();
    lines.send(format!(
        r#"{{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
    ));
    Answer(lines.next().await.unwrap())
}

async fn told(tool: &str, arguments: &str, problems: &[&str]) {
    let reply = call(tool, arguments).await;
    for problem in problems {
        reply.assert_error(format!("- {problem}"));
    }
    let text = reply.text();
    assert_eq!(text.matches("\n- ").count(), problems.len(), "{text}");
    for word in ["u8", "u32", "i64", "struct", "line 1", "enum", "serde"] {
        assert!(!text.contains(word), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn integers_out_of_range_are_reported_together_with_their_paths() {
    let all = r#"{"v":{"a":256,"b":40000,"c":[1,300,-4],"d":5,"e":0}}"#;
    let problems = [
        "`v.a` must be at most 255, was 256",
        "`v.b` must be at most 32767, was 40000",
        "`v.c[1]` must be at most 255, was 300",
        "`v.c[2]` must be at least 0, was -4",
        "`v.d` must be a string, was 5",
        "`v.e` must be at least 1, was 0",
    ];
    told("nums", all, &problems).await;
    told(
        "parts",
        r#"{"v":[{"a":1,"b":""},{"a":-1,"b":""}]}"#,
        &["`v[1].a` must be at least 0, was -1"],
    )
    .await;
    told(
        "small",
        r#"{"n":300}"#,
        &["`n` must be at most 255, was 300"],
    )
    .await;
    told(
        "small",
        r#"{"n":"300"}"#,
        &["`n` must be at most 255, was 300"],
    )
    .await;
    told("small", r#"{"n":-1}"#, &["`n` must be at least 0, was -1"]).await;
    let beyond = "`u` must be at most 18446744073709551615, was 18446744073709551616";
    told("small", r#"{"u":18446744073709551616}"#, &[beyond]).await;
    let beyond = "`v.wide` must be at most 9223372036854775807, was 9223372036854775808";
    told("kinds", r#"{"v":{"wide":9223372036854775808}}"#, &[beyond]).await;
    told(
        "kinds",
        r#"{"v":{"signed":0}}"#,
        &["`v.signed` must not be 0, was 0"],
    )
    .await;
    call(
        "kinds",
        r#"{"v":{"huge":340282366920938463463374607431768211455}}"#,
    )
    .await
    .assert_ok();
}

#[tokio::test(start_paused = true)]
async fn other_types_are_reported_in_terms_of_json() {
    for (value, problem) in [
        (
            r#"{"address":"x"}"#,
            "`v.address` must be an IP address, was \"x\"",
        ),
        (
            r#"{"letter":"ab"}"#,
            "`v.letter` must have exactly 1 character, has 2",
        ),
        (
            r#"{"pair":[1]}"#,
            "`v.pair` must have exactly 2 items, has 1",
        ),
        (r#"{"pair":[1,2]}"#, "`v.pair[1]` must be a string, was 2"),
        (
            r#"{"three":[1,2]}"#,
            "`v.three` must have exactly 3 items, has 2",
        ),
        (
            r#"{"numbered":{"x":1}}"#,
            "`v.numbered` has a member whose name must be a number",
        ),
        (
            r#"{"numbered":{"1":"x"}}"#,
            "`v.numbered.1` must be an integer, was \"x\"",
        ),
        (
            r#"{"single":"x"}"#,
            "`v.single` must be a number, was \"x\"",
        ),
    ] {
        told("kinds", &format!(r#"{{"v":{value}}}"#), &[problem]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_that_its_type_cannot_hold_is_refused() {
    for number in ["1e39", "\"1e39\""] {
        let problem = "`f` must be at most 3.4028235e38, was 1e39";
        told("small", &format!(r#"{{"f":{number}}}"#), &[problem]).await;
    }
    told(
        "kinds",
        r#"{"v":{"single":-1e39}}"#,
        &["`v.single` must be at least -3.4028235e38, was -1e39"],
    )
    .await;
    call("small", r#"{"f":3.4e38}"#).await.assert_ok();
}

#[tokio::test(start_paused = true)]
async fn half_of_a_surrogate_pair_is_reported_with_its_path() {
    let half = "holds half of a character";
    for (tool, arguments, place) in [
        ("part", r#"{"v":{"a":1,"b":"x\ud800"}}"#, "v.b"),
        ("parts", r#"{"v":[{"a":1,"b":"\udc00"}]}"#, "v[0].b"),
        (
            "kinds",
            r#"{"v":{"any":{"deep":["\ud83d"]}}}"#,
            "v.any.deep[0]",
        ),
    ] {
        call(tool, arguments)
            .await
            .assert_error(format!("- `{place}` {half}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_is_not_accepted_for_a_struct() {
    let problem = "`v` must be an object, was an array";
    told("part", r#"{"v":[1,"x",null]}"#, &[problem]).await;
    told("part", r#"{"v":["1","x",null]}"#, &[problem]).await;
    told(
        "parts",
        r#"{"v":[[1,"x",null]]}"#,
        &["`v[0]` must be an object, was an array"],
    )
    .await;
    told(
        "parts",
        r#"{"v":[{"a":"1","b":""},[1,"x",null]]}"#,
        &["`v[1]` must be an object, was an array"],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_member_given_twice_is_refused_at_every_depth() {
    told(
        "part",
        r#"{"v":{"a":1,"a":2,"b":"x"}}"#,
        &["`v.a` is given more than once"],
    )
    .await;
    told(
        "parts",
        r#"{"v":[{"a":1,"b":"x","b":"y"}]}"#,
        &["`v[0].b` is given more than once"],
    )
    .await;
    told(
        "kinds",
        r#"{"v":{"any":{"x":[{"y":1,"y":1}]}}}"#,
        &["`v.any.x[0].y` is given more than once"],
    )
    .await;
    told(
        "small",
        r#"{"secret":{"a":1,"a":1}}"#,
        &["`secret.a` is given more than once"],
    )
    .await;
    told(
        "part",
        r#"{"v":{"a":1,"\u0061":2,"b":"x"}}"#,
        &["`v.a` is given more than once"],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_flattened_option_is_decoded() {
    told(
        "find",
        r#"{"v":{"name":"a","page":"x"}}"#,
        &["`v.page` must be an integer, was \"x\""],
    )
    .await;
    told(
        "find",
        r#"{"v":{"name":"a","page":3,"size":-4}}"#,
        &["`v.size` must be at least 0, was -4"],
    )
    .await;
    call("find", r#"{"v":{"name":"a","page":"3"}}"#)
        .await
        .assert_text("Find { name: \"a\", base: Some(Base { page: 3, size: None }) }");
    call("find", r#"{"v":{"name":"a"}}"#)
        .await
        .assert_text("Find { name: \"a\", base: None }");
    call("find", r#"{"v":{"name":"a","page":3}}"#)
        .await
        .assert_text("Find { name: \"a\", base: Some(Base { page: 3, size: None }) }");
}

#[tokio::test(start_paused = true)]
async fn the_coercion_of_one_field_leaves_the_decoder_of_another_alone() {
    let taken = "Tagged { tags: [\"one\"], n: 1 }";
    call("tagged", r#"{"v":{"tags":"one","n":1}}"#)
        .await
        .assert_text(taken);
    call("tagged", r#"{"v":{"tags":"one","n":"1"}}"#)
        .await
        .assert_text(taken);
    told(
        "tagged",
        r#"{"v":{"tags":5,"n":"1"}}"#,
        &["`v.tags` must be an array, was 5"],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_empty_text_for_an_optional_member_is_absent() {
    let reply = call("part", r#"{"v":{"a":1,"b":"","c":""}}"#).await;
    reply.assert_text("Part { a: 1, b: \"\", c: None }");
    let told = call("part", r#"{"v":{"a":"","b":""}}"#).await;
    told.assert_error("- `v.a` must be an integer, was \"\"");
}

#[tokio::test(start_paused = true)]
async fn arguments_added_by_hosts_are_ignored_and_counted() {
    let tools = tools![small, part];
    let client = TestClient::new(Server::new("misfits", "1.0.0").tools(tools)).await;
    let ignored = || client.metric(r#"mcp_arguments_ignored_total{tool="small"}"#);
    let added = json!({ "n": 1, "wait_for_previous": true, "toolCallId": "call_1" });
    client
        .call("small", added)
        .await
        .assert_text("Some(1) None None None");
    assert_eq!(ignored().await, 2.0);
    client
        .call("small", json!({ "secrte": {} }))
        .await
        .assert_error("`secrte` is not an argument; did you mean `secret`?");
    client
        .call("part", json!({ "value": {} }))
        .await
        .assert_error("`value` is not an argument; the arguments are `v`");
    assert_eq!(ignored().await, 2.0);
    let strict = Server::new("misfits", "1.0.0")
        .tools(tools![small])
        .strict_arguments();
    TestClient::new(strict)
        .await
        .call("small", json!({ "wait_for_previous": true }))
        .await
        .assert_error("`wait_for_previous` is not an argument");
}
