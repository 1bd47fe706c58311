//! Elicitation: a form, a confirmation and a web page, and a side effect that runs once.

use std::sync::atomic::{AtomicU64, Ordering};

use mcp_runtime::{Confirm, Context, Elicit, Server, State, ToolError, tool, tools};

#[derive(State)]
pub(crate) struct Till {
    /// The number of receipts.
    receipts: AtomicU64,
}

/// A form; clients show a field for each member.
#[derive(Elicit)]
struct Delivery {
    /// The street and the town.
    #[elicit(length = 3..=200)]
    address: String,
    day: Day,
}

#[derive(Elicit, Debug)]
enum Day {
    Today,
    Tomorrow,
}

/// Orders an item: asks for the count if the client did not send it, then for the address, then whether it is right.
#[tool]
async fn order(
    till: &Till,
    cx: &Context,
    item: String,
    #[arg(elicit = "How many?", range = 1..=99)] count: u32,
) -> Result<String, ToolError> {
    let Delivery { address, day } = cx.elicit("delivery", "Where, and when?").await?;
    let question = format!("{count} x {item} to {address}, {day:?}?");
    let sure: Confirm = cx.elicit("sure", question).await?;
    if !sure.yes() {
        return Ok("nothing was ordered".to_owned());
    }
    // With clients of 2026-07-28 the function runs again for each input response; this step runs once.
    let charge = async { till.receipts.fetch_add(1, Ordering::Relaxed) + 1 };
    let receipt: u64 = cx.once("charge", charge).await;
    Ok(format!("receipt {receipt}: {count} x {item}"))
}

/// Connects an account on a page of the server: a password must never be entered into a form of the client.
#[tool]
async fn connect(cx: &Context) -> Result<&'static str, ToolError> {
    cx.elicit_url(
        "sign-in",
        "Sign in to the shop.",
        "https://shop.example.com/connect",
    )
    .await?;
    Ok("connected")
}

pub(crate) fn server() -> Server<Till> {
    let receipts = AtomicU64::new(0);
    Server::new("elicitation", "1.0.0")
        .state(Till { receipts })
        .tools(tools![order, connect])
}

#[cfg(test)]
mod tests {
    use mcp_testkit::{Answer, TestClient};
    use serde_json::json;

    use super::*;

    #[mcp_testkit::server]
    fn server() -> Server<Till> {
        super::server()
    }

    /// A user who answers every question.
    async fn buys(client: TestClient) {
        let client = client.on_elicit(|question| match question.message() {
            text if text.starts_with("How many") => json!({"count": 2}),
            text if text.starts_with("Where") => {
                json!({"address": "1 Main Street", "day": "Today"})
            }
            _ => json!({"confirm": true}),
        });
        let reply = client.call("order", json!({"item": "tea"})).await;
        reply.assert_text("receipt 1: 2 x tea");
    }

    #[mcp_testkit::test]
    async fn the_user_is_asked_in_rounds_and_charged_once(client: TestClient) {
        buys(client).await;
    }

    #[mcp_testkit::test(eras = "2025-11-25")]
    async fn the_user_is_asked_in_a_session(client: TestClient) {
        buys(client).await;
    }

    #[mcp_testkit::test(eras = "2025-11-25")]
    async fn a_user_who_declines_is_heard(client: TestClient) {
        let client = client.on_elicit(|_| Answer::decline());
        let reply = client.call("connect", json!({})).await;
        reply.assert_error("declined");
    }
}
