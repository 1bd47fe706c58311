//! Input requests to the user: one handler for every revision.

mod argument;
mod kinds;
mod metered;
mod policies;
mod rounds;
mod url;

use mcp_runtime::{Confirm, Context, Elicit, ElicitError, Server, ToolError, Version, tool, tools};
use mcp_testkit::{Answer, TestClient};
use serde_json::json;

/// Deletes a file.
#[tool(destructive)]
async fn delete(cx: &Context, path: String) -> Result<String, ToolError> {
    let sure: Confirm = cx
        .elicit("confirm", format!("Really delete {path}?"))
        .await?;
    Ok(if sure.yes() {
        format!("deleted {path}")
    } else {
        format!("kept {path}")
    })
}

#[derive(Elicit)]
struct Guest {
    /// As it is to be on the badge.
    #[elicit(title = "Full name", length = 1..=20)]
    name: String,
    #[elicit(range = 1..=5, default = 1)]
    seats: u8,
    meal: Meal,
    #[elicit(length = 1..)]
    days: Vec<Day>,
    #[elicit(email)]
    mail: Option<String>,
}

#[derive(Elicit, Debug)]
enum Meal {
    #[elicit(title = "With meat", rename = "meat")]
    Meat,
    #[elicit(title = "Without meat", rename = "veggie")]
    Veggie,
}

#[derive(Elicit, Debug)]
enum Day {
    Friday,
    Saturday,
}

/// Signs a guest up.
#[tool]
async fn sign_up(cx: &Context) -> Result<String, ToolError> {
    let Guest {
        name,
        seats,
        meal,
        days,
        mail,
    } = cx.elicit("guest", "Who comes?").await?;
    Ok(format!("{name} {seats} {meal:?} {days:?} {mail:?}"))
}

#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("no name: {0}")]
    Unnamed(#[from] ElicitError),
}

/// Greets.
#[tool]
async fn greet(cx: &Context) -> Result<String, Refusal> {
    Ok(format!(
        "Hello, {}!",
        cx.elicit::<String>("name", "What is your name?").await?
    ))
}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("files", "1.0.0").tools(tools![delete, sign_up, greet])
}

#[mcp_testkit::test(eras = "all")]
async fn one_handler_asks_in_every_revision(client: TestClient) {
    let client = client.on_elicit(|question| {
        assert_eq!(question.message(), "Really delete a.txt?");
        assert_eq!(
            question.schema()["properties"],
            json!({"confirm": {"type": "boolean"}})
        );
        json!({"confirm": true})
    });
    let reply = client.call("delete", json!({"path": "a.txt"})).await;
    if client.version() <= Version::V2025_03_26 {
        reply.assert_error("needs a client that can ask its user by a form (`elicitation`)");
        return;
    }
    reply.assert_text("deleted a.txt");
    assert_eq!(client.asked().len(), 1);
    let client = client.on_elicit(|_| json!({"confirm": false}));
    client
        .call("delete", json!({"path": "a.txt"}))
        .await
        .assert_text("kept a.txt");
    let client = client.on_elicit(|_| Answer::decline());
    client
        .call("delete", json!({"path": "a.txt"}))
        .await
        .assert_error("the user declined to answer `confirm`");
    let client = client.on_elicit(|_| Answer::cancel());
    client
        .call("delete", json!({"path": "a.txt"}))
        .await
        .assert_error("the user closed `confirm` without an answer");
    client
        .call("greet", json!({}))
        .await
        .assert_error("no name: the user closed `name`");
}

#[mcp_testkit::test(eras = "all")]
async fn a_form_is_flat_and_its_response_is_validated(client: TestClient) {
    if client.version() < Version::V2025_11_25 {
        return;
    }
    let client = client.on_elicit(|question| {
        let form = json!({
            "type": "object",
            "properties": {
                "name": {
                    "type": "string", "minLength": 1, "maxLength": 20,
                    "title": "Full name", "description": "As it is to be on the badge.",
                },
                "seats": {"type": "integer", "minimum": 1, "maximum": 5, "default": 1},
                "meal": {"type": "string", "oneOf": [
                    {"const": "meat", "title": "With meat"}, {"const": "veggie", "title": "Without meat"},
                ]},
                "days": {"type": "array", "items": {"type": "string", "enum": ["Friday", "Saturday"]}, "minItems": 1},
                "mail": {"type": "string", "format": "email"},
            },
            "required": ["name", "meal", "days"],
        });
        assert_eq!(question.schema(), &form);
        json!({"name": "Ann", "seats": "2", "meal": "veggie", "days": ["Friday", "Saturday"]})
    });
    client
        .call("sign_up", json!({}))
        .await
        .assert_text("Ann 2 Veggie [Friday, Saturday] None");
    let client = client
        .on_elicit(|_| json!({"name": "", "seats": 9, "meal": "vegie", "days": [], "mail": "x"}));
    let reply = client.call("sign_up", json!({})).await;
    let told = if client.version().is_legacy() {
        reply.text()
    } else {
        reply.assert_rpc_error(-32602);
        reply.response()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for problem in [
        "correct these 5 problems",
        "`name` must have 1 to 20 characters, has 0",
        "`seats` must be from 1 to 5, was 9",
        "`meal` must be \"meat\" or \"veggie\", was \"vegie\"",
        "`days` must have at least 1 item, has 0",
        "`mail` must be an email address, was \"x\"",
    ] {
        assert!(told.contains(problem), "no {problem:?} in {told}");
    }
}
