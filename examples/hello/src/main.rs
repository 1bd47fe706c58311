//! The first server: one function, one attribute.

use mcp_runtime::{Server, tool, tools};

/// Adds two numbers.
#[tool(rate_limit = "10/min", timeout = "5s", read_only)]
async fn add(
    /// First addend.
    a: i64,
    /// Second addend.
    b: i64,
) -> i64 {
    a + b
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    Server::new("calculator", env!("CARGO_PKG_VERSION"))
        .tools(tools![add])
        .run()
        .await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mcp_testkit::TestClient;
    use serde_json::json;

    use super::*;

    #[mcp_testkit::server]
    fn server() -> Server {
        Server::new("calculator", "1.0.0").tools(tools![add])
    }

    #[tokio::test]
    async fn a_tool_stays_a_function() {
        assert_eq!(add(1, 2).await, 3);
    }

    #[mcp_testkit::test(eras = "all")]
    async fn the_eleventh_call_is_refused(client: TestClient) {
        for _ in 0..10 {
            client
                .call("add", json!({"a": 1, "b": 2}))
                .await
                .assert_text("3");
        }
        client
            .call("add", json!({"a": 1, "b": 2}))
            .await
            .assert_refused("rate limit");
        tokio::time::advance(Duration::from_secs(6)).await;
        client
            .call("add", json!({"a": 1, "b": 2}))
            .await
            .assert_text("3");
    }

    #[mcp_testkit::test(eras = "all")]
    async fn bad_arguments_are_explained_all_at_once(client: TestClient) {
        client
            .call("add", json!({"a": "one", "c": 2}))
            .await
            .assert_error("`a` must be an integer, was \"one\"")
            .assert_error("`b` is missing (an integer)")
            .assert_error("`c` is not an argument");
    }
}
