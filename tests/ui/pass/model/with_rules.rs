//! Rules on fields, with the runtime as the only dependency.
#![deny(missing_docs, warnings)]

use mcp_runtime::{Server, model, tool, tools};

/// Where somebody lives.
#[model(input)]
pub struct Address {
    /// The town.
    #[validate(length(min = 1, max = 20))]
    pub town: String,
}

/// Somebody.
#[model]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// How to write.
    #[validate(email)]
    pub mail_address: Option<String>,
    /// In years.
    #[validate(range(max = 150))]
    pub age: u8,
}

/// Both.
#[model(input)]
pub struct Pair {
    /// Who.
    #[validate(nested)]
    pub person: Person,
    /// Where.
    #[validate(nested)]
    pub addresses: Vec<Address>,
}

/// Takes a pair.
#[tool(read_only)]
pub async fn pair(pair: Pair) -> usize {
    pair.addresses.len() + usize::from(pair.person.age)
}

#[test]
fn compiles() {
    assert!(
        Server::new("pairs", "1")
            .tools(tools![pair])
            .check()
            .is_ok()
    );
}
