//! The author's own `Result`, and other names of the prelude.
#![deny(warnings)]
#![allow(non_camel_case_types)]

use mcp_runtime::{Server, tool, tools};

type Result<T> = std::result::Result<T, std::fmt::Error>;

pub struct Some;
pub struct None;
pub struct Ok;
pub struct Err;
pub struct Option;
pub struct Vec;
pub struct Box;
pub trait Send {}
pub trait Sync {}
pub trait Into {}
pub trait Default {}
pub trait Iterator {}
pub struct Probe;
pub trait One {}
pub trait Each {}
pub trait Maybe {}
pub trait Never {}
pub mod core {}
pub mod std_ {}
pub mod mcp_runtime_ {}

/// Shouts.
#[tool]
async fn shout(
    #[arg(length = 1..=10, default = "hey")] word: String,
    #[arg(range = 1.., default)] times: u32,
) -> Result<String> {
    let mut out = String::new();
    for _ in 0..times {
        std::fmt::Write::write_str(&mut out, &word.to_uppercase())?;
    }
    Result::Ok(out)
}

#[test]
fn compiles() {
    drop(shout(String::new(), 1));
    drop(Server::new("demo", "1.0.0").tools(tools![shout]));
}
