//! Blocks with tools, resources and prompts.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]

use std::fmt::Debug;

use mcp_runtime::{Completion, Context, Json, State, server};

/// A shop of anything.
pub(crate) struct Shop<T> {
    items: Vec<T>,
}

impl<T: Debug + Send + Sync + 'static> Shop<T> {
    fn elsewhere(&self, typed: String) -> Vec<String> {
        vec![typed]
    }
}

fn free(typed: String) -> Vec<String> {
    vec![typed]
}

/// The whole shop.
#[server(
    parts("more"),
    defaults(timeout = "30s", max_output = "1MB", scopes("shop:read"))
)]
impl<T: Debug + Send + Sync + 'static> Shop<T> {
    /// One item.
    #[tool(name = "item")]
    async fn take(&self, id: usize) -> String {
        format!("{:?}", self.items.get(id))
    }

    /// One item.
    #[resource("shop://items/{id}", cache = "60s")]
    pub(crate) async fn item(
        &self,
        #[arg(complete = Self::ids)] id: usize,
    ) -> Option<Json<String>> {
        self.items.get(id).map(|item| Json(format!("{item:?}")))
    }

    /// The shop.
    #[resource("shop://items")]
    async fn items(&self) -> &'static str {
        "all"
    }

    /// What is there on some systems.
    #[cfg(not(any()))]
    #[resource("shop://system")]
    async fn system(&self) -> &'static str {
        "here"
    }

    /// What is there on others.
    #[cfg(any())]
    #[resource("shop://system")]
    async fn system(&self) -> Missing {
        "there"
    }

    /// Praises an item.
    #[prompt(name = "item")]
    async fn praise(
        &self,
        #[arg(complete = Self::ids)] id: String,
        #[arg(complete = Self::words)] word: String,
        #[arg(complete = Self::fixed)] tone: String,
        #[arg(complete = free)] other: String,
        #[arg(complete = Self::elsewhere)] last: String,
    ) -> String {
        id + &word + &tone + &other + &last
    }

    async fn ids(&self, completion: Completion) -> Vec<String> {
        vec![format!("{:?} {:?}", self.items, completion.argument("id"))]
    }

    fn words(cx: &Context, typed: String) -> Result<Vec<String>, String> {
        let _ = cx;
        Ok(vec![typed])
    }

    fn fixed(_: String) -> [&'static str; 2] {
        ["kind", "plain"]
    }
}

/// The rest of the shop.
#[server(part = "more")]
impl<T: Debug + Send + Sync + 'static> Shop<T> {
    /// Everything else.
    #[resource("shop://rest/{name}")]
    async fn rest(&self, name: String) -> String {
        name
    }

    /// Asks.
    #[prompt]
    fn ask(&self) -> &'static str {
        "what?"
    }
}

/// A shop with a state of its own.
#[derive(State)]
pub struct Other {
    name: String,
}

/// Only a resource.
#[server(name = "other")]
impl Other {
    /// One item.
    #[resource("other://{name}")]
    async fn item(&self, #[arg(complete = Self::names)] name: String) -> String {
        name
    }

    async fn names(&self, own: &String, typed: String) -> Vec<String> {
        vec![own.clone(), typed, self.name.clone()]
    }
}

/// A shop with nothing but a prompt.
pub(crate) struct Third;

/// Only a prompt.
#[server]
impl Third {
    /// Asks.
    #[prompt]
    async fn item(&self, name: String) -> String {
        name
    }
}

#[test]
fn compiles() {
    assert!(Shop { items: vec![1] }.into_server().check().is_ok());
    assert!(
        Other {
            name: String::new()
        }
        .into_server()
        .check()
        .is_ok()
    );
    assert!(Third.into_server().check().is_ok());
}
