//! `scopes` and `visible_if` on resources and prompts: their effect on lists and calls.

use mcp_runtime::{Context, Principal, Server, prompt, prompts, resource, resources, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

/// Open to all.
#[resource("docs://open")]
async fn open() -> &'static str {
    "open"
}

/// Only for readers.
#[resource("docs://scoped", scopes("docs:read"))]
async fn scoped() -> &'static str {
    "scoped"
}

/// Only for readers.
#[resource("docs://scoped/{id}", scopes("docs:read"))]
async fn part(id: u32) -> String {
    id.to_string()
}

/// Only for staff.
#[resource("docs://hidden", visible_if = is_staff)]
async fn hidden() -> &'static str {
    "hidden"
}

/// Only for staff.
#[resource("docs://hidden/{word}", visible_if = is_staff)]
async fn hidden_part(#[arg(complete = words)] word: String) -> String {
    word
}

/// Open to all.
#[prompt]
async fn greet() -> &'static str {
    "hello"
}

/// Only for readers.
#[prompt(scopes("docs:read"))]
async fn review(#[arg(complete = words)] word: String) -> String {
    word
}

/// Only for staff.
#[prompt(visible_if = is_staff)]
async fn inside() -> &'static str {
    "hidden"
}

fn words(typed: String) -> Vec<String> {
    vec![typed]
}

fn is_staff(who: &Principal) -> bool {
    who.has_scope("staff")
}

fn server() -> Server {
    Server::new("docs", "1.0.0")
        .resources(resources![open, scoped, part, hidden, hidden_part])
        .prompts(prompts![greet, review, inside])
}

async fn names(client: &TestClient, method: &str, member: &str) -> Vec<String> {
    let listed = client.request(method, json!({})).await.assert_ok().result()[member].clone();
    let name = |entry: &Value| entry["name"].as_str().unwrap().to_owned();
    listed.as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn lists_hide_items_without_access_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        assert_eq!(
            names(&client, "resources/list", "resources").await,
            ["open"],
            "{version:?}"
        );
        assert_eq!(
            names(&client, "resources/templates/list", "resourceTemplates").await,
            Vec::<String>::new()
        );
        assert_eq!(names(&client, "prompts/list", "prompts").await, ["greet"]);
        let client = client.principal(Principal::new("ada", ["docs:read", "staff"]));
        assert_eq!(
            names(&client, "resources/list", "resources").await,
            ["open", "scoped", "hidden"]
        );
        assert_eq!(
            names(&client, "resources/templates/list", "resourceTemplates").await,
            ["part", "hidden_part"]
        );
        assert_eq!(
            names(&client, "prompts/list", "prompts").await,
            ["greet", "review", "inside"]
        );
    }
}

#[tokio::test]
async fn a_missing_scope_is_named_and_hidden_items_do_not_exist() {
    let client = TestClient::new(server()).await;
    let completion = json!({ "ref": { "type": "ref/prompt", "name": "review" }, "argument": { "name": "word", "value": "" } });
    for (method, params) in [
        ("resources/read", json!({ "uri": "docs://scoped" })),
        ("resources/read", json!({ "uri": "docs://scoped/5" })),
        (
            "prompts/get",
            json!({ "name": "review", "arguments": { "word": "x" } }),
        ),
        ("completion/complete", completion),
    ] {
        let error = client.request(method, params).await.response()["error"].clone();
        assert_eq!(
            error["data"]["missingScopes"],
            json!(["docs:read"]),
            "{method} {error}"
        );
    }
    for (method, params) in [
        ("resources/read", json!({ "uri": "docs://hidden" })),
        ("prompts/get", json!({ "name": "inside" })),
    ] {
        client
            .request(method, params)
            .await
            .assert_rpc_error(-32602);
    }
    let client = client.principal(Principal::new("ada", ["docs:read", "staff"]));
    client.read("docs://scoped/5").await.assert_ok();
    client.read("docs://hidden").await.assert_ok();
    client
        .request("prompts/get", json!({ "name": "inside" }))
        .await
        .assert_ok();
}

#[tokio::test]
async fn a_hidden_item_is_indistinguishable_from_a_missing_one() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let told = async |method: &str, params: &dyn Fn(&str) -> Value, name: &str| {
            let text = client.request(method, params(name)).await.response()["error"].to_string();
            text.replace(name, "it")
        };
        let read = |uri: &str| json!({ "uri": uri });
        let get = |name: &str| json!({ "name": name });
        let complete = |uri: &str| {
            let argument = json!({ "name": "word", "value": "" });
            json!({ "ref": { "type": "ref/resource", "uri": uri }, "argument": argument })
        };
        let complete_prompt = |name: &str| json!({ "ref": { "type": "ref/prompt", "name": name }, "argument": { "name": "word", "value": "" } });
        for (method, params, hidden, nowhere) in [
            (
                "resources/read",
                &read as &dyn Fn(&str) -> Value,
                "docs://hidden",
                "docs://nowhere",
            ),
            (
                "resources/read",
                &read,
                "docs://hidden/x",
                "docs://nowhere/x",
            ),
            (
                "resources/subscribe",
                &read,
                "docs://hidden",
                "docs://nowhere",
            ),
            ("prompts/get", &get, "inside", "nobody"),
            (
                "completion/complete",
                &complete,
                "docs://hidden/{word}",
                "docs://nowhere/{word}",
            ),
            (
                "completion/complete",
                &complete,
                "docs://hidden",
                "docs://nowhere",
            ),
            ("completion/complete", &complete_prompt, "inside", "nobody"),
        ] {
            assert_eq!(
                told(method, params, hidden).await,
                told(method, params, nowhere).await,
                "{version:?} {method}"
            );
        }
    }
}

/// Says that resources have changed.
#[tool]
async fn touch(cx: &Context) {
    for uri in [
        "docs://open",
        "docs://scoped",
        "docs://hidden",
        "docs://hidden/x",
        "docs://nowhere",
    ] {
        cx.resource_updated(uri);
    }
}

#[tokio::test(start_paused = true)]
async fn a_watcher_of_a_folder_is_not_notified_of_hidden_resources_in_it() {
    for version in era::ALL {
        for (who, expected) in [
            (
                Principal::anonymous(),
                vec!["docs://nowhere", "docs://open"],
            ),
            (
                Principal::new("ada", ["docs:read", "staff"]),
                vec![
                    "docs://hidden",
                    "docs://hidden/x",
                    "docs://nowhere",
                    "docs://open",
                    "docs://scoped",
                ],
            ),
        ] {
            let client = TestClient::with_version(server().tools(tools![touch]), version)
                .await
                .principal(who);
            if version.is_legacy() {
                for uri in ["docs://", "docs://hidden"] {
                    client
                        .request("resources/subscribe", json!({ "uri": uri }))
                        .await
                        .assert_ok();
                }
            } else {
                let wanted = json!({ "resourceSubscriptions": ["docs://", "docs://hidden"] });
                drop(client.send("subscriptions/listen", json!({ "notifications": wanted })));
            }
            client.call("touch", json!({})).await.assert_ok();
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            let told = client.notifications();
            let updated = told
                .iter()
                .filter(|note| note["method"] == "notifications/resources/updated");
            let uris: Vec<_> = updated
                .map(|note| note["params"]["uri"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(uris, expected, "{version:?}");
        }
    }
}
