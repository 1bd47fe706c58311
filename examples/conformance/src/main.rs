//! The server for the official conformance suite, declared as a user would.
//!
//! The suite's fixtures are functions, one file per kind. A fixture that cannot be declared is a gap of the SDK.

mod asking;
mod content;
mod prompts;
mod reporting;
mod resources;
mod schema;
mod skills;
mod tasks;

use mcp_runtime::{Server, prompts, resources, tools};

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    let server = match std::env::var("CONFORMANCE_PAGE_SIZE")
        .ok()
        .and_then(|entries| entries.parse().ok())
    {
        Some(entries) => server().page_size(entries),
        None => server(),
    };
    server.run().await
}

fn server() -> Server {
    let resources = resources![
        resources::static_text,
        resources::static_binary,
        resources::watched_resource,
        resources::template_data,
    ];
    let prompts = prompts![
        prompts::test_simple_prompt,
        prompts::test_prompt_with_arguments,
        prompts::test_prompt_with_embedded_resource,
        prompts::test_prompt_with_image,
        prompts::test_input_required_result_prompt,
    ];
    with_tools(Server::new("mcp-conformance", env!("CARGO_PKG_VERSION")))
        .resources(resources)
        .prompts(prompts)
        .skill_files(skills::FILES)
}

fn with_tools(server: Server) -> Server {
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
        reporting::test_logging_tool,
        reporting::test_trigger_tool_change,
        reporting::test_trigger_prompt_change,
        reporting::test_touch_resource,
        reporting::test_reconnection,
        reporting::test_wait_for_cancellation,
        reporting::test_cancelled_calls,
    ];
    let asking = tools![
        asking::test_sampling,
        asking::test_elicitation,
        asking::test_elicitation_sep1034_defaults,
        asking::test_elicitation_sep1330_enums,
        asking::test_streaming_elicitation,
        asking::test_input_required_result_elicitation,
        asking::test_input_required_result_sampling,
        asking::test_input_required_result_list_roots,
        asking::test_input_required_result_request_state,
        asking::test_input_required_result_multiple_inputs,
        asking::test_input_required_result_multi_round,
        asking::test_input_required_result_tampered_state,
        asking::test_input_required_result_capabilities,
    ];
    let schema = tools![schema::json_schema_2020_12_tool, schema::test_custom_header];
    let tasks = tools![
        tasks::greet,
        tasks::slow_compute,
        tasks::failing_job,
        tasks::protocol_error_job,
        tasks::confirm_delete,
        tasks::multi_input,
        tasks::test_tool_with_task,
    ];
    server
        .tools(content)
        .tools(reporting)
        .tools(asking)
        .tools(schema)
        .tools(tasks)
}

#[cfg(test)]
mod tests {
    use mcp_testkit::TestClient;
    use serde_json::json;

    use super::*;

    #[mcp_testkit::server]
    fn server() -> Server {
        super::server()
    }

    #[mcp_testkit::test(eras = "all")]
    async fn the_first_tool_needs_no_arguments(client: TestClient) {
        let first = client.tools().await[0]["name"].clone();
        let reply = client.call(first.as_str().unwrap(), json!({})).await;
        reply.assert_text("This is a simple text response for testing.");
    }

