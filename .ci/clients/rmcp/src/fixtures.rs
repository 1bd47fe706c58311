//! Checks of example-conformance, the same for every client.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::peer::{Peer, Result};
use crate::tally::Tally;
use crate::world::{failed, text_of};

const LISTS: [(&str, &str, &[&str]); 4] = [
    (
        "tools",
        "name",
        &[
            "test_simple_text",
            "test_tool_with_progress",
            "test_elicitation",
            "test_sampling",
            "test_touch_resource",
        ],
    ),
    (
        "resources",
        "uri",
        &["test://static-text", "test://static-binary", WATCHED],
    ),
    (
        "resourceTemplates",
        "uriTemplate",
        &["test://template/{id}/data"],
    ),
    (
        "prompts",
        "name",
        &[
            "test_simple_prompt",
            "test_prompt_with_arguments",
            "test_prompt_with_embedded_resource",
            "test_prompt_with_image",
        ],
    ),
];
const WATCHED: &str = "test://watched-resource";
const UPDATED: &str = "notifications/resources/updated";
const TOOLS_CHANGED: &str = "notifications/tools/list_changed";
const PROMPTS_CHANGED: &str = "notifications/prompts/list_changed";

pub async fn checks(tally: &mut Tally, peer: &mut Peer) {
    // Where a part fails, the rest is still tried.
    let end = |part: &str, result: Result<()>, tally: &mut Tally| {
        if let Err(error) = result {
            tally.check(&format!("{part} run to the end"), false, error);
        }
    };
    let result = lists(tally, peer).await;
    end("lists", result, tally);
    resources(tally, peer).await;
    let result = prompts(tally, peer).await;
    end("prompts", result, tally);
    let result = results(tally, peer).await;
    end("results", result, tally);
    let result = reports(tally, peer).await;
    end("reports", result, tally);
    let result = questions(tally, peer).await;
    end("questions", result, tally);
    let result = changes(tally, peer).await;
    end("changes", result, tally);
    let result = cancellation(tally, peer).await;
    end("cancellation", result, tally);
}

