//! The differences between revisions, side by side: one server, every revision, over lines and over HTTP.

use std::collections::BTreeMap;

use mcp_runtime::Version;
use serde_json::{Value, json};

use crate::support::everything::{Wire, completion, has_icon, modern_requests, requests};

const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";
const CACHED: [&str; 8] = [
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "skills/list",
    "skills/get",
];

/// The expectations for 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26 and 2024-11-05.
fn table() -> Vec<(&'static str, [Value; 5])> {
    let flags = |flags: [bool; 5]| flags.map(Value::from);
    let since = |version: Version| {
        flags([
            Version::V2026_07_28 >= version,
            Version::V2025_11_25 >= version,
            Version::V2025_06_18 >= version,
            Version::V2025_03_26 >= version,
            Version::V2024_11_05 >= version,
        ])
    };
    let (november, june) = (since(Version::V2025_11_25), since(Version::V2025_06_18));
    let link = json!({ "type": "resource_link", "uri": "all://readme", "name": "readme" });
    let text = json!({ "type": "text", "text": "all://readme" });
    let links = [link.clone(), link.clone(), link, text.clone(), text];
    vec![
        ("icons of tools", november.clone()),
        ("icons of resources", november.clone()),
        ("icons of templates", november.clone()),
        ("icons of prompts", november.clone()),
        ("website of the server", november.clone()),
        ("title of the server", june.clone()),
        ("title of tools", june.clone()),
        ("title of resources", june.clone()),
        ("title of templates", june.clone()),
        ("title of prompts", june.clone()),
        (
            "title among the annotations of tools",
            flags([false, false, false, true, false]),
        ),
        ("annotations of tools", since(Version::V2025_03_26)),
        ("view of tools", june.clone()),
        ("output schema of an object", june.clone()),
        ("output schema of a list", june.clone()),
        ("structured object", june.clone()),
        ("structured list", june.clone()),
        ("text beside structured content", flags([true; 5])),
        ("link in a result", links.clone()),
        ("link in a prompt", links),
        ("date of a block", june.clone()),
        ("metadata of a block", june.clone()),
        ("metadata of an embedded resource", june.clone()),
        ("metadata of contents", june.clone()),
        ("date of a resource", june),
        ("execution of tools", flags([false; 5])),
        ("x-mcp-header in schemas", flags([true; 5])),
        (
            "extensions",
            [
                json!([
                    "io.modelcontextprotocol/skills",
                    "io.modelcontextprotocol/tasks",
                    "io.modelcontextprotocol/ui",
                ]),
                json!(["io.modelcontextprotocol/ui"]),
                json!([]),
                json!([]),
                json!([]),
            ],
        ),
        ("tasks of the core", flags([false; 5])),
        (
            "code of a resource that is not there",
            [-32602, -32002, -32002, -32002, -32002].map(Value::from),
        ),
        (
            "code of a row that is not there",
            [-32602, -32002, -32002, -32002, -32002].map(Value::from),
        ),
        (
            "code of an unknown prompt",
            flags([false; 5]).map(|_| json!(-32602)),
        ),
        (
            "code of an unknown tool",
            flags([false; 5]).map(|_| json!(-32602)),
        ),
        (
            "code of a completion of nothing",
            flags([false; 5]).map(|_| json!(-32602)),
        ),
        (
            "code of an unknown method",
            flags([false; 5]).map(|_| json!(-32601)),
        ),
        (
            "code of a missing capability",
            [
                json!(-32021),
                json!("tool"),
                json!("tool"),
                json!("tool"),
                json!("tool"),
            ],
        ),
    ]
}

