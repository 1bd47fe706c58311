//! Functions and whole blocks produced by `macro_rules!`.
#![deny(warnings)]

use mcp_runtime::{Server, server, tool, tools};

macro_rules! echo {
    ($name:ident, $text:literal, $ty:ty, $default:expr, $timeout:literal) => {
        #[doc = $text]
        #[tool(timeout = $timeout)]
        async fn $name(#[arg(default = $default)] value: $ty) -> $ty {
            value
        }
    };
}
echo!(echo_number, "Echoes a number.", u32, 1 + 1, "5s");
echo!(echo_text, "Echoes a text.", String, "hi", "5s");

macro_rules! shop {
    ($ty:ident { $($method:ident: $text:literal),* $(,)? }) => {
        struct $ty;

        /// A shop.
        #[server]
        impl $ty {
            $(
                #[doc = $text]
                #[tool(read_only)]
                async fn $method(&self, #[arg(length = 1..)] query: String) -> String {
                    query
                }
            )*
        }
    };
}
shop!(Shop {
    search: "Searches.",
    find: "Finds."
});

macro_rules! whole {
    ($item:item) => {
        $item
    };
}
whole! {
    /// Is an item.
    #[tool]
    async fn item(text: String) -> String {
        text
    }
}

macro_rules! attributed {
    ($item:item) => {
        #[tool]
        $item
    };
}
attributed! {
    /// Is given its attribute.
    async fn attributed_item(#[arg(default)] text: String) -> String {
        text
    }
}

#[test]
fn compiles() {
    drop((
        echo_number(1),
        echo_text(String::new()),
        item(String::new()),
        attributed_item(String::new()),
    ));
    drop(Server::new("demo", "1.0.0").tools(tools![echo_number, echo_text, item, attributed_item]));
    drop((Shop.search(String::new()), Shop.find(String::new())));
    drop(Shop.into_server());
}
