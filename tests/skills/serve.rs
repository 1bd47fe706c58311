//! The skills as clients see them.

use mcp_runtime::Server;
use mcp_testkit::TestClient;
use serde_json::{Value, json};

use crate::http::client::{Call, Client};

const REFUNDS: &str = "---\nname: refunds\ndescription: How to pay back.\nlicense: MIT\nmetadata:\n  version: \"2.0\"\n---\nAsk first, see [the form](forms/eu form.md).\n";
const PICTURE: &[u8] = &[0x89, b'P', b'N', b'G', 0xff];

/// Two skills, one of them inside the other's folder.
#[mcp_testkit::server]
fn server() -> Server {
    let nested = super::manifest("letters");
    Server::new("skilled", "1.0.0").skill_files([
        ("billing/refunds/SKILL.md", REFUNDS.as_bytes()),
        ("billing/refunds/forms/eu form.md", b"A form.\r\n"),
        ("billing/refunds/logo.png", PICTURE),
        ("billing/refunds/letters/SKILL.md", nested.as_bytes()),
        ("README.md", b"Belongs to no skill."),
    ])
}

async fn listed(client: &TestClient, method: &str, member: &str) -> Vec<Value> {
    client.request(method, json!({})).await.assert_ok().result()[member]
        .as_array()
        .unwrap()
        .clone()
}

async fn read(client: &TestClient, uri: &str) -> Value {
    client.read(uri).await.assert_ok().result()["contents"][0].clone()
}

fn uris(rows: &Value) -> Vec<&str> {
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| row["uri"].as_str().unwrap())
        .collect()
}

#[mcp_testkit::test]
async fn the_extension_is_declared_beside_resources(client: TestClient) {
    let capabilities =
        client.request("server/discover", json!({})).await.result()["capabilities"].clone();
    assert_eq!(
        capabilities["extensions"],
        json!({ "io.modelcontextprotocol/skills": { "directoryRead": true } })
    );
    assert!(capabilities["resources"].is_object());
}

