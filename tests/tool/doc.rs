//! Doc comments of every form become text as in rustdoc.

use mcp_runtime::{Prompt, Server, prompt, prompts, resource, resources, tool, tools};
use mcp_testkit::TestClient;
use serde_json::json;

/**
 * Looks
 * around.
 */
#[tool]
async fn look(
    /** Two
     * lines. */
    starred: u8,
    /**
     * A list:
     *  - one
     *  - two
     */
    list: u8,
    /** Two
    lines. */
    plain: u8,
    /// A list:
    /// * one
    /// * two
    lines: u8,
    #[doc = concat!("Made ", "up.\n\n")] made: u8,
    /// Made
    ///  - up:
    #[doc = concat!("one", "\n")]
    mixed: u8,
) -> u8 {
    starred + list + plain + lines + made + mixed
}

#[doc = include_str!("doc.txt")]
#[tool]
async fn included() {}

#[doc = include_str!("doc.txt")]
#[resource("docs://included")]
async fn text() -> String {
    String::new()
}

#[doc = include_str!("doc.txt")]
#[prompt]
async fn ask(
    /** Two
     * lines. */
    what: String,
) -> Prompt {
    Prompt::new().user(what)
}

async fn client() -> TestClient {
    let server = Server::new("docs", "1.0.0")
        .tools(tools![look, included])
        .resources(resources![text])
        .prompts(prompts![ask]);
    TestClient::new(server).await
}

#[tokio::test(start_paused = true)]
async fn the_stars_of_a_block_comment_are_removed() {
    let tool = client().await.tool("look").await;
    assert_eq!(tool["description"], "Looks\naround.");
    let described = |name: &str| tool["inputSchema"]["properties"][name]["description"].clone();
    assert_eq!(described("starred"), "Two\nlines.");
    assert_eq!(described("list"), "A list:\n - one\n - two");
    assert_eq!(described("plain"), "Two\n   lines.");
    assert_eq!(described("lines"), "A list:\n* one\n* two");
}

#[tokio::test(start_paused = true)]
async fn a_computed_text_ends_with_its_last_word() {
    let client = client().await;
    let tool = client.tool("look").await;
    let described = |name: &str| tool["inputSchema"]["properties"][name]["description"].clone();
    assert_eq!(described("made"), "Made up.");
    assert_eq!(described("mixed"), "Made\n - up:\none");
    assert_eq!(
        client.tool("included").await["description"],
        "An included text."
    );
    let resources = client.request("resources/list", json!({})).await;
    let prompts = client.request("prompts/list", json!({})).await;
    let resource = &resources.result()["resources"][0];
    let prompt = &prompts.result()["prompts"][0];
    assert_eq!(resource["description"], "An included text.");
    assert_eq!(prompt["description"], "An included text.");
    assert_eq!(prompt["arguments"][0]["description"], "Two\nlines.");
}