/// The facts in the revision of `wire`.
#[expect(clippy::too_many_lines, reason = "one entry for each row of the table")]
async fn facts(wire: &Wire) -> BTreeMap<&'static str, Value> {
    let result =
        async |method: &str, params: Value| wire.send(method, params).await.1["result"].clone();
    let code = async |method: &str, params: Value| {
        wire.send(method, params).await.1["error"]["code"].clone()
    };
    let call = async |tool: &str| result("tools/call", json!({ "name": tool })).await;
    let has = |of: &Value, key: &str| json!(of.get(key).is_some());

    let opening = wire.opening().await;
    let info = opening
        .get("serverInfo")
        .unwrap_or(&opening["_meta"][SERVER_INFO])
        .clone();
    let extensions = opening["capabilities"]["extensions"].as_object();
    let mut names: Vec<_> = extensions
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();

    let tools = result("tools/list", json!({})).await["tools"].clone();
    let resource = result("resources/list", json!({})).await["resources"][0].clone();
    let template =
        result("resources/templates/list", json!({})).await["resourceTemplates"][0].clone();
    let prompt = result("prompts/list", json!({})).await["prompts"][0].clone();
    let praise = json!({ "name": "praise", "arguments": { "item": "tea" } });
    let (object, list, blocks) = (
        call("locate").await,
        call("numbers").await,
        call("blocks").await,
    );
    let got = result("prompts/get", praise).await;
    let logo = result("resources/read", json!({ "uri": "all://logo" })).await;
    let whole = &blocks["content"][2];
    let embedded = whole.get("_meta").is_some() || whole["resource"].get("_meta").is_some();
    let texts =
        object["content"][0]["text"] == "{\"x\":1}" && list["content"][0]["text"] == "[1,2]";
    let (_, asked) = wire.send("tools/call", json!({ "name": "sample" })).await;
    let missing = if asked["result"]["isError"] == true {
        json!("tool")
    } else {
        asked["error"]["code"].clone()
    };
    let mut nowhere = completion("");
    nowhere["ref"] = json!({ "type": "ref/resource", "uri": "all://nowhere" });

    BTreeMap::from([
        ("icons of tools", json!(has_icon(&tools[0]))),
        ("icons of resources", json!(has_icon(&resource))),
        ("icons of templates", json!(has_icon(&template))),
        ("icons of prompts", json!(has_icon(&prompt))),
        ("website of the server", has(&info, "websiteUrl")),
        ("title of the server", has(&info, "title")),
        ("title of tools", has(&tools[0], "title")),
        ("title of resources", has(&resource, "title")),
        ("title of templates", has(&template, "title")),
        ("title of prompts", has(&prompt, "title")),
        (
            "title among the annotations of tools",
            has(&tools[0]["annotations"], "title"),
        ),
        ("annotations of tools", has(&tools[0], "annotations")),
        ("view of tools", has(&tools[0], "_meta")),
        ("output schema of an object", has(&tools[0], "outputSchema")),
        ("output schema of a list", has(&tools[1], "outputSchema")),
        ("structured object", has(&object, "structuredContent")),
        ("structured list", has(&list, "structuredContent")),
        ("text beside structured content", json!(texts)),
        ("link in a result", blocks["content"][0].clone()),
        ("link in a prompt", got["messages"][1]["content"].clone()),
        ("metadata of a block", has(&blocks["content"][1], "_meta")),
        ("metadata of an embedded resource", json!(embedded)),
        ("metadata of contents", has(&logo["contents"][0], "_meta")),
        (
            "date of a block",
            has(&blocks["content"][1]["annotations"], "lastModified"),
        ),
        (
            "date of a resource",
            has(&resource["annotations"], "lastModified"),
        ),
        (
            "execution of tools",
            json!(
                tools
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|tool| tool.get("execution").is_some())
            ),
        ),
        (
            "x-mcp-header in schemas",
            json!(tools[0]["inputSchema"]["properties"]["region"]["x-mcp-header"] == "Region"),
        ),
        ("extensions", json!(names)),
        ("tasks of the core", has(&opening["capabilities"], "tasks")),
        (
            "code of a resource that is not there",
            code("resources/read", json!({ "uri": "all://nowhere" })).await,
        ),
        (
            "code of a row that is not there",
            code("resources/read", json!({ "uri": "all://rows/10" })).await,
        ),
        (
            "code of an unknown prompt",
            code("prompts/get", json!({ "name": "nobody" })).await,
        ),
        (
            "code of an unknown tool",
            code("tools/call", json!({ "name": "nobody" })).await,
        ),
        (
            "code of a completion of nothing",
            code("completion/complete", nowhere).await,
        ),
        (
            "code of an unknown method",
            code("nobody/knows", json!({})).await,
        ),
        ("code of a missing capability", missing),
    ])
}

