//! Small servers, each for one subject; `EXAMPLE` selects one.

mod application;
mod elicitation;
mod mount;
mod openapi;
mod outbound;
mod sandbox;
mod skills;
mod tasks;
mod views;

const EXAMPLES: &str =
    "application, elicitation, mount, openapi, outbound, sandbox, skills, tasks, views";

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    let example = std::env::var("EXAMPLE").unwrap_or_default();
    match example.as_str() {
        "application" => application::serve().await,
        "elicitation" => elicitation::server().run().await,
        "mount" => mount::server().run().await,
        "openapi" => openapi::server().run().await,
        "outbound" => outbound::server().run().await,
        "sandbox" => {
            sandbox::server()
                .map_err(mcp_runtime::Error::other)?
                .run()
                .await
        }
        "skills" => skills::server().run().await,
        "tasks" => tasks::server().run().await,
        "views" => views::server().run().await,
        other => Err(mcp_runtime::Error::other(format!(
            "set EXAMPLE to one of {EXAMPLES}; it is {other:?}"
        ))),
    }
}
