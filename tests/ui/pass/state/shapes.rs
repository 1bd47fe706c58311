//! Every shape of struct that a state may have.
#![deny(warnings)]

use mcp_runtime::{Server, State, tool, tools};

#[derive(State)]
struct Unit;

#[derive(State)]
struct Tuple(u32, String, #[state(skip)] u32);

#[derive(State)]
struct Generic<T: Clone, const N: usize>
where
    T: Send,
{
    #[state(skip)]
    one: T,
    all: Vec<T>,
    array: [u8; N],
}

#[derive(State)]
struct Borrowed<'a> {
    name: &'a str,
}

/// Reads the state.
#[tool]
async fn read(number: &u32, text: &String, tuple: &Tuple) -> u32 {
    let _ = text;
    number + tuple.2
}

/// Reads the generic state.
#[tool]
async fn all(all: &Vec<u8>, array: &[u8; 3]) -> u64 {
    (all.len() + array.len()) as u64
}

#[test]
fn compiles() {
    drop(Server::new("demo", "1.0.0").state(Unit).tools(tools![]));
    drop(
        Server::new("demo", "1.0.0")
            .state(Tuple(1, String::new(), 2))
            .tools(tools![read]),
    );
    drop(
        Server::new("demo", "1.0.0")
            .state(Borrowed { name: "x" })
            .tools(tools![]),
    );
    let generic = Generic {
        one: 1_u8,
        all: vec![1_u8],
        array: [1; 3],
    };
    let _ = generic.one;
    drop(
        Server::new("demo", "1.0.0")
            .state(generic)
            .tools(tools![all]),
    );
}
