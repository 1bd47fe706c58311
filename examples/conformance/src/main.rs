//! The server that the official conformance suite drives, declared as a user would.
//!
//! The suite's fixtures are functions here, one file per kind. What cannot be declared is missing from the SDK.

mod content;
mod reporting;
mod schema;

use mcp_runtime::{Server, tools};

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    // The suite calls the first tool without arguments.
    let content = tools![
        content::test_simple_text,
        content::test_image_content,
        content::test_audio_content,
        content::test_embedded_resource,
        content::test_multiple_content_types,
        content::test_error_handling,
    ];
    let reporting = tools![
        reporting::test_tool_with_logging,
        reporting::test_tool_with_progress,
        reporting::test_missing_capability,
        reporting::test_streaming_elicitation,
        reporting::test_logging_tool,
        reporting::test_trigger_tool_change,
    ];
    let schema = tools![schema::json_schema_2020_12_tool, schema::test_custom_header];
    Server::new("mcp-conformance", env!("CARGO_PKG_VERSION"))
        .tools(content)
        .tools(reporting)
        .tools(schema)
        .run()
        .await
}
