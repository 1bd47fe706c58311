//! Prompts are filled with the arguments that a user gives.

use mcp_runtime::{Content, Context, Prompt, Server, prompt, prompts};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

/// A review.
#[prompt(title = "Review")]
async fn review(
    /// The code.
    code: String,
    /// How many sentences.
    sentences: Option<u8>,
) -> Prompt {
    Prompt::new().user(format!("{code} in {sentences:?}")).assistant("Well").description("One review.")
}

/// A greeting.
#[prompt]
fn greet(cx: &Context, #[arg(default = "you", one_of("you", "world"))] whom: String) -> String {
    let _ = cx;
    format!("Hello, {whom}")
}

/// A picture.
#[prompt]
async fn picture() -> Result<Content, String> {
    Ok(Content::image([1], "image/png"))
}

fn server() -> Server {
    Server::new("prompts", "1.0.0").prompts(prompts![review, greet, picture])
}

async fn get(client: &TestClient, name: &str, arguments: Value) -> Value {
    client.request("prompts/get", json!({ "name": name, "arguments": arguments })).await.assert_ok().result().clone()
}

#[tokio::test]
async fn messages_are_made_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let reviewed = get(&client, "review", json!({ "code": "x", "sentences": "3" })).await;
        assert_eq!(reviewed["description"], "One review.");
        assert_eq!(
            reviewed["messages"],
            json!([
                { "role": "user", "content": { "type": "text", "text": "x in Some(3)" } },
                { "role": "assistant", "content": { "type": "text", "text": "Well" } },
            ])
        );
        assert_eq!(get(&client, "greet", json!({})).await["messages"][0]["content"]["text"], "Hello, you");
        assert_eq!(get(&client, "picture", json!({})).await["messages"][0]["content"]["type"], "image");
    }
}
