//! Resources and prompts without any prelude at all.
#![no_implicit_prelude]
#![deny(warnings)]

use ::mcp_runtime::{Context, Server, State, prompt, prompts, resource, resources, server};
use ::std::string::String;
use ::std::vec::Vec;

/// A state.
#[derive(State)]
struct App {
    name: String,
}

/// Greets.
#[resource(
    "demo://{word}",
    mime_type = "text/plain",
    audience("user"),
    timeout = "5s"
)]
async fn greet(
    app: &App,
    _cx: &Context,
    #[arg(length = ..=5, complete = words)] word: String,
) -> String {
    if word.is_empty() {
        ::std::clone::Clone::clone(&app.name)
    } else {
        word
    }
}

/// Asks.
#[prompt(title = "Ask")]
async fn ask(#[arg(complete = words)] word: String) -> String {
    word
}

async fn words(typed: String) -> Vec<String> {
    ::std::vec![typed]
}

/// A server.
#[server(name = "demo", version = "1.0.0")]
impl App {
    /// Says a name.
    #[resource("demo://names/{times}")]
    async fn say(&self, #[arg(complete = Self::numbers)] times: ::std::primitive::u32) -> String {
        let _ = times;
        ::std::clone::Clone::clone(&self.name)
    }

    /// Asks.
    #[prompt]
    fn ask(&self, #[arg(default = "what")] word: String) -> String {
        word
    }

    fn numbers(&self, _typed: String) -> [&'static ::std::primitive::str; 1] {
        ["1"]
    }
}

#[::core::prelude::v1::test]
fn compiles() {
    let app = App {
        name: String::new(),
    };
    ::std::mem::drop(
        Server::new("demo", "1.0.0")
            .state(app)
            .resources(resources![greet])
            .prompts(prompts![ask]),
    );
    ::std::mem::drop(
        App {
            name: String::new(),
        }
        .into_server(),
    );
}
