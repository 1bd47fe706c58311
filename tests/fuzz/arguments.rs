//! Arguments of every shape, and URIs of templates.

use std::collections::BTreeMap;

use mcp_runtime::{Server, Version, model, resource, resources, tool, tools};
use mcp_testkit::TestClient;
use serde_json::json;

use super::wire::Wire;
use super::{Inputs, shown};

/// A recursive enum with a discriminating tag.
#[model]
#[derive(Debug)]
#[serde(tag = "op")]
enum Filter {
    And { items: Vec<Filter> },
    Not { item: Box<Filter> },
    Eq { field: String, value: i64 },
}

/// Whatever fits first.
#[model]
#[derive(Debug)]
#[serde(untagged)]
enum Loose {
    Number(i32),
    Text(String),
    Pair { a: u8, b: Option<f32> },
    Many(Vec<Loose>),
}

/// With a struct flattened into it.
#[model]
#[derive(Debug)]
struct Paged {
    name: String,
    #[serde(flatten)]
    page: Page,
}

/// A page.
#[model]
#[derive(Debug)]
struct Page {
    #[serde(default)]
    number: u16,
    size: Option<std::num::NonZeroU8>,
}

/// Takes every shape.
#[tool]
#[expect(clippy::too_many_arguments, reason = "one for each shape")]
async fn shapes(
    filter: Option<Filter>,
    loose: Option<Loose>,
    paged: Option<Paged>,
    map: Option<BTreeMap<u32, i8>>,
    nested: Option<Vec<Vec<(i16, bool)>>>,
    #[arg(length = 1..=9, pattern = "^[a-z]+$")] word: Option<String>,
    #[arg(range = 0.0..=1.0)] share: Option<f32>,
    #[arg(redact)] secret: Option<String>,
) -> String {
    format!(
        "{filter:?} {loose:?} {paged:?} {map:?} {nested:?} {word:?} {share:?} {}",
        secret.is_some()
    )
}

/// A file below a folder.
#[resource("box:///{+path}")]
async fn file(path: String) -> String {
    path
}

/// A row.
#[resource("row://{table}/{id}")]
async fn row(table: String, id: u32) -> String {
    format!("{table} {id}")
}

fn server() -> Server {
    Server::new("fuzzed", "1.0.0")
        .tools(tools![shapes])
        .resources(resources![file, row])
}

fn request(method: &str, params: &str) -> Vec<u8> {
    let meta = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params},{meta}}}}}"#)
        .into_bytes()
}

#[tokio::test(start_paused = true)]
async fn arguments_are_accepted_or_refused_in_terms_of_json() {
    let client = TestClient::raw(server(), Version::LATEST);
    let (mut wire, mut inputs) = (Wire::new(&client), Inputs::new("arguments"));
    while let Some(input) = inputs.next() {
        let arguments = String::from_utf8_lossy(&input).replace('\n', " ");
        let line = request(
            "tools/call",
            &format!(r#""name":"shapes","arguments":{arguments}"#),
        );
        for answer in wire.feed(&line).await {
            let text = answer["result"]["content"][0]["text"]
                .as_str()
                .unwrap_or_default();
            for rust in [
                "i64", "u8`", "struct ", "enum ", "variant", "at line", "NonZero", "f32", "newtype",
            ] {
                let is_error = answer["result"]["isError"] == true && !arguments.contains(rust);
                assert!(
                    !is_error || !text.contains(rust),
                    "{}\n{text}",
                    shown(&input)
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn uris_are_read_or_not_found_and_never_escape() {
    let client = TestClient::raw(server(), Version::LATEST);
    let (mut wire, mut inputs) = (Wire::new(&client), Inputs::new("uris"));
    while let Some(input) = inputs.next() {
        let uri = json!(String::from_utf8_lossy(&input));
        let line = request("resources/read", &format!(r#""uri":{uri}"#));
        for answer in wire.feed(&line).await {
            let text = answer["result"]["contents"][0]["text"]
                .as_str()
                .unwrap_or_default();
            let leads_away =
                text.split(['/', '\\']).any(|segment| segment == "..") || text.starts_with('/');
            assert!(!leads_away, "{} reads {text:?}", shown(&input));
        }
    }
}
