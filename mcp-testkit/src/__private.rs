//! The items that `#[mcp_testkit::test]` expands to. Not part of the public interface.

use mcp_runtime::Server;

pub use mcp_runtime::Version;

/// The value in the place of a server that no function of the module makes.
#[derive(Debug)]
pub struct NoServerInThisModule;

/// A server for tests.
#[diagnostic::on_unimplemented(
    message = "a test needs a `Server`, found `{Self}`",
    label = "no `Server` for this test",
    note = "write `#[mcp_testkit::server] fn server() -> Server {{ .. }}` in the module of the tests, or `#[mcp_testkit::test(server = path::to::function)]`"
)]
pub trait Tested {
    /// The state of the server.
    type State;
    /// The server itself.
    fn server(self) -> Server<Self::State>;
}

impl<S> Tested for Server<S> {
    type State = S;

    fn server(self) -> Self {
        self
    }
}

/// Returns the server that a test is about.
pub fn tested<T: Tested>(given: T) -> Server<T::State> {
    given.server()
}

/// Runs one test in paused time, on a runtime of its own.
///
/// # Panics
///
/// Panics if the test does, or if the runtime cannot be built.
pub fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime
        .unwrap_or_else(|error| panic!("no tokio runtime: {error}"))
        .block_on(test);
}
