//! Items that pass through `macro_rules!` fragments of every kind.
#![deny(warnings)]

use mcp_runtime::{Server, server, tool, tools};

macro_rules! function {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($arg:ident: $ty:ty) -> $out:ty $body:block) => {
        $(#[$meta])*
        #[tool]
        $vis async fn $name(#[arg(length = 1..)] $arg: $ty) -> $out $body
    };
}
function! {
    /// Shouts.
    pub(crate) fn shout(text: String) -> String { text.to_uppercase() }
}

macro_rules! block {
    ($ty:ty, $($member:item)*) => {
        /// A block of items.
        #[server]
        impl $ty {
            $($member)*
        }
    };
}

struct Demo;

block! {
    Demo,
    /// Whispers.
    #[tool]
    pub(crate) async fn whisper(&self, #[arg(default)] text: String) -> String { text }
    #[ready]
    async fn alive(&self) -> Result<(), String> { Ok(()) }
}

#[test]
fn compiles() {
    drop(shout(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![shout]));
    drop(Demo.whisper(String::new()));
    drop(Demo.into_server());
}
