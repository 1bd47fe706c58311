//! Each assertion passes for its own kind of response, and fails for similar ones.

use serde_json::json;

use super::*;

fn reply(method: &str, response: &Value) -> Reply {
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": {} });
    Reply::new(request, response.clone(), Vec::new())
}

fn text(text: &str) -> Reply {
    let content = json!([{ "type": "text", "text": text }]);
    reply("tools/call", &json!({ "result": { "content": content } }))
}

fn failed(text: &str) -> Reply {
    let content = json!([{ "type": "text", "text": text }]);
    let result = json!({ "content": content, "isError": true });
    reply("tools/call", &json!({ "result": result }))
}

fn refused(method: &str, message: &str, data: &Value) -> Reply {
    let error = json!({ "code": -32000, "message": message, "data": data });
    reply(method, &json!({ "error": error }))
}

fn wait() -> Value {
    json!({ mcp_runtime::RETRY_AFTER: 1.5 })
}

#[test]
fn replies_of_all_kinds_have_a_text() {
    let contents =
        json!({ "contents": [{ "uri": "a:b", "text": "read" }, { "uri": "a:c", "blob": "AA==" }] });
    reply("resources/read", &json!({ "result": contents })).assert_text("read");
    let message =
        |text: &str| json!({ "role": "user", "content": { "type": "text", "text": text } });
    let messages = json!({ "messages": [message("one"), message("two")] });
    reply("prompts/get", &json!({ "result": messages })).assert_text("one\ntwo");
    text("3").assert_text("3");
}

#[test]
fn replies_of_all_kinds_are_refused() {
    for method in ["resources/read", "prompts/get", "completion/complete"] {
        refused(method, "rate limit reached", &wait())
            .assert_refused("rate limit")
            .assert_error("rate limit")
            .assert_rpc_error(-32000);
    }
    let mut call = failed("rate limit reached");
    call.response["result"]["_meta"] = wait();
    call.assert_refused("rate limit").assert_error("rate limit");
}

#[test]
#[should_panic(expected = "expected success")]
fn an_error_of_the_protocol_is_not_ok() {
    refused("resources/read", "no", &json!(null)).assert_ok();
}

#[test]
#[should_panic(expected = "expected success")]
fn an_error_of_a_tool_is_not_ok() {
    failed("no").assert_ok();
}

#[test]
#[should_panic(expected = "expected success")]
fn the_text_of_an_error_is_not_the_text_of_a_result() {
    failed("3").assert_text("3");
}

#[test]
#[should_panic(expected = "expected the text \"3\"")]
fn a_text_that_only_contains_the_expected_one_is_another() {
    text("33").assert_text("3");
}

#[test]
#[should_panic(expected = "expected the text \"33\"")]
fn a_text_that_is_only_a_part_of_the_expected_one_is_another() {
    text("3").assert_text("33");
}

#[test]
#[should_panic(expected = "expected the structured content")]
fn other_structured_content_fails() {
    text(r#"{"a": 1}"#).assert_structured(json!({ "a": 2 }));
}

#[test]
#[should_panic(expected = "expected success")]
fn the_structured_content_of_an_error_fails() {
    failed(r#"{"a": 1}"#).assert_structured(json!({ "a": 1 }));
}

#[test]
#[should_panic(expected = "expected structured content")]
fn a_text_that_is_no_json_is_not_structured() {
    let _ = text("one").structured();
}

#[test]
#[should_panic(expected = "expected a tool error with \"taken\"")]
fn success_is_no_error() {
    text("taken").assert_error("taken");
}

#[test]
#[should_panic(expected = "expected a tool error with \"taken\"")]
fn an_error_with_another_text_fails() {
    failed("gone").assert_error("taken");
}

#[test]
#[should_panic(expected = "expected a tool error with \"taken\"")]
fn an_error_of_the_protocol_is_no_error_of_a_tool() {
    refused("tools/call", "taken", &json!(null)).assert_error("taken");
}

#[test]
#[should_panic(expected = "expected an error with \"taken\"")]
fn an_error_of_a_resource_with_another_text_fails() {
    refused("resources/read", "gone", &json!(null)).assert_error("taken");
}

#[test]
#[should_panic(expected = "expected a refusal with \"rate limit\" and the time to wait")]
fn a_refusal_without_the_time_to_wait_fails() {
    failed("rate limit reached").assert_refused("rate limit");
}

#[test]
#[should_panic(expected = "expected a refusal with \"rate limit\" and the time to wait")]
fn a_refusal_of_a_resource_without_the_time_to_wait_fails() {
    refused("resources/read", "rate limit reached", &json!({})).assert_refused("rate limit");
}

#[test]
#[should_panic(expected = "expected a refusal with \"rate limit\" and the time to wait")]
fn a_refusal_by_another_policy_fails() {
    let mut call = failed("too many calls at a time");
    call.response["result"]["_meta"] = wait();
    call.assert_refused("rate limit");
}

#[test]
#[should_panic(expected = "expected a refusal with \"rate limit\" and the time to wait")]
fn success_is_no_refusal() {
    let mut call = text("rate limit");
    call.response["result"]["_meta"] = wait();
    call.assert_refused("rate limit");
}

#[test]
#[should_panic(expected = "expected the JSON-RPC error -32602")]
fn another_code_fails() {
    refused("resources/read", "no", &json!(null)).assert_rpc_error(-32602);
}

#[test]
#[should_panic(expected = "expected the JSON-RPC error -32602")]
fn a_result_is_no_error_of_the_protocol() {
    text("3").assert_rpc_error(-32602);
}

#[test]
#[should_panic(expected = "expected a result")]
fn an_error_has_no_result() {
    refused("resources/read", "no", &json!(null)).result();
}

#[test]
#[should_panic(expected = "expected contents")]
fn a_tool_has_no_contents() {
    text("3").contents();
}

#[test]
#[should_panic(expected = "expected messages")]
fn a_tool_has_no_messages() {
    text("3").messages();
}

fn completion(values: &Value) -> Reply {
    let result = json!({ "completion": { "values": values } });
    reply("completion/complete", &json!({ "result": result }))
}

#[test]
fn completions_are_compared_in_order() {
    completion(&json!(["a", "b"])).assert_completions(["a", "b"]);
    completion(&json!([])).assert_completions([""; 0]);
}

#[test]
#[should_panic(expected = "expected the completions [\"b\", \"a\"]")]
fn completions_in_another_order_fail() {
    completion(&json!(["a", "b"])).assert_completions(["b", "a"]);
}

#[test]
#[should_panic(expected = "expected the completions [\"a\"]")]
fn more_completions_than_expected_fail() {
    completion(&json!(["a", "b"])).assert_completions(["a"]);
}

#[test]
#[should_panic(expected = "expected a completion")]
fn an_error_is_no_completion() {
    refused("completion/complete", "no", &json!(null)).assert_completions([""; 0]);
}

#[test]
#[should_panic(expected = "\n\nrequest: {\n  \"jsonrpc\": \"2.0\",")]
fn a_failure_shows_the_request() {
    text("33").assert_text("3");
}

#[test]
#[should_panic(expected = "\n\nresponse: {\n  \"result\": {")]
fn a_failure_shows_the_response() {
    text("33").assert_text("3");
}
