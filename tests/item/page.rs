//! Lists come in pages, and a cursor leads from one to the next.

use mcp_runtime::{Server, prompt, prompts, resource, resources, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

macro_rules! three {
    ($($tool:ident, $resource:ident, $uri:literal, $template:ident, $variable:literal, $prompt:ident;)*) => {
        $(
            /// A tool.
            #[tool]
            async fn $tool() {}

            /// A resource.
            #[resource($uri)]
            async fn $resource() -> &'static str {
                "text"
            }

            /// A template.
            #[resource($variable)]
            async fn $template(id: u32) -> String {
                id.to_string()
            }

            /// A prompt.
            #[prompt]
            async fn $prompt() -> &'static str {
                "text"
            }
        )*
    };
}
three!(
    a_tool, a_resource, "a://x", a_template, "a://y/{id}", a_prompt;
    b_tool, b_resource, "b://x", b_template, "b://y/{id}", b_prompt;
    c_tool, c_resource, "c://x", c_template, "c://y/{id}", c_prompt;
);

fn server() -> Server {
    Server::new("pages", "1.0.0")
        .tools(tools![a_tool, b_tool, c_tool])
        .resources(resources![
            a_resource, a_template, b_resource, b_template, c_resource, c_template
        ])
        .prompts(prompts![a_prompt, b_prompt, c_prompt])
        .page_size(2)
}

const LISTS: [(&str, &str); 4] = [
    ("tools/list", "tools"),
    ("resources/list", "resources"),
    ("resources/templates/list", "resourceTemplates"),
    ("prompts/list", "prompts"),
];

fn names(page: &Value, member: &str) -> Vec<String> {
    let name = |entry: &Value| entry["name"].as_str().unwrap()[..1].to_owned();
    page[member].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_cursor_leads_to_the_next_page_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        for (method, member) in LISTS {
            let first = client
                .request(method, json!({}))
                .await
                .assert_ok()
                .result()
                .clone();
            assert_eq!(names(&first, member), ["a", "b"], "{version:?} {method}");
            let next = json!({ "cursor": first["nextCursor"] });
            for _ in 0..2 {
                let second = client
                    .request(method, next.clone())
                    .await
                    .assert_ok()
                    .result()
                    .clone();
                assert_eq!(names(&second, member), ["c"], "{version:?} {method}");
                assert_eq!(second.get("nextCursor"), None);
            }
        }
    }
}

#[tokio::test]
async fn a_forged_cursor_is_refused() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        for (method, member) in LISTS {
            let elsewhere = LISTS.iter().find(|list| list.1 != member).unwrap().0;
            let other = client.request(elsewhere, json!({})).await.result()["nextCursor"].clone();
            for cursor in [json!("made up"), json!(""), json!("AA"), json!(5), other] {
                client
                    .request(method, json!({ "cursor": cursor }))
                    .await
                    .assert_rpc_error(-32602);
            }
        }
    }
}

struct Pair;

/// Two tools, on two pages.
#[mcp_runtime::server(page_size = 1)]
impl Pair {
    /// The first.
    #[tool]
    async fn first(&self) {}

    /// The second.
    #[tool]
    async fn second(&self) {}
}

#[tokio::test(start_paused = true)]
async fn a_block_sets_its_page_size() {
    let client = TestClient::new(Pair.into_server()).await;
    let page = client
        .request("tools/list", json!({}))
        .await
        .result()
        .clone();
    assert_eq!(names(&page, "tools"), ["f"]);
    let page = client
        .request("tools/list", json!({"cursor": page["nextCursor"]}))
        .await
        .result()
        .clone();
    assert_eq!(
        (names(&page, "tools"), page.get("nextCursor")),
        (vec!["s".to_owned()], None)
    );
}