#[tokio::test(start_paused = true)]
async fn a_server_without_skills_declares_no_extension_and_has_no_methods() {
    let client = TestClient::new(Server::new("plain", "1.0.0")).await;
    let discovered = client.request("server/discover", json!({})).await;
    assert_eq!(discovered.result()["capabilities"].get("extensions"), None);
    for method in ["skills/list", "skills/get", "resources/directory/read"] {
        client
            .request(method, json!({ "uri": "skill://a/SKILL.md" }))
            .await
            .assert_rpc_error(-32601);
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_client_sees_resources_and_not_the_extension() {
    let client = Client::new(server());
    for version in ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        let answer = client.open(Call::initialize(version)).await.answer().await;
        assert!(answer.result()["capabilities"]["resources"].is_object());
        assert_eq!(
            answer.result()["capabilities"].get("extensions"),
            None,
            "{version}"
        );
    }
}

#[mcp_testkit::test(eras = "legacy")]
async fn an_older_client_does_not_find_the_methods(client: TestClient) {
    for method in ["skills/list", "skills/get", "resources/directory/read"] {
        client
            .request(method, json!({ "uri": "skill://billing" }))
            .await
            .assert_rpc_error(-32601);
    }
}

#[mcp_testkit::test]
async fn an_entry_is_the_frontmatter_and_every_file_with_its_digest(client: TestClient) {
    let skills = listed(&client, "skills/list", "skills").await;
    assert_eq!(skills.len(), 2);
    let frontmatter = json!({
        "name": "refunds", "description": "How to pay back.", "license": "MIT", "metadata": { "version": "2.0" },
    });
    assert_eq!(skills[0]["uri"], "skill://billing/refunds/SKILL.md");
    assert_eq!(skills[0]["frontmatter"], frontmatter);
    let form = json!({
        "uri": "skill://billing/refunds/forms/eu%20form.md",
        "digest": "sha256:01b8be6e516ef010bafc88185a0bd6099930dc96198e4f4a355d28b5e9286ded",
        "size": 9,
    });
    assert_eq!(skills[0]["resources"].as_array().unwrap().len(), 4);
    assert_eq!(skills[0]["resources"][1], form);
    assert_eq!(skills[1]["uri"], "skill://billing/refunds/letters/SKILL.md");
    assert_eq!(
        uris(&skills[1]["resources"]),
        ["skill://billing/refunds/letters/SKILL.md"]
    );
}

#[mcp_testkit::test]
async fn one_skill_is_got_as_it_is_listed(client: TestClient) {
    let listed = client
        .request("skills/list", json!({}))
        .await
        .result()
        .clone();
    let uri = &listed["skills"][1]["uri"];
    let got = client.request("skills/get", json!({ "uri": uri })).await;
    assert_eq!(got.assert_ok().result()["skill"], listed["skills"][1]);
    for result in [got.result(), &listed] {
        assert_eq!(
            (&result["ttlMs"], &result["cacheScope"]),
            (&json!(0), &json!("private"))
        );
        assert_eq!(result.get("nextCursor"), None);
    }
}

#[mcp_testkit::test]
async fn an_unknown_skill_is_not_returned(client: TestClient) {
    for uri in [
        "skill://nowhere/SKILL.md",
        "skill://billing/refunds",
        "skill://billing/refunds/logo.png",
    ] {
        let reply = client.request("skills/get", json!({ "uri": uri })).await;
        assert_eq!(
            reply.assert_rpc_error(-32602).response()["error"]["data"]["uri"],
            uri
        );
    }
    client
        .request("skills/get", json!({}))
        .await
        .assert_rpc_error(-32602);
}

#[tokio::test(start_paused = true)]
async fn lists_of_skills_and_folders_have_pages() {
    let client = TestClient::new(server().page_size(1)).await;
    for (method, params, member, count) in [
        ("skills/list", json!({}), "skills", 2),
        ("resources/list", json!({}), "resources", 2),
        (
            "resources/directory/read",
            json!({ "uri": "skill://billing/refunds" }),
            "resources",
            4,
        ),
    ] {
        let mut params = params;
        let mut seen = Vec::new();
        loop {
            assert!(
                seen.len() <= count,
                "the pages of {method} do not end: {seen:?}"
            );
            let page = client
                .request(method, params.clone())
                .await
                .assert_ok()
                .result()
                .clone();
            seen.extend(uris(&page[member]).into_iter().map(str::to_owned));
            let Some(next) = page.get("nextCursor") else {
                break;
            };
            params["cursor"] = next.clone();
        }
        let mut once = seen.clone();
        once.dedup();
        assert_eq!((seen.len(), once.len()), (count, count), "{method}");
        params["cursor"] = json!("bm9uZQ");
        client
            .request(method, params)
            .await
            .assert_rpc_error(-32602);
    }
}

#[mcp_testkit::test(eras = "all")]
async fn the_instructions_are_listed_as_resources(client: TestClient) {
    let resources = listed(&client, "resources/list", "resources").await;
    let expected = json!({
        "uri": "skill://billing/refunds/SKILL.md",
        "name": "refunds",
        "description": "How to pay back.",
        "mimeType": "text/markdown",
        "size": REFUNDS.len(),
    });
    assert_eq!(resources.len(), 2);
    assert_eq!(resources[0], expected);
}

#[mcp_testkit::test(eras = "all")]
async fn every_file_is_read_byte_for_byte(client: TestClient) {
    let manifest = read(&client, "skill://billing/refunds/SKILL.md").await;
    assert_eq!(
        (&manifest["mimeType"], &manifest["text"]),
        (&json!("text/markdown"), &json!(REFUNDS))
    );
    assert_eq!(
        read(&client, "skill://billing/refunds/forms/eu%20form.md").await["text"],
        "A form.\r\n"
    );
    let picture = read(&client, "skill://billing/refunds/logo.png").await;
    assert_eq!(
        (&picture["mimeType"], &picture["blob"]),
        (&json!("image/png"), &json!("iVBOR/8="))
    );
}

#[mcp_testkit::test]
async fn files_outside_skills_are_not_served(client: TestClient) {
    for uri in [
        "skill://README.md",
        "skill://billing/refunds/../../README.md",
        "skill://billing/refunds/forms",
    ] {
        let reply = client.read(uri).await;
        assert_eq!(
            reply.assert_rpc_error(-32602).response()["error"]["data"]["uri"],
            uri
        );
    }
}

#[mcp_testkit::test(eras = "legacy")]
async fn an_older_client_gets_its_own_code_for_an_unknown_resource(client: TestClient) {
    client
        .read("skill://nowhere/SKILL.md")
        .await
        .assert_rpc_error(-32002);
}

#[mcp_testkit::test]
async fn a_folder_is_read_one_level_deep(client: TestClient) {
    let reply = client
        .request(
            "resources/directory/read",
            json!({ "uri": "skill://billing/refunds" }),
        )
        .await;
    let children = reply.assert_ok().result()["resources"].clone();
    let expected = [
        "skill://billing/refunds/SKILL.md",
        "skill://billing/refunds/forms",
        "skill://billing/refunds/letters",
        "skill://billing/refunds/logo.png",
    ];
    assert_eq!(uris(&children), expected);
    assert_eq!(children[0]["name"], "refunds");
    assert_eq!(
        children[1],
        json!({ "uri": expected[1], "name": "forms", "mimeType": "inode/directory" })
    );
    let above = client
        .request(
            "resources/directory/read",
            json!({ "uri": "skill://billing" }),
        )
        .await;
    assert_eq!(
        uris(&above.assert_ok().result()["resources"]),
        ["skill://billing/refunds"]
    );
}

#[mcp_testkit::test]
async fn a_path_that_is_not_a_folder_is_not_listed(client: TestClient) {
    for uri in [
        "skill://billing/refunds/SKILL.md",
        "skill://nowhere",
        "skill://billing/",
    ] {
        let reply = client
            .request("resources/directory/read", json!({ "uri": uri }))
            .await;
        assert_eq!(
            reply.assert_rpc_error(-32602).response()["error"]["data"]["uri"],
            uri
        );
    }
}

#[tokio::test(start_paused = true)]
async fn over_http_no_header_mirrors_the_name() {
    let call = Call::modern(
        "skills/get",
        json!({ "uri": "skill://billing/refunds/SKILL.md" }),
    );
    assert_eq!(
        Client::new(server()).send(call).await.result()["skill"]["frontmatter"]["name"],
        "refunds"
    );
}

#[tokio::test(start_paused = true)]
async fn a_mounted_server_brings_its_skills() {
    let client = TestClient::new(Server::new("outer", "1.0.0").mount("inner", server())).await;
    assert_eq!(listed(&client, "skills/list", "skills").await.len(), 2);
}
