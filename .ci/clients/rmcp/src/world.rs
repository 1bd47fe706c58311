//! Checks of example-world, the same for every client.

use serde_json::{Value, json};

use crate::peer::{Peer, Result};
use crate::tally::Tally;

const TOOLS: [&str; 4] = [
    "search_countries",
    "country",
    "compare_countries",
    "rank_countries",
];
/// The burst of `rank_countries`, refilled at 5 per minute.
const BURST: u32 = 5;

pub fn text_of(result: &Value) -> String {
    let blocks = result["content"].as_array().into_iter().flatten();
    blocks
        .filter_map(|block| block["text"].as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

pub fn failed(result: &Value) -> bool {
    result["isError"] == true
}

pub async fn checks(tally: &mut Tally, peer: &Peer) -> Result<()> {
    tally.check("says who it is", peer.server() == "world", peer.server());
    let tools = peer.list("tools").await?;
    let listed = TOOLS
        .iter()
        .all(|name| tools.iter().any(|tool| tool["name"] == *name));
    tally.check("lists its tools", listed, json!(tools));
    let described = tools.iter().all(|tool| {
        tool["description"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    });
    tally.check("describes every tool", described, json!(tools));
    good_calls(tally, peer).await?;
    bad_calls(tally, peer).await?;
    refused_call(tally, peer).await
}

async fn good_calls(tally: &mut Tally, peer: &Peer) -> Result<()> {
    let result = peer
        .call("search_countries", json!({ "query": "united", "limit": 3 }))
        .await?;
    let found: Value = serde_json::from_str(&text_of(&result)).unwrap_or_default();
    let ok = !failed(&result)
        && found["countries"]
            .as_array()
            .is_some_and(|countries| countries.len() == 3);
    tally.check("search_countries finds three countries", ok, &result);
    if peer.version() == "2025-03-26" {
        let ok = result.get("structuredContent").is_none();
        tally.check("structured content is not sent to 2025-03-26", ok, &result);
    } else {
        tally.check(
            "its structured content is the same",
            result["structuredContent"] == found,
            &result,
        );
    }

    for code in ["CH", "CHE"] {
        let result = peer.call("country", json!({ "code": code })).await?;
        let ok = !failed(&result) && text_of(&result).contains("Switzerland");
        tally.check(&format!("country {code} is Switzerland"), ok, &result);
    }

    let result = peer
        .call("compare_countries", json!({ "codes": ["AX", "CUW"] }))
        .await?;
    let ok = !failed(&result)
        && ["Åland", "Curaçao"]
            .iter()
            .all(|name| text_of(&result).contains(name));
    tally.check("compare_countries keeps every letter", ok, &result);
    Ok(())
}

async fn bad_calls(tally: &mut Tally, peer: &Peer) -> Result<()> {
    let calls: [(&str, Value, &[&str]); 4] = [
        (
            "search_countries",
            json!({ "query": "", "limit": 500 }),
            &["query", "limit"],
        ),
        (
            "search_countries",
            json!({ "query": "united", "limit": "many" }),
            &["limit"],
        ),
        ("country", json!({}), &["code"]),
        ("compare_countries", json!({ "codes": ["CH"] }), &["codes"]),
    ];
    for (tool, arguments, names) in calls {
        let name = format!(
            "{tool} {arguments} is a tool error that names {}",
            names.join(" and ")
        );
        let result = peer.call(tool, arguments).await?;
        let text = text_of(&result);
        tally.check(
            &name,
            failed(&result) && names.iter().all(|name| text.contains(name)),
            &result,
        );
    }
    let error = peer.error_of_call("no_such_tool").await;
    tally.check(
        "an unknown tool is error -32602",
        error["code"] == -32602,
        &error,
    );
    Ok(())
}

async fn refused_call(tally: &mut Tally, peer: &Peer) -> Result<()> {
    let mut answered = 0;
    let refusal = loop {
        let result = peer
            .call("rank_countries", json!({ "by": "population", "limit": 3 }))
            .await?;
        if failed(&result) || answered > BURST {
            break result;
        }
        answered += 1;
    };
    let text = text_of(&refusal);
    let ok = failed(&refusal) && answered <= BURST;
    tally.check(
        &format!("rank_countries is refused after at most {BURST} calls"),
        ok,
        &refusal,
    );
    let ok = text.contains("rate limit") && text.contains("retry in");
    tally.check("the refusal says `rate limit` and `retry in`", ok, &text);

    let result = peer.call("country", json!({ "code": "JP" })).await?;
    tally.check(
        "other tools still answer",
        !failed(&result) && text_of(&result).contains("Japan"),
        &result,
    );
    Ok(())
}
