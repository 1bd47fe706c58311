//! Tools, resources and prompts made at run time, which behave as declared ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mcp_runtime::{
    DynamicPrompt, DynamicResource, DynamicTool, Json, Per, Principal, ResourceLink, Server,
    ToolError, resource, resources, tool, tools,
};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// Adds two numbers.
#[tool(read_only)]
async fn add(a: i64, b: i64) -> i64 {
    a + b
}

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "town": { "type": "string", "minLength": 2 },
            "days": { "type": "integer", "minimum": 1, "maximum": 7 },
            "unit": { "enum": ["C", "F"] },
            "places": { "type": "array", "items": { "$ref": "#/$defs/Place" } },
        },
        "required": ["town"],
        "$defs": { "Place": {
            "type": "object", "properties": { "x": { "type": "number" } }, "required": ["x"],
        } },
    })
}

fn weather() -> DynamicTool {
    DynamicTool::new("weather", schema())
        .description("Tells the weather.")
        .handler(|_cx, arguments: Value| async move { arguments.to_string() })
}

fn named(name: &str) -> DynamicTool {
    DynamicTool::new(name, json!({ "type": "object" }))
        .description("Does nothing.")
        .handler(|_cx, _arguments| async {})
}

#[tokio::test(start_paused = true)]
async fn arguments_are_coerced_and_explained_as_those_of_declared_tools() {
    for version in era::ALL {
        let server = Server::new("sky", "1.0.0").tool(weather());
        let client = TestClient::with_version(server, version).await;
        let call = |arguments| client.call("weather", arguments);
        call(json!({ "town": "Bonn", "days": "3", "places": "[{\"x\":1.5}]" }))
            .await
            .assert_text(r#"{"town":"Bonn","days":3,"places":[{"x":1.5}]}"#);
        call(json!({ "town": "Bonn", "days": null, "stranger_of_the_host": 1 }))
            .await
            .assert_text(r#"{"town":"Bonn"}"#);
        let wrong = json!({ "days": 8, "unit": "K", "places": [{ "x": "y" }, {}] });
        let reply = call(wrong).await;
        for problem in [
            "correct these 5 problems",
            "`town` is missing (a string)",
            "`days` must be at most 7, was 8",
            "`unit` must be one of \"C\", \"F\", was \"K\"",
            "`places[0].x` must be a number, was \"y\"",
            "`places[1].x` is missing (a number)",
        ] {
            reply.assert_error(problem);
        }
        call(json!({ "town": "Bonn", "dys": 1 }))
            .await
            .assert_error("did you mean `days`?");
        call(json!({ "town": "B" })).await.assert_error("`town`");
    }
}

#[tokio::test(start_paused = true)]
async fn further_arguments_are_passed_on_if_the_schema_allows_them() {
    let open = json!({ "type": "object", "additionalProperties": { "type": "integer" } });
    let tool = DynamicTool::new("sum", open)
        .description("Adds.")
        .handler(|_cx, arguments: Value| async move { arguments.to_string() });
    let client = TestClient::new(Server::new("open", "1.0.0").tool(tool)).await;
    let reply = client.call("sum", json!({ "a": 1, "b": "2" })).await;
    reply.assert_text(r#"{"a":1,"b":2}"#);
    let reply = client.call("sum", json!({ "a": "x" })).await;
    reply.assert_error("`a` must be an integer");
}

#[tokio::test(start_paused = true)]
async fn keywords_beyond_shapes_are_checked_by_the_validator() {
    let schema = json!({
        "type": "object",
        "properties": { "code": { "type": "string", "pattern": "^[A-Z]+$" } },
    });
    let tool = DynamicTool::new("code", schema)
        .description("Takes a code.")
        .handler(|_cx, _arguments| async { "taken" });
    let client = TestClient::new(Server::new("codes", "1.0.0").tool(tool)).await;
    client
        .call("code", json!({ "code": "AB" }))
        .await
        .assert_text("taken");
    client
        .call("code", json!({ "code": "ab" }))
        .await
        .assert_error("code");
}

#[tokio::test(start_paused = true)]
async fn policies_are_builder_methods_with_the_names_of_the_keys() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = {
        let calls = Arc::clone(&calls);
        move |_cx, _arguments| {
            let call = calls.fetch_add(1, Ordering::Relaxed);
            async move { call.to_string() }
        }
    };
    let nothing = || json!({ "type": "object" });
    let limited = named("limited").rate_limit_with("2/min", |limit| limit.burst(1).per(Per::All));
    let slow = DynamicTool::new("slow", nothing())
        .description("Takes long.")
        .timeout(Duration::from_secs(5))
        .read_only()
        .handler(|_cx, _arguments| std::future::pending::<()>());
    let cached = DynamicTool::new("cached", nothing())
        .description("Counts.")
        .read_only()
        .cache(Duration::from_mins(1))
        .handler(counted);
    let flaky = DynamicTool::new("flaky", nothing())
        .description("Fails.")
        .idempotent()
        .retry(2, Duration::from_millis(10))
        .breaker(3, Duration::from_secs(30))
        .handler(|_cx, _arguments| async { Err::<(), _>(ToolError::new("down").retryable()) });
    let large = DynamicTool::new("large", nothing())
        .description("Says much.")
        .max_output(10)
        .handler(|_cx, _arguments| async { "much too much" });
    let staff = named("staff").scopes(["staff"]).audit();
    let server = Server::new("policies", "1.0.0")
        .tool(limited)
        .tool(slow)
        .tool(cached)
        .tool(flaky)
        .tool(large)
        .tool(staff)
        .tool(named("hers").visible_if(|who: &Principal| who.subject() == Some("ann")));
    let client = TestClient::new(server).await;
    let call = |name| client.call(name, json!({}));
    call("limited").await.assert_ok();
    call("limited").await.assert_refused("rate limit");
    call("slow")
        .await
        .assert_error("timed out after 5s; this tool only reads");
    for _ in 0..2 {
        call("cached").await.assert_text("0");
    }
    call("flaky").await.assert_error("down");
    call("flaky").await.assert_refused("flaky");
    call("large").await.assert_error("10 bytes");
    call("staff").await.assert_rpc_error(-32600);
    call("hers").await.assert_rpc_error(-32602);
    let ann = client.clone().principal(Principal::new("ann", ["staff"]));
    ann.call("hers", json!({})).await.assert_ok();
    ann.call("staff", json!({})).await.assert_ok();
    let metric = r#"mcp_tool_invocations_total{tool="limited",outcome="ok"}"#;
    assert_eq!(client.metric(metric).await, 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_tool_is_described_as_its_builder_says() {
    #[mcp_runtime::model]
    struct Page {
        title: String,
    }
    let tool = DynamicTool::new("page", json!({ "type": "object" }))
        .description("Reads a page.")
        .title("Page")
        .icon("https://example.com/i.png")
        .read_only()
        .open_world(false)
        .meta("com.example/tier", 2)
        .handler(|_cx, _arguments| async {
            Json(Page {
                title: "T".to_owned(),
            })
        });
    let client = TestClient::new(Server::new("docs", "1.0.0").tool(tool)).await;
    let tool = client.tool("page").await;
    assert_eq!(tool["title"], "Page");
    assert_eq!(
        tool["annotations"],
        json!({ "readOnlyHint": true, "destructiveHint": false, "openWorldHint": false })
    );
    assert_eq!(tool["_meta"], json!({ "com.example/tier": 2 }));
    assert_eq!(
        tool["outputSchema"]["properties"]["title"]["type"],
        "string"
    );
    let reply = client.call("page", json!({})).await;
    reply.assert_structured(json!({ "title": "T" }));
}

#[tokio::test(start_paused = true)]
async fn resources_and_prompts_are_made_at_run_time_too() {
    let page = DynamicResource::new("wiki://{page}{?lang}", "A page of the wiki")
        .description("A page.")
        .mime_type("text/markdown")
        .handler(|_cx, variables: Value| async move {
            (variables["page"] != "none").then(|| variables.to_string())
        })
        .list(|_cx| async { vec![ResourceLink::new("wiki://a", "A")] });
    let fixed = DynamicResource::new("wiki:home", "Home")
        .description("The first page.")
        .handler(|_cx, _variables| async { "home" });
    let walk = DynamicPrompt::new("walk")
        .description("A walk.")
        .argument("town", "The town.", true)
        .argument("km", "How far.", false)
        .handler(|_cx, arguments: Value| async move { arguments.to_string() });
    let server = Server::new("wiki", "1.0.0")
        .resource(page)
        .resource(fixed)
        .prompt(walk);
    let client = TestClient::new(server).await;
    client
        .read("wiki://b?lang=de")
        .await
        .assert_text(r#"{"page":"b","lang":"de"}"#);
    client.read("wiki://none").await.assert_rpc_error(-32602);
    client.read("wiki:home").await.assert_text("home");
    let names: Vec<_> = client
        .resources()
        .await
        .iter()
        .map(|it| it["name"].clone())
        .collect();
    assert_eq!(names, ["Home", "A"]);
    let prompt = client.prompt("walk", json!({ "town": "Bonn" })).await;
    prompt.assert_text(r#"{"town":"Bonn"}"#);
    client
        .prompt("walk", json!({}))
        .await
        .assert_error("`town` is missing");
}

#[tokio::test(start_paused = true)]
async fn items_are_added_and_removed_while_the_server_runs() {
    for version in era::ALL {
        let server = Server::new("plugins", "1.0.0").tools(tools![add]);
        let items = server.items();
        let client = TestClient::with_version(server, version).await;
        client
            .call("late", json!({}))
            .await
            .assert_rpc_error(-32602);
        items.add_tool(named("late")).unwrap();
        client.call("late", json!({})).await.assert_ok();
        assert_eq!(client.tools().await.len(), 2);
        assert!(items.remove_tool("late") && !items.remove_tool("late"));
        assert!(items.remove_tool("add"), "a declared one");
        client
            .call("late", json!({}))
            .await
            .assert_rpc_error(-32602);
        assert_eq!(client.tools().await, Vec::<Value>::new());
        assert_eq!(client.prompts().await, Vec::<Value>::new(), "they may come");
        let home = DynamicResource::new("wiki:home", "Home")
            .description("The first page.")
            .handler(|_cx, _variables| async { "home" });
        items.add_resource(home).unwrap();
        client.read("wiki:home").await.assert_text("home");
        assert!(items.remove_resource("wiki:home"));
        assert_eq!(client.resources().await, Vec::<Value>::new());
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_in_flight_ends_after_its_tool_was_removed() {
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begins, waits) = (Arc::clone(&begun), Arc::clone(&go));
    let tool = DynamicTool::new("wait", json!({ "type": "object" }))
        .description("Waits.")
        .handler(move |_cx, _arguments| {
            let (begins, waits) = (Arc::clone(&begins), Arc::clone(&waits));
            async move {
                begins.notify_one();
                waits.notified().await;
                "done"
            }
        });
    let server = Server::new("waits", "1.0.0").tool(tool);
    let items = server.items();
    let client = TestClient::new(server).await;
    let call = client.start("wait", json!({}));
    begun.notified().await;
    assert!(items.remove_tool("wait"));
    go.notify_one();
    call.reply().await.assert_text("done");
}

#[tokio::test(start_paused = true)]
async fn a_faulty_item_is_refused_and_nothing_changes() {
    /// A page.
    #[resource("wiki://{page}")]
    async fn page(page: String) -> String {
        page
    }
    let server = Server::new("faults", "1.0.0")
        .tools(tools![add])
        .resources(resources![page]);
    let items = server.items();
    let client = TestClient::new(server).await;
    let bare = || DynamicTool::new("bare", json!({ "type": "object" }));
    for (tool, told) in [
        (named("add"), "two tools are called `add`"),
        (named("a b"), "names have 1 to 128 of A-Z"),
        (named(""), "names have 1 to 128"),
        (bare().handler(|_cx, _arguments| async {}), "no description"),
        (bare().description("Does."), "no handler"),
        (
            named("x").rate_limit("10 a minute"),
            "\"10 a minute\" is not a rate",
        ),
        (
            named("x").cache(Duration::from_secs(1)),
            "`cache` needs `read_only`",
        ),
        (
            named("x").retry(1, Duration::from_secs(1)),
            "`retry` needs `read_only` or `idempotent`",
        ),
        (named("x").timeout(Duration::ZERO), "`timeout` is zero"),
        (named("x").task("sometimes"), "\"optional\" or \"required\""),
        (named("x").meta("io.modelcontextprotocol/x", 1), "reserved"),
        (
            DynamicTool::new("x", json!({ "type": "array" }))
                .description("Does.")
                .handler(|_cx, _arguments| async {}),
            "\"type\": \"object\"",
        ),
    ] {
        let error = items.add_tool(tool).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    let other = |uri: &str, name: &str| {
        DynamicResource::new(uri, name)
            .description("Another.")
            .handler(|_cx, _variables| async { "text" })
    };
    for (resource, told) in [
        (other("wiki://{name}", "other"), "match one URI in common"),
        (
            other("wiki:home", "page"),
            "two resources are called `page`",
        ),
        (other("home", "home"), "not an absolute URI"),
        (other("a:b", "a\nb"), "on one line"),
    ] {
        let error = items.add_resource(resource).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    assert_eq!(client.tools().await.len(), 1);
    items
        .add_resource(other("wiki:home", "Free text, with blanks"))
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_an_item_stops_the_start() {
    let error = Server::new("faults", "1.0.0")
        .tool(named("a b"))
        .tool(named("c"))
        .tool(named("c"))
        .check()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("names have") && error.contains("two tools"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn items_of_a_mounted_server_are_under_its_prefix() {
    let part = Server::new("part", "1.0.0").tool(named("early"));
    let items = part.items();
    items.add_tool(named("before")).unwrap();
    let whole = Server::new("whole", "1.0.0").mount("part", part);
    items.add_tool(named("between")).unwrap();
    let client = TestClient::new(whole).await;
    items.add_tool(named("late")).unwrap();
    for name in ["part.early", "part.before", "part.between", "part.late"] {
        client.call(name, json!({})).await.assert_ok();
    }
    assert!(items.remove_tool("late"));
    assert_eq!(client.tools().await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_number_of_items_and_of_their_metrics_is_bounded() {
    let server = Server::new("many", "1.0.0");
    let items = server.items();
    let client = TestClient::new(server).await;
    for number in 0..10_000 {
        items.add_tool(named(&format!("t{number}"))).unwrap();
    }
    let error = items.add_tool(named("one_more")).unwrap_err().to_string();
    assert!(error.contains("at most 10000"), "{error}");
    client.call("t999", json!({})).await.assert_ok();
    client.call("t1000", json!({})).await.assert_ok();
    let of = |name: &str| format!("mcp_tool_invocations_total{{tool=\"{name}\",outcome=\"ok\"}}");
    assert_eq!(client.metric(&of("t999")).await, 1.0);
    assert_eq!(client.metric(&of("_other")).await, 1.0);
    assert!(items.remove_tool("t0"));
    items.add_tool(named("one_more")).unwrap();
}

#[tokio::test(start_paused = true)]
async fn nothing_is_added_to_a_server_that_has_ended() {
    let server = Server::new("gone", "1.0.0");
    let items = server.items();
    drop(server.into_router());
    let error = items.add_tool(named("late")).unwrap_err().to_string();
    assert!(error.contains("has ended"), "{error}");
}
