//! The items that `#[mcp_testkit::test]` expands to. Not part of the public interface.

pub use mcp_runtime::Version;

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