async fn lists(tally: &mut Tally, peer: &Peer) -> Result<()> {
    for (what, key, expected) in LISTS {
        let entries = peer.list(what).await?;
        let keys: HashSet<&str> = entries
            .iter()
            .filter_map(|entry| entry[key].as_str())
            .collect();
        let ok = expected.iter().all(|name| keys.contains(name)) && keys.len() == entries.len();
        tally.check(
            &format!("lists {what} over all pages, none twice"),
            ok,
            json!(entries),
        );
        let ok = entries.iter().all(|entry| {
            entry["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        });
        tally.check(&format!("describes all {what}"), ok, json!(entries));
        if let Some(prompt) = entries
            .iter()
            .find(|entry| entry["name"] == "test_prompt_with_arguments")
        {
            let arguments = prompt["arguments"].as_array().into_iter().flatten();
            let arguments: Vec<_> = arguments
                .map(|it| (it["name"].as_str(), it["required"].as_bool()))
                .collect();
            let ok = arguments == [(Some("arg1"), Some(true)), (Some("arg2"), Some(true))];
            tally.check("lists a prompt's arguments", ok, prompt);
        }
    }
    Ok(())
}

async fn resources(tally: &mut Tally, peer: &Peer) {
    let read = peer.read("test://static-text").await;
    let contents = &read["contents"][0];
    let ok = contents["uri"] == "test://static-text"
        && contents["mimeType"] == "text/plain"
        && contents["text"] == "This is the content of the static text resource.";
    tally.check("reads a text", ok, &read);

    let read = peer.read("test://static-binary").await;
    let contents = &read["contents"][0];
    let png = contents["blob"]
        .as_str()
        .is_some_and(|blob| blob.starts_with("iVBORw0KGgo"));
    tally.check(
        "reads a blob",
        contents["mimeType"] == "image/png" && png,
        &read,
    );

    let read = peer.read("test://template/123/data").await;
    let contents = &read["contents"][0];
    let data: Value = contents["text"]
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let ok = contents["uri"] == "test://template/123/data"
        && data == json!({ "id": "123", "templateTest": true, "data": "Data for ID: 123" });
    tally.check("reads what a template names", ok, &read);

    let code = if peer.modern { -32602 } else { -32002 };
    let error = peer.read("test://no-such-resource").await;
    let ok = error["code"] == code && error["data"]["uri"] == "test://no-such-resource";
    tally.check(
        &format!("an unknown resource is error {code} with its uri"),
        ok,
        &error,
    );
}

async fn prompts(tally: &mut Tally, peer: &Peer) -> Result<()> {
    let prompt = peer.prompt("test_simple_prompt", json!({})).await?;
    let message = &prompt["messages"][0];
    let ok = message["role"] == "user"
        && message["content"]["text"] == "This is a simple prompt for testing.";
    tally.check("gets a prompt", ok, &prompt);

    let prompt = peer
        .prompt(
            "test_prompt_with_arguments",
            json!({ "arg1": "hello", "arg2": "world" }),
        )
        .await?;
    let text = &prompt["messages"][0]["content"]["text"];
    let ok = text == "Prompt with arguments: arg1='hello', arg2='world'";
    tally.check("gets a prompt with arguments", ok, &prompt);

    let uri = "test://example-resource";
    let prompt = peer
        .prompt(
            "test_prompt_with_embedded_resource",
            json!({ "resourceUri": uri }),
        )
        .await?;
    let messages = &prompt["messages"];
    let ok = messages[0]["content"]["resource"]["uri"] == uri
        && messages[1]["content"]["type"] == "text";
    tally.check("gets a prompt with a resource", ok, &prompt);

    let prompt = peer.prompt("test_prompt_with_image", json!({})).await?;
    let ok = prompt["messages"][0]["content"]["mimeType"] == "image/png";
    tally.check("gets a prompt with an image", ok, &prompt);

    for (name, arguments) in [
        ("no_such_prompt", json!({})),
        ("test_prompt_with_arguments", json!({ "arg1": "hello" })),
    ] {
        let check = format!("prompt {name} {arguments} is error -32602");
        let error = peer.prompt(name, arguments).await?;
        tally.check(&check, error["code"] == -32602, &error);
    }

    let values = peer
        .complete("test_prompt_with_arguments", "arg1", "par")
        .await?;
    let ok = !values.is_empty() && values.iter().all(|value| value.starts_with("par"));
    tally.check("completes an argument", ok, json!(values));
    Ok(())
}

async fn results(tally: &mut Tally, peer: &Peer) -> Result<()> {
    let result = peer.call("test_multiple_content_types", json!({})).await?;
    let blocks = result["content"].as_array().into_iter().flatten();
    let types: Vec<_> = blocks.filter_map(|block| block["type"].as_str()).collect();
    tally.check(
        "gets text, an image and a resource",
        types == ["text", "image", "resource"],
        &result,
    );

    let result = peer.call("test_error_handling", json!({})).await?;
    let ok = failed(&result)
        && text_of(&result) == "This tool intentionally returns an error for testing";
    tally.check("gets the error of a tool", ok, &result);
    Ok(())
}

async fn reports(tally: &mut Tally, peer: &Peer) -> Result<()> {
    let told = |method: &str| -> Vec<Value> {
        peer.told()
            .into_iter()
            .filter(|(told, _)| told == method)
            .map(|(_, params)| params)
            .collect()
    };
    peer.forget();
    peer.call("test_tool_with_progress", json!({})).await?;
    let progress = told("notifications/progress");
    let done: Vec<_> = progress
        .iter()
        .filter_map(|it| it["progress"].as_f64())
        .collect();
    tally.check(
        "progress arrives",
        done == [0.0, 50.0, 100.0],
        json!(progress),
    );

    peer.call_with_log("test_tool_with_logging").await?;
    let log = told("notifications/message");
    let logged: Vec<_> = log.iter().filter_map(|it| it["data"].as_str()).collect();
    let expected = [
        "Tool execution started",
        "Tool processing data",
        "Tool execution completed",
    ];
    tally.check("the log arrives", logged == expected, json!(log));
    Ok(())
}

/// A feature that revision 2025-03-26 does not define is a tool error.
async fn unasked(tally: &mut Tally, peer: &Peer) -> Result<()> {
    let result = peer
        .call("test_elicitation", json!({ "message": "Who are you?" }))
        .await?;
    let asked = peer.asked();
    let ok = failed(&result) && text_of(&result).contains("elicitation") && asked.is_empty();
    tally.check(
        "a question that the revision does not have is a tool error",
        ok,
        json!([result, asked]),
    );
    Ok(())
}

async fn forms(tally: &mut Tally, peer: &Peer) -> Result<()> {
    let result = peer
        .call("test_elicitation", json!({ "message": "Who are you?" }))
        .await?;
    let text = text_of(&result);
    let ok =
        !failed(&result) && text.starts_with("User response:") && text.contains("ada@example.com");
    tally.check("answers a question to the user", ok, &result);
    let asked = peer.asked();
    let ok = asked.last().is_some_and(|(method, params)| {
        let required = params["requestedSchema"]["required"]
            .as_array()
            .into_iter()
            .flatten();
        let required: HashSet<_> = required.filter_map(Value::as_str).collect();
        method == "elicitation/create"
            && params["message"] == "Who are you?"
            && required == HashSet::from(["username", "email"])
    });
    tally.check("the question is the tool's", ok, json!(asked));

    let result = peer
        .call("test_input_required_result_multiple_inputs", json!({}))
        .await?;
    let asked = peer.asked();
    let mut methods: Vec<_> = asked.iter().map(|(method, _)| method.as_str()).collect();
    methods.sort_unstable();
    let ok = !failed(&result)
        && methods == ["elicitation/create", "roots/list", "sampling/createMessage"];
    tally.check(
        "answers three questions of one call",
        ok,
        json!([result, asked]),
    );

    let result = peer
        .call("test_input_required_result_multi_round", json!({}))
        .await?;
    let asked = peer.asked();
    tally.check(
        "answers one question after the other",
        !failed(&result) && asked.len() == 2,
        json!([result, asked]),
    );

    let prompt = peer
        .prompt("test_input_required_result_prompt", json!({}))
        .await?;
    let asked = peer.asked();
    let ok = prompt["messages"].is_array() && asked.len() == 1;
    tally.check(
        "answers the question of a prompt",
        ok,
        json!([prompt, asked]),
    );
    Ok(())
}

async fn questions(tally: &mut Tally, peer: &Peer) -> Result<()> {
    match peer.version().as_str() {
        "2025-03-26" => unasked(tally, peer).await?,
        _ => forms(tally, peer).await?,
    }
    let result = peer
        .call(
            "test_sampling",
            json!({ "prompt": "What is the capital of France?" }),
        )
        .await?;
    let ok = !failed(&result) && text_of(&result) == "LLM response: Paris";
    tally.check("answers a question to the model", ok, &result);
    let asked = peer.asked();
    let ok = asked.last().is_some_and(|(method, params)| {
        method == "sampling/createMessage"
            && params["maxTokens"] == 100
            && params["messages"].to_string().contains("capital of France")
    });
    tally.check("the prompt is the tool's", ok, json!(asked));

    let result = peer
        .call("test_input_required_result_list_roots", json!({}))
        .await?;
    let asked = peer.asked();
    let ok = text_of(&result).contains("file:///test/root") && asked.len() == 1;
    tally.check(
        "answers a question for the roots",
        ok,
        json!([result, asked]),
    );
    Ok(())
}

async fn changes(tally: &mut Tally, peer: &mut Peer) -> Result<()> {
    peer.watch(WATCHED).await?;
    peer.forget(); // what came before was not asked for here
    peer.call("test_touch_resource", json!({})).await?;
    let heard = peer.hear(UPDATED).await;
    let ok = heard
        .as_ref()
        .is_some_and(|params| params["uri"] == WATCHED);
    tally.check(
        "hears of a changed resource",
        ok,
        json!([heard, peer.told()]),
    );
    for (tool, method) in [
        ("test_trigger_tool_change", TOOLS_CHANGED),
        ("test_trigger_prompt_change", PROMPTS_CHANGED),
    ] {
        peer.call(tool, json!({})).await?;
        let heard = peer.hear(method).await.is_some();
        tally.check(&format!("hears {method}"), heard, json!(peer.told()));
    }
    peer.leave(WATCHED).await?;
    if peer.modern {
        return Ok(()); // what is no longer listened to is no longer there
    }
    peer.forget();
    peer.call("test_touch_resource", json!({})).await?;
    peer.call("test_trigger_tool_change", json!({})).await?;
    let heard = peer.hear(TOOLS_CHANGED).await.is_some();
    let ok = heard && !peer.told().iter().any(|(method, _)| method == UPDATED);
    tally.check("hears no more of what it left", ok, json!(peer.told()));
    Ok(())
}

async fn cancellation(tally: &mut Tally, peer: &Peer) -> Result<()> {
    let count = async || -> Result<u32> {
        Ok(text_of(&peer.call("test_cancelled_calls", json!({})).await?).parse()?)
    };
    let before = count().await?;
    peer.cancel("test_wait_for_cancellation").await?;
    let mut after = before;
    for _ in 0..500 {
        after = count().await?;
        if after != before {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    tally.check(
        "a call that is taken back is cancelled",
        after == before + 1,
        json!([before, after]),
    );
    Ok(())
}