    #[mcp_testkit::test(eras = "all")]
    async fn every_tool_is_described(client: TestClient) {
        for tool in client.tools().await {
            assert!(
                tool["description"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{tool}"
            );
        }
    }

    #[mcp_testkit::test(eras = "all")]
    async fn every_resource_and_prompt_is_described(client: TestClient) {
        for (method, member) in [
            ("resources/list", "resources"),
            ("resources/templates/list", "resourceTemplates"),
            ("prompts/list", "prompts"),
        ] {
            let reply = client.request(method, json!({})).await;
            let entries = reply.assert_ok().result()[member]
                .as_array()
                .unwrap()
                .clone();
            assert!(!entries.is_empty(), "{member}");
            for entry in entries {
                assert!(
                    entry["description"]
                        .as_str()
                        .is_some_and(|text| !text.is_empty()),
                    "{entry}"
                );
            }
        }
    }

    #[mcp_testkit::test(eras = "all")]
    async fn a_template_is_filled_in(client: TestClient) {
        let reply = client.read("test://template/123/data").await;
        let contents = &reply.assert_ok().result()["contents"][0];
        assert_eq!(contents["mimeType"], "application/json");
        assert_eq!(
            contents["text"],
            r#"{"id":"123","templateTest":true,"data":"Data for ID: 123"}"#
        );
    }

    #[mcp_testkit::test(eras = "all")]
    async fn an_argument_is_completed(client: TestClient) {
        let prompt = json!({"type": "ref/prompt", "name": "test_prompt_with_arguments"});
        let params = json!({"ref": prompt, "argument": {"name": "arg1", "value": "par"}});
        let reply = client.request("completion/complete", params).await;
        assert_eq!(
            reply.assert_ok().result()["completion"]["values"],
            json!(["paris", "park", "party"])
        );
    }

    #[mcp_testkit::test(eras = "all")]
    async fn every_type_of_content_arrives(client: TestClient) {
        let reply = client.call("test_multiple_content_types", json!({})).await;
        let blocks = reply.assert_ok().result()["content"]
            .as_array()
            .unwrap()
            .clone();
        let types: Vec<_> = blocks
            .iter()
            .map(|block| block["type"].as_str().unwrap())
            .collect();
        assert_eq!(types, ["text", "image", "resource"]);
    }

    #[mcp_testkit::test(eras = "all")]
    async fn progress_comes_before_the_answer(client: TestClient) {
        let reply = client.call("test_tool_with_progress", json!({})).await;
        let done: Vec<_> = reply
            .progress()
            .iter()
            .map(|it| it["progress"].as_i64().unwrap())
            .collect();
        assert_eq!(done, [0, 50, 100]);
    }

    #[mcp_testkit::test(eras = "legacy")]
    async fn a_session_gets_the_log(client: TestClient) {
        client
            .request("logging/setLevel", json!({"level": "debug"}))
            .await
            .assert_ok();
        assert_eq!(
            client
                .call("test_tool_with_logging", json!({}))
                .await
                .logs()
                .len(),
            3
        );
    }

    #[mcp_testkit::test(eras = "modern")]
    async fn a_missing_capability_is_named(client: TestClient) {
        let reply = client.call("test_missing_capability", json!({})).await;
        reply.assert_rpc_error(-32021);
        assert_eq!(
            reply.response()["error"]["data"]["requiredCapabilities"],
            json!({"sampling": {}})
        );
    }

    #[mcp_testkit::test(eras = "all")]
    async fn every_kind_of_input_is_asked_for(client: TestClient) {
        let client = client
            .on_elicit(|_| json!({"name": "Alice"}))
            .on_sample(|_| json!("Hi"))
            .roots(json!([{"uri": "file:///test/root"}]));
        let reply = client
            .call("test_input_required_result_multiple_inputs", json!({}))
            .await;
        if client.version() <= mcp_testkit::Version::V2025_03_26 {
            reply.assert_error("`elicitation`");
        } else {
            reply.assert_text("Hi, Alice! (1 roots)");
        }
    }

    #[mcp_testkit::test(eras = "all")]
    async fn hand_written_keywords_are_checked(client: TestClient) {
        let good = json!({"name": "Ada", "contactMethod": "phone", "phone": "1"});
        client
            .call("json_schema_2020_12_tool", good)
            .await
            .assert_ok();
        let without_phone = json!({"name": "Ada", "contactMethod": "phone", "email": "a@b.c"});
        client
            .call("json_schema_2020_12_tool", without_phone)
            .await
            .assert_error("phone");
    }
}
