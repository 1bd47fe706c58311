//! A long call: progress, cancellation, and a task for clients that support tasks.

use std::time::Duration;

use mcp_runtime::{Context, Server, tool, tools};

/// Renders a film. Clients with tasks receive a task immediately and poll for the result; others wait for it.
#[tool(idempotent, task = "optional")]
async fn render(cx: &Context, #[arg(range = 1..=100)] frames: u32) -> String {
    for frame in 1..=frames {
        // The future is dropped here if the client cancels.
        tokio::time::sleep(Duration::from_secs(1)).await;
        cx.progress(frame, frames, format!("frame {frame}"));
    }
    format!("{frames} frames")
}

pub(crate) fn server() -> Server {
    Server::new("tasks", "1.0.0").tools(tools![render])
}

#[cfg(test)]
mod tests {
    use mcp_testkit::TestClient;
    use serde_json::json;

    #[mcp_testkit::server]
    fn server() -> mcp_runtime::Server {
        super::server()
    }

    #[mcp_testkit::test(eras = "all")]
    async fn every_frame_is_reported(client: TestClient) {
        let reply = client.call("render", json!({"frames": 3})).await;
        reply.assert_text("3 frames");
    }
}
