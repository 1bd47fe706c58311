//! The types of arguments, in one table: the schema of each, a valid value, and three invalid ones with their errors,
//! which `types.txt` lists.
//!
//! `MCP_TYPES=overwrite` writes the list. A validator of JSON Schema agrees with each result, unless the row has a
//! reason.

mod choice;
mod list;
mod number;
mod object;
mod optional;
mod text;

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use mcp_runtime::{Server, Version};
use mcp_testkit::TestClient;
use serde_json::{Value, json};

/// A type, and values that a client sends.
struct Row {
    name: &'static str,
    taken: &'static [&'static str],
    refused: &'static [&'static str],
    /// The values that are refused although the schema allows them.
    unsaid: &'static [&'static str],
    /// The values that are coerced, or that the decoder accepts beyond its schema.
    repaired: &'static [&'static str],
}

/// Declares one tool for each type, and the rows of the types.
macro_rules! table {
    ($($name:ident: $type:ty { takes $taken:tt refuses $refused:tt
        $(unsaid [$($unsaid:literal),*])? $(repairs [$($repaired:literal),*])? })*) => {
        $(
            /// Takes one.
            #[mcp_runtime::tool]
            async fn $name(v: $type) -> String {
                format!("{v:?}")
            }
        )*

        pub(super) const ROWS: &[super::Row] = &[$(super::Row {
            name: stringify!($name),
            taken: &$taken,
            refused: &$refused,
            unsaid: &[$($($unsaid),*)?],
            repaired: &[$($($repaired),*)?],
        }),*];

        pub(super) fn register(server: mcp_runtime::Server) -> mcp_runtime::Server {
            server$(.tools(mcp_runtime::tools![$name]))*
        }
    };
}
use table;

const TABLES: [&[Row]; 6] = [
    number::ROWS,
    text::ROWS,
    list::ROWS,
    optional::ROWS,
    object::ROWS,
    choice::ROWS,
];

async fn client() -> TestClient {
    let server = Server::new("types", "1.0.0");
    let registered = [
        number::register,
        text::register,
        list::register,
        optional::register,
        object::register,
        choice::register,
    ]
    .into_iter()
    .fold(server, |server, register| register(server));
    TestClient::with_version(registered, Version::V2025_11_25).await
}

/// The response to a verbatim value: `true` and the value as Rust shows it, or the problems.
async fn answer(client: &TestClient, tool: &str, value: &str) -> (bool, String) {
    let mut lines = client.lines();
    lines.send(format!(
        r#"{{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{{"name":"{tool}","arguments":{{"v":{value}}}}}}}"#
    ));
    let answer = lines.next().await.unwrap();
    let text = answer["result"]["content"][0]["text"].as_str();
    let text = text.unwrap_or_else(|| panic!("no text in {answer:#}"));
    let problems = text
        .split_once(":\n- ")
        .map_or(text, |(_, problems)| problems);
    (
        answer["result"]["isError"] != true,
        problems.replace("\n- ", "; "),
    )
}

/// Returns `true` if a validator accepts `{"v": value}`; of a duplicate member the last one is validated.
fn is_valid(schema: &Value, value: &str) -> bool {
    let Ok(value) = serde_json::from_str::<Value>(value) else {
        return false;
    };
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    let validator = options.build(schema).unwrap();
    validator.is_valid(&json!({ "v": value }))
}

#[tokio::test(start_paused = true)]
async fn each_type_has_its_schema_and_its_results() {
    let (client, mut now) = (client().await, String::new());
    let tools = client.tools().await;
    let mut wrong = Vec::new();
    for row in TABLES.iter().copied().flatten() {
        let tool = tools.iter().find(|tool| tool["name"] == row.name);
        let schema = &tool.unwrap()["inputSchema"];
        let mut shown = schema["properties"]["v"].clone();
        for key in ["required", "$defs"] {
            if schema.get(key).is_some_and(|it| *it != json!(["v"])) {
                shown[key] = schema[key].clone();
            } else if key == "required" && schema.get(key).is_none() {
                shown["required"] = false.into();
            }
        }
        let _ = writeln!(now, "{}\n  {shown}", row.name);
        let sent = [
            (row.taken, true, Some(true)),
            (row.repaired, true, None),
            (row.refused, false, Some(false)),
            (row.unsaid, false, Some(true)),
        ];
        for (values, is_taken, valid) in sent {
            for value in values {
                let (ok, text) = answer(&client, row.name, value).await;
                let arrow = if ok { "=>" } else { "!!" };
                let _ = writeln!(now, "  {value} {arrow} {text}");
                if ok != is_taken || valid.is_some_and(|valid| valid != is_valid(schema, value)) {
                    wrong.push(format!("{} {value} {arrow} {text}", row.name));
                }
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tool/types.txt");
    if env::var_os("MCP_TYPES").is_some_and(|wanted| wanted == "overwrite") {
        fs::write(&path, &now).unwrap();
    }
    assert!(
        wrong.is_empty(),
        "schema and decoder disagree:\n{}",
        wrong.join("\n")
    );
    let before = fs::read_to_string(&path).unwrap_or_default();
    for (now, before) in now.lines().zip(before.lines()) {
        assert_eq!(now, before);
    }
    assert_eq!(now.lines().count(), before.lines().count());
}

#[test]
fn each_row_has_three_values_that_are_refused() {
    let rows = || TABLES.iter().copied().flatten();
    for row in rows() {
        let refused = row.refused.len() + row.unsaid.len();
        assert!(!row.taken.is_empty() && refused >= 3, "{}", row.name);
    }
    assert!(rows().count() >= 60, "{}", rows().count());
}
