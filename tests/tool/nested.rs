//! Structs as arguments: the rules of `validator` are in the schema and are enforced, with paths.

use mcp_runtime::schemars::{self, JsonSchema};
use mcp_runtime::serde::Deserialize;
use mcp_runtime::{Server, tool, tools};
use mcp_testkit::TestClient;
use serde_json::{Value, json};
use validator::Validate;

/// Where somebody lives.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(crate = "mcp_runtime::serde")]
struct Address {
    /// The town.
    #[validate(length(min = 1, max = 20))]
    #[schemars(length(min = 1, max = 20))]
    town: String,
    #[validate(range(min = 1, max = 99999))]
    #[schemars(range(min = 1, max = 99999))]
    zip: u32,
}

/// Somebody.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(crate = "mcp_runtime::serde")]
struct Person {
    #[validate(email)]
    #[schemars(email)]
    mail: Option<String>,
    #[validate(nested)]
    home: Address,
    #[validate(nested)]
    #[serde(default)]
    others: Vec<Address>,
}

/// A tree, which refers to itself.
#[derive(Deserialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde")]
struct Tree {
    value: i64,
    #[serde(default)]
    children: Vec<Tree>,
}

impl Tree {
    fn sum(&self) -> i64 {
        self.value + self.children.iter().map(Self::sum).sum::<i64>()
    }
}

/// Takes somebody.
#[tool]
async fn one(person: Person) -> String {
    format!("{} {}", person.home.town, person.others.len())
}

/// Takes somebody, or nobody.
#[tool]
async fn some(address: Option<Address>) -> bool {
    address.is_some()
}

/// Takes many.
#[tool]
async fn many(addresses: Vec<Address>) -> usize {
    addresses.len()
}

/// Takes a tree.
#[tool]
async fn tree(root: Tree) -> i64 {
    root.sum()
}

async fn client() -> TestClient {
    TestClient::new(Server::new("nested", "1.0.0").tools(tools![one, some, many, tree])).await
}

fn address(town: &str, zip: u32) -> Value {
    json!({ "town": town, "zip": zip })
}

#[tokio::test(start_paused = true)]
async fn a_struct_is_inlined_with_its_docs_and_its_rules() {
    let schema = client().await.tool("one").await["inputSchema"]["properties"]["person"].clone();
    let home = json!({
        "type": "object",
        "description": "Where somebody lives.",
        "properties": {
            "town": { "type": "string", "description": "The town.", "minLength": 1, "maxLength": 20 },
            "zip": { "type": "integer", "minimum": 1, "maximum": 99999 },
        },
        "required": ["town", "zip"],
        "additionalProperties": false,
    });
    assert_eq!(schema["properties"]["home"], home);
    assert_eq!(
        schema["properties"]["mail"],
        json!({ "type": "string", "format": "email" })
    );
    assert_eq!(schema["required"], json!(["home"]));
}

#[tokio::test(start_paused = true)]
async fn a_valid_struct_is_accepted() {
    let client = client().await;
    let person = json!({ "mail": "a@example.com", "home": address("Ulm", 89073), "others": [address("Rom", 118)] });
    client
        .call("one", json!({ "person": person }))
        .await
        .assert_text("Ulm 1");
    client.call("some", json!({})).await.assert_text("false");
    client
        .call("some", json!({ "address": address("Ulm", 1) }))
        .await
        .assert_text("true");
    client
        .call(
            "many",
            json!({ "addresses": [address("Ulm", 1), address("Rom", 2)] }),
        )
        .await
        .assert_text("2");
}

#[tokio::test(start_paused = true)]
async fn every_violated_rule_is_reported_with_its_path() {
    let person = json!({ "mail": "x", "home": address("", 0), "others": [address("Ulm", 1), address("Ulm", 100_000)] });
    let reply = client()
        .await
        .call("one", json!({ "person": person }))
        .await;
    reply.assert_error("correct these 4 problems");
    reply.assert_error("- `person.home.town` must have a length of 1 to 20, was \"\"");
    reply.assert_error("- `person.home.zip` must be from 1 to 99999, was 0");
    reply.assert_error("- `person.others[1].zip` must be from 1 to 99999, was 100000");
    reply.assert_error("- `person.mail` ");
}

#[tokio::test(start_paused = true)]
async fn rules_hold_behind_an_option_and_in_a_list() {
    let client = client().await;
    client
        .call("some", json!({ "address": address("Ulm", 0) }))
        .await
        .assert_error("- `address.zip` must be from 1");
    let addresses = json!([address("Ulm", 1), address("", 1)]);
    client
        .call("many", json!({ "addresses": addresses }))
        .await
        .assert_error("- `addresses[1].town` must have a length");
}

#[tokio::test(start_paused = true)]
async fn a_member_of_another_type_is_reported_with_its_path() {
    let person = json!({ "home": { "town": 5 } });
    let reply = client()
        .await
        .call("one", json!({ "person": person }))
        .await;
    reply.assert_error("- `person.home.town` must be a string, was 5");
    reply.assert_error("- `person.home.zip` is missing (an integer)");
}

#[tokio::test(start_paused = true)]
async fn a_recursive_type_refers_to_itself_and_is_checked_at_every_depth() {
    let client = client().await;
    let schema = client.tool("tree").await["inputSchema"].clone();
    for tree in [&schema["properties"]["root"], &schema["$defs"]["Tree"]] {
        assert_eq!(
            tree["properties"]["children"]["items"],
            json!({ "$ref": "#/$defs/Tree" }),
            "{schema:#}"
        );
    }
    let leaf = |value: Value| json!({ "value": value });
    let good = json!({ "value": 1, "children": [leaf(json!(2)), { "value": 3, "children": [leaf(json!("4"))] }] });
    client
        .call("tree", json!({ "root": good }))
        .await
        .assert_text("10");
    let bad = json!({ "value": 1, "children": [{ "value": 2, "children": [leaf(json!("x"))] }] });
    let reply = client.call("tree", json!({ "root": bad })).await;
    reply.assert_error("- `root.children[0].children[0].value` must be an integer, was \"x\"");
}
