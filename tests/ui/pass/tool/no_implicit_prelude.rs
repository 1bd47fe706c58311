//! Without any prelude at all.
#![no_implicit_prelude]
#![deny(warnings)]

use ::mcp_runtime::{Context, Server, State, server, tool, tools};
use ::std::clone::Clone;
use ::std::string::String;

/// A state.
#[derive(State)]
struct App {
    name: String,
}

/// Greets.
#[tool(read_only, timeout = "5s", rate_limit = "10/min")]
async fn greet(
    app: &App,
    _cx: &Context,
    #[arg(length = ..=5, default = "hi")] word: String,
) -> String {
    if word.is_empty() {
        Clone::clone(&app.name)
    } else {
        word
    }
}

/// A server.
#[server(name = "demo", version = "1.0.0")]
impl App {
    /// Says a name.
    #[tool]
    async fn say(&self, #[arg(default)] times: ::std::option::Option<u32>) -> String {
        let _ = times;
        Clone::clone(&self.name)
    }

    #[ready]
    async fn alive(&self) -> ::std::result::Result<(), String> {
        ::std::result::Result::Ok(())
    }
}

#[::core::prelude::v1::test]
fn compiles() {
    ::std::mem::drop(
        Server::new("demo", "1.0.0")
            .state(App {
                name: String::new(),
            })
            .tools(tools![greet]),
    );
    ::std::mem::drop(
        App {
            name: String::new(),
        }
        .into_server(),
    );
}
