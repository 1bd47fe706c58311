//! Functions whose names other things in sight have, too: crates, functions of the prelude and of a glob, a tool of the
//! enclosing module.
#![deny(warnings)]

use mcp_runtime::{Server, tool, tools};

mod globbed {
    pub(crate) mod time {
        pub(crate) async fn sleep() {}
        pub(crate) async fn pause() {}
    }
}

use globbed::time::*;

/// Is called like a crate that its body uses.
#[tool]
async fn serde_json(value: serde_json::Value) -> String {
    use serde_json::Value::Null;
    let serde_json = serde_json::to_string(&value).unwrap_or_default();
    if value == Null {
        String::new()
    } else {
        serde_json
    }
}

/// Is called like a crate that nothing here uses.
#[tool]
async fn tokio(town: String) -> String {
    town
}

/// Is called like a function of the prelude.
#[tool]
async fn drop(table: String) -> String {
    table
}

/// Is called like a module of the standard library.
#[tool]
async fn env(name: String) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Is called like a function that a glob imports.
#[tool]
async fn sleep(ms: u64) -> u64 {
    pause().await;
    ms
}

/// Is called like a macro of the prelude.
#[tool]
async fn format(text: String) -> String {
    format!("{text}!")
}

/// Is the outer one.
#[tool]
async fn echo(text: String) -> String {
    text
}

mod inner {
    use super::*;

    /// Is the inner one.
    #[tool]
    async fn echo(text: String) -> String {
        text
    }

    pub(crate) fn server() -> Server {
        let _ = echo(String::new());
        Server::new("inner", "1.0.0").tools(tools![echo, super::tokio, drop])
    }
}

mod search {
    /// Is listed by its path, whose module has its name, too.
    #[mcp_runtime::tool]
    pub(crate) async fn search(query: String) -> String {
        query
    }

    /// Is imported.
    #[mcp_runtime::tool]
    pub(crate) async fn find(query: String) -> String {
        query
    }
}

use search::find;

#[test]
fn compiles() {
    let _ = (
        serde_json(::serde_json::Value::Null),
        tokio(String::new()),
        sleep(1),
    );
    let _ = (
        drop(String::new()),
        env(String::new()),
        format(String::new()),
        echo(String::new()),
    );
    let _ = (
        search::search(String::new()),
        find(String::new()),
        inner::server(),
    );
    let _ = Server::new("demo", "1.0.0").tools(tools![
        serde_json,
        tokio,
        drop,
        env,
        sleep,
        format,
        echo,
        search::search,
        find
    ]);
}
