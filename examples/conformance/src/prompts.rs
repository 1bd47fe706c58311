//! Prompts, and completion of an argument.

use mcp_runtime::{Content, Context, Elicit, Prompt, Resource, ToolError, prompt};

use crate::content::PNG;

/// A prompt without arguments.
#[prompt]
pub(crate) fn test_simple_prompt() -> &'static str {
    "This is a simple prompt for testing."
}

/// A prompt with two arguments.
#[prompt]
pub(crate) fn test_prompt_with_arguments(
    /// First test argument.
    #[arg(complete = cities)]
    arg1: String,
    /// Second test argument.
    arg2: String,
) -> String {
    format!("Prompt with arguments: arg1='{arg1}', arg2='{arg2}'")
}

fn cities(typed: String) -> Vec<&'static str> {
    ["paris", "park", "party"]
        .into_iter()
        .filter(move |city| city.starts_with(&typed))
        .collect()
}

/// A prompt with a resource by value.
#[prompt]
pub(crate) fn test_prompt_with_embedded_resource(
    /// URI of the resource to embed.
    #[arg(rename = "resourceUri")]
    resource_uri: String,
) -> Prompt {
    let resource = Resource::text(
        resource_uri,
        "text/plain",
        "Embedded resource content for testing.",
    );
    Prompt::new()
        .user(Content::resource(resource))
        .user("Please process the embedded resource above.")
}

/// A prompt with an image.
#[prompt]
pub(crate) fn test_prompt_with_image() -> Prompt {
    Prompt::new()
        .user(Content::image(PNG, "image/png"))
        .user("Please analyze the image above.")
}

#[derive(Elicit)]
struct Background {
    context: String,
}

/// A prompt that asks the user first.
#[prompt]
pub(crate) async fn test_input_required_result_prompt(cx: &Context) -> Result<String, ToolError> {
    let Background { context } = cx
        .elicit("user_context", "What context should the prompt use?")
        .await?;
    Ok(format!("Use this context: {context}"))
}
