//! The rules of `#[arg(..)]`: each is in the schema and enforced.

use mcp_runtime::{Server, tool, tools};
use mcp_testkit::TestClient;
use serde_json::{Value, json};

/// One parameter for each rule.
#[tool]
#[expect(clippy::too_many_arguments, reason = "one for each rule")]
async fn ruled(
    #[arg(default = 10)] with_default: u32,
    #[arg(default)] with_default_of_type: String,
    #[arg(range = 1..=100)] within: Option<i64>,
    #[arg(range = 0.0..1.0)] half_open: Option<f64>,
    #[arg(range = ..10)] below: Option<u8>,
    #[arg(length = 2..=4)] chars: Option<String>,
    #[arg(length = 1..4)] short: Option<String>,
    #[arg(length = 1..)] items: Option<Vec<u8>>,
    #[arg(pattern = "^[a-z]+$")] lower: Option<String>,
    #[arg(pattern = "[0-9]{2}")] number: Option<String>,
    #[arg(email)] mail: Option<String>,
    #[arg(url)] link: Option<String>,
    #[arg(one_of("ascending", "descending"))] order: Option<String>,
    #[arg(custom = even)] even: Option<u32>,
    #[arg(rename = "wireName")] wire_name: Option<String>,
    #[arg(default, example = "2026-01-01")] day: String,
    #[arg(redact, length = 12..)] token: Option<String>,
) -> String {
    let _ = (
        within, half_open, below, chars, short, items, lower, number, mail, link, order, even, day,
        token,
    );
    format!("{with_default} {with_default_of_type:?} {wire_name:?}")
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "a rule sees the parameter as it is declared"
)]
fn even(number: &Option<u32>) -> Result<(), String> {
    match number {
        Some(odd) if odd % 2 == 1 => Err(format!("{odd} is odd, {} is not", odd + 1)),
        _ => Ok(()),
    }
}

async fn client() -> TestClient {
    TestClient::new(Server::new("ruled", "1.0.0").tools(tools![ruled])).await
}

/// Checks the valid values of a rule, the invalid ones with their errors, and its keywords.
async fn check(name: &str, keywords: Value, good: &[Value], bad: &[(Value, &str)]) {
    let client = client().await;
    let schema = &client.tool("ruled").await["inputSchema"]["properties"][name];
    for (keyword, value) in keywords.as_object().unwrap() {
        assert_eq!(&schema[keyword], value, "{schema:#}");
    }
    for value in good {
        client
            .call("ruled", json!({ name: value }))
            .await
            .assert_ok();
    }
    for (value, problem) in bad {
        client
            .call("ruled", json!({ name: value }))
            .await
            .assert_error(format!("- `{name}` {problem}"));
    }
}

#[tokio::test(start_paused = true)]
async fn default() {
    let client = client().await;
    client
        .call("ruled", json!({}))
        .await
        .assert_text("10 \"\" None");
    client
        .call(
            "ruled",
            json!({ "with_default": null, "with_default_of_type": null }),
        )
        .await
        .assert_text("10 \"\" None");
    client
        .call(
            "ruled",
            json!({ "with_default": 3, "with_default_of_type": "x" }),
        )
        .await
        .assert_text("3 \"x\" None");
    let schema = client.tool("ruled").await["inputSchema"].clone();
    assert_eq!(schema["properties"]["with_default"]["default"], 10);
    assert_eq!(schema["properties"]["with_default_of_type"]["default"], "");
    assert_eq!(schema.get("required"), None);
}

