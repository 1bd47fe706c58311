//! Every shape of block that a server may have.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]

use mcp_runtime::{Context, State, server};

/// A shop.
#[derive(State)]
pub struct Shop {
    limit: u32,
    db: Db,
}

/// A database.
pub struct Db;

mod orders {
    /// What to look for.
    #[derive(Default, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
    pub(crate) struct Query {
        pub(super) text: String,
    }
}

impl Shop {
    const MOST: u32 = 10;

    fn check(text: &String) -> Result<(), String> {
        if text.is_empty() {
            Err("is empty".to_owned())
        } else {
            Ok(())
        }
    }
}

/// The shop's catalogue.
#[server(
    name = "shop",
    version = "1.0.0",
    title = "The shop",
    defaults(timeout = "30s", rate_limit(quota = "100/min", per = "all"))
)]
impl Shop {
    /// Is no tool.
    pub const GREETING: &'static str = "hello";

    /// Searches, with `Self` in every place.
    #[tool(read_only)]
    pub async fn search(
        &self,
        #[arg(custom = Self::check)] text: String,
        #[arg(default = Self::MOST, range = 1..=Self::MOST)] limit: u32,
        shop: &Self,
        db: &Db,
        cx: &Context,
    ) -> Result<String, String> {
        let _ = (shop, db, cx);
        Ok(format!("{text}{}", limit + self.limit))
    }

    /// Is called like the module of its parameter's type.
    #[tool(timeout = "1s")]
    async fn orders(&self, #[arg(default)] query: orders::Query) -> String {
        query.text
    }

    /// Needs no shop.
    #[tool(blocking)]
    fn help() -> &'static str {
        Self::GREETING
    }

    #[ready]
    async fn database(&self) -> Result<(), std::fmt::Error> {
        Ok(())
    }

    #[ready(name = "catalogue")]
    async fn other(self: &Self) -> Result<(), String> {
        self.unlisted();
        Ok(())
    }

    fn unlisted(&self) {}
}

/// A store of anything.
pub(crate) struct Store<T, const N: usize> {
    items: [T; N],
}

/// A generic server.
#[server]
impl<T: ToString, const N: usize> Store<T, N>
where
    T: Send + Sync + 'static,
{
    /// The first item.
    #[tool(read_only)]
    async fn first(&self) -> Option2<String> {
        self.items
            .first()
            .map(ToString::to_string)
            .ok_or("there is none")
    }
}

type Option2<T> = Result<T, &'static str>;

#[test]
fn compiles() {
    let _ = Shop::help();
    drop(Shop { limit: 1, db: Db }.into_server());
    drop(Store { items: [1, 2] }.into_server());
}
