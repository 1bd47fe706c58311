//! Prompts are filled with the arguments that a user gives.

use mcp_runtime::{Content, Context, Prompt, Server, model, prompt, prompts};
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
    Prompt::new()
        .user(format!("{code} in {sentences:?}"))
        .assistant("Well")
        .description("One review.")
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
    client
        .prompt(name, json!(arguments))
        .await
        .assert_ok()
        .result()
        .clone()
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
        assert_eq!(
            get(&client, "greet", json!({})).await["messages"][0]["content"]["text"],
            "Hello, you"
        );
        assert_eq!(
            get(&client, "picture", json!({})).await["messages"][0]["content"]["type"],
            "image"
        );
    }
}

#[tokio::test]
async fn all_invalid_arguments_are_named_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        for (name, arguments, named) in [
            ("review", json!({}), ["`code`", "missing"]),
            (
                "review",
                json!({ "code": "x", "sentences": "many" }),
                ["`sentences`", "many"],
            ),
            (
                "review",
                json!({ "code": "x", "sentence": "3" }),
                ["`sentence`", "`sentences`"],
            ),
            ("greet", json!({ "whom": "me" }), ["`whom`", "world"]),
            ("reveiw", json!({}), ["reveiw", "prompt"]),
        ] {
            let reply = client.prompt(name, json!(arguments)).await;
            reply.assert_rpc_error(-32602);
            let message = reply.response()["error"]["message"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(
                named.iter().all(|word| message.contains(word)),
                "{version:?} {message}"
            );
        }
    }
}

#[tokio::test]
async fn the_list_has_the_arguments_and_marks_required_ones() {
    let client = TestClient::new(server()).await;
    let listed = client.request("prompts/list", json!({})).await.result()["prompts"].clone();
    assert_eq!(
        listed[0],
        json!({
            "name": "review", "title": "Review", "description": "A review.",
            "arguments": [
                { "name": "code", "description": "The code.", "required": true },
                { "name": "sentences", "description": "How many sentences." },
            ],
        })
    );
    assert_eq!(listed[1]["arguments"], json!([{ "name": "whom" }]));
    assert_eq!(listed[2].get("arguments"), None);
}

/// Something with parts.
#[model]
struct Parts {
    topic: String,
}

/// The same behind a type of which the compiler cannot tell.
#[model]
struct Options(Parts);

/// A list, likewise.
#[model]
struct Topics(Vec<String>);

/// Takes what nobody can type.
#[prompt]
async fn structured(opts: Options) -> String {
    opts.0.topic
}

/// Takes several.
#[prompt]
async fn several(topics: Topics) -> String {
    topics.0.concat()
}

#[test]
fn an_argument_that_is_not_a_string_stops_the_start() {
    let fault = |server: Server| server.check().unwrap_err().to_string();
    let structured = fault(Server::new("prompts", "1.0.0").prompts(prompts![structured]));
    assert!(
        structured.contains("the argument `opts` is an object or a list"),
        "{structured}"
    );
    let several = fault(Server::new("prompts", "1.0.0").prompts(prompts![several]));
    assert!(several.contains("prompt `several`"), "{several}");
}