#[tokio::test(start_paused = true)]
async fn each_revision_gets_the_members_it_defines() {
    let table = table();
    let mut wrong = Vec::new();
    for (name, version, wire) in Wire::all().await {
        let facts = facts(&wire).await;
        assert_eq!(facts.len(), table.len());
        let column = mcp_testkit::era::ALL
            .iter()
            .position(|other| *other == version)
            .unwrap();
        for (row, columns) in &table {
            if facts[row] != columns[column] {
                wrong.push(format!(
                    "{name}, {row}: {} instead of {}",
                    facts[row], columns[column]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(start_paused = true)]
async fn every_result_is_serialized_for_its_revision() {
    for (name, version, wire) in Wire::all().await {
        let mut all = requests();
        if !version.is_legacy() {
            all.extend(modern_requests());
        }
        for (method, params) in all {
            let (status, message) = wire.send(method, params.clone()).await;
            let what = format!("{name} {method} {params} {message:#}");
            assert!(matches!(status, 0 | 200), "{what}");
            let result = &message["result"];
            if version.is_legacy() {
                for member in ["resultType", "ttlMs", "cacheScope", "_meta"] {
                    assert_eq!(result.get(member), None, "{what}");
                }
                continue;
            }
            assert_eq!(result["resultType"], "complete", "{what}");
            assert_eq!(result["_meta"][SERVER_INFO]["name"], "everything", "{what}");
            let is_cached = CACHED.contains(&method);
            assert_eq!(result["ttlMs"].is_u64(), is_cached, "{what}");
            let scopes = ["public", "private"].map(Value::from);
            assert_eq!(scopes.contains(&result["cacheScope"]), is_cached, "{what}");
            let (ttl, scope) = if params["uri"] == "all://logo" {
                (60_000, "public")
            } else {
                (0, "private")
            };
            if is_cached {
                assert_eq!(
                    (&result["ttlMs"], &result["cacheScope"]),
                    (&json!(ttl), &json!(scope)),
                    "{what}"
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_after_an_input_request_must_not_be_cached() {
    let able = json!({ "elicitation": {} });
    for (name, version, wire) in Wire::all().await {
        if version.is_legacy() {
            continue;
        }
        for (method, params) in [
            ("tools/call", json!({ "name": "ask" })),
            ("resources/read", json!({ "uri": "all://safe" })),
        ] {
            let (status, first) = wire.send_with(method, params.clone(), able.clone()).await;
            let result = &first["result"];
            assert!(matches!(status, 0 | 200), "{first:#}");
            assert_eq!(result["resultType"], "input_required", "{name} {first:#}");
            assert_eq!(
                result["inputRequests"]["sure"]["method"],
                "elicitation/create"
            );
            assert_eq!(result["_meta"][SERVER_INFO]["name"], "everything");
            for member in ["ttlMs", "cacheScope", "content", "contents"] {
                assert_eq!(result.get(member), None, "{name} {first:#}");
            }
            let mut again = params.clone();
            again["requestState"] = result["requestState"].clone();
            again["inputResponses"] =
                json!({ "sure": { "action": "accept", "content": { "confirm": true } } });
            let (_, second) = wire.send_with(method, again, able.clone()).await;
            assert_eq!(
                second["result"]["resultType"], "complete",
                "{name} {second:#}"
            );
            if method == "resources/read" {
                assert_eq!(
                    (&second["result"]["ttlMs"], &second["result"]["cacheScope"]),
                    (&json!(0), &json!("private"))
                );
            }
            let (status, missing) = wire.send(method, params).await;
            assert!(matches!(status, 0 | 400), "{missing:#}");
            assert_eq!(missing["error"]["code"], -32021, "{name}");
            assert_eq!(
                missing["error"]["data"]["requiredCapabilities"],
                json!({ "elicitation": {} })
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_method_has_the_status_of_its_era() {
    for (name, version, wire) in Wire::all().await {
        let (status, message) = wire.send("nobody/knows", json!({})).await;
        let expected = if version.is_legacy() { 200 } else { 404 };
        assert!(status == 0 || status == expected, "{name}: {status}");
        assert_eq!(message["error"]["code"], -32601, "{name}");
    }
}