#[tokio::test(start_paused = true)]
async fn range() {
    let keywords = json!({ "type": "integer", "minimum": 1, "maximum": 100 });
    let bad = [
        (json!(0), "must be from 1 to 100, was 0"),
        (json!(101), "must be from 1 to 100, was 101"),
    ];
    check(
        "within",
        keywords,
        &[json!(1), json!(100), json!("50")],
        &bad,
    )
    .await;
    let keywords = json!({ "type": "number", "minimum": 0.0, "exclusiveMaximum": 1.0 });
    let bad = [
        (json!(1), "must be at least 0 and less than 1, was 1"),
        (json!(-0.5), "must be at least 0 and less than 1, was -0.5"),
    ];
    check("half_open", keywords, &[json!(0), json!(0.999)], &bad).await;
    check(
        "below",
        json!({ "exclusiveMaximum": 10 }),
        &[json!(9)],
        &[(json!(10), "must be less than 10, was 10")],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn length() {
    let bad = [
        (json!("a"), "must have 2 to 4 characters, has 1"),
        (json!("abcde"), "must have 2 to 4 characters, has 5"),
    ];
    check(
        "chars",
        json!({ "minLength": 2, "maxLength": 4 }),
        &[json!("ab"), json!("äöüß")],
        &bad,
    )
    .await;
    check(
        "short",
        json!({ "minLength": 1, "maxLength": 3 }),
        &[json!("a"), json!("abc")],
        &[
            (json!(""), "must have 1 to 3 characters, has 0"),
            (json!("abcd"), "must have 1 to 3 characters, has 4"),
        ],
    )
    .await;
    check(
        "items",
        json!({ "minItems": 1 }),
        &[json!([1])],
        &[(json!([]), "must have at least 1 item, has 0")],
    )
    .await;
}

#[tokio::test]
async fn a_pattern_without_anchors_may_match_anywhere() {
    let bad = "must match the pattern `[0-9]{2}`, was \"a1b2\"";
    check(
        "number",
        json!({ "pattern": "[0-9]{2}" }),
        &[json!("a12b"), json!("12"), json!("0123")],
        &[(json!("a1b2"), bad)],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn pattern() {
    let bad = [(
        json!("Abc"),
        "must match the pattern `^[a-z]+$`, was \"Abc\"",
    )];
    check(
        "lower",
        json!({ "pattern": "^[a-z]+$" }),
        &[json!("abc")],
        &bad,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn email() {
    let bad = [
        (json!("nobody"), "must be an email address, was \"nobody\""),
        (json!("@"), "must be an email address"),
    ];
    check(
        "mail",
        json!({ "format": "email" }),
        &[json!("a@example.com")],
        &bad,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn url() {
    let bad = [(
        json!("example.com"),
        "must be an absolute URL, was \"example.com\"",
    )];
    check(
        "link",
        json!({ "format": "uri" }),
        &[json!("https://example.com/a?b=c")],
        &bad,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn one_of() {
    let bad = [
        (
            json!("ascendign"),
            "must be one of \"ascending\", \"descending\", was \"ascendign\"; did you mean \"ascending\"?",
        ),
        (
            json!("random"),
            "must be one of \"ascending\", \"descending\", was \"random\"",
        ),
    ];
    check(
        "order",
        json!({ "enum": ["ascending", "descending"] }),
        &[json!("descending")],
        &bad,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn custom() {
    check(
        "even",
        json!({ "type": "integer" }),
        &[json!(2)],
        &[(json!(3), "is not valid: 3 is odd, 4 is not")],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn rename() {
    let client = client().await;
    client
        .call("ruled", json!({ "wireName": "x" }))
        .await
        .assert_text("10 \"\" Some(\"x\")");
    let refused = client.call("ruled", json!({ "wire_name": "x" })).await;
    refused.assert_error("`wire_name` is not an argument; did you mean `wireName`?");
    let properties = client.tool("ruled").await["inputSchema"]["properties"].clone();
    assert!(properties.get("wireName").is_some() && properties.get("wire_name").is_none());
}

#[tokio::test(start_paused = true)]
async fn example() {
    check(
        "day",
        json!({ "description": "For example: \"2026-01-01\"" }),
        &[json!("any day")],
        &[],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn redact() {
    let client = client().await;
    for token in [json!("hunter2"), json!(5), json!({ "hunter2": "hunter2" })] {
        let reply = client.call("ruled", json!({ "token": token })).await;
        reply.assert_error("- `token` must");
        assert!(
            !reply.text().contains("hunter2") && !reply.text().contains('5'),
            "{}",
            reply.text()
        );
    }
    let shown = client.call("ruled", json!({ "chars": "hunter2" })).await;
    shown.assert_error("has 7");
}

#[tokio::test(start_paused = true)]
async fn all_violated_rules_are_reported_together() {
    let arguments = json!({ "within": 0, "chars": "a", "lower": "A", "mail": "x", "order": "up", "even": 1, "extra": 1 });
    let reply = client().await.call("ruled", arguments).await;
    reply.assert_error("correct these 7 problems");
    for name in ["within", "chars", "lower", "mail", "order", "even", "extra"] {
        reply.assert_error(format!("\n- `{name}` "));
    }
}

#[tokio::test(start_paused = true)]
async fn an_absent_argument_violates_no_rule() {
    client()
        .await
        .call(
            "ruled",
            json!({ "within": null, "chars": null, "token": null }),
        )
        .await
        .assert_ok();
}

/// Takes a name twice by mistake.
#[tool]
async fn named(name: String) -> String {
    name
}

#[tokio::test(start_paused = true)]
async fn an_argument_given_twice_is_refused() {
    let client = TestClient::new(Server::new("named", "1.0.0").tools(tools![named])).await;
    let mut lines = client.lines();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    lines.send(format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"named","arguments":{{"name":"a","name":"b"}},"_meta":{meta}}}}}"#
    ));
    let answer = lines.next().await.unwrap();
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.ends_with("- `name` is given more than once"), "{text}");
}

fn far() -> u32 {
    500
}

/// A default that only the running program knows.
#[tool]
async fn computed(#[arg(default = far(), range = 1..=100)] n: u32) -> u32 {
    n
}

#[test]
fn a_computed_default_that_fails_its_own_rule_stops_the_start() {
    let error = Server::new("rules", "1.0.0")
        .tools(tools![computed])
        .check()
        .unwrap_err();
    let wanted =
        "tool `computed` cannot be served: the default of `n` must be from 1 to 100, was 500";
    assert_eq!(error.to_string(), wanted);
}

fn no_schema() -> Value {
    json!({ "properties": { "n": { "type": "nmuber" } } })
}

/// Keywords that are no JSON Schema; without the feature `json-schema` there may be none at all.
#[tool(schema = no_schema)]
async fn misdescribed(n: u32) -> u32 {
    n
}

#[test]
fn keywords_that_cannot_be_checked_stop_the_start() {
    let error = Server::new("rules", "1.0.0")
        .tools(tools![misdescribed])
        .check()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("tool `misdescribed` cannot be served: "),
        "{error}"
    );
}
