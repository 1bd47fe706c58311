//! The hints for caching contents.

use mcp_runtime::{Confirm, Context, ElicitError, Principal, Server, resource, resources};
use mcp_testkit::TestClient;
use serde_json::{Value, json};

/// The same for everybody.
#[resource("kept://shared", cache(ttl = "60s", per = "all"))]
async fn shared() -> &'static str {
    "text"
}

/// Each for himself.
#[resource("kept://own", cache = "60s")]
async fn own() -> &'static str {
    "text"
}

/// The same for everybody who may read it.
#[resource("kept://scoped", scopes("read"), cache(ttl = "60s", per = "all"))]
async fn scoped() -> &'static str {
    "text"
}

/// The same for everybody who sees it.
#[resource("kept://hidden", visible_if = reads, cache(ttl = "60s", per = "all"))]
async fn hidden() -> &'static str {
    "text"
}

/// Created again.
#[resource("kept://fresh")]
async fn fresh() -> &'static str {
    "text"
}

/// Asks.
#[resource("kept://asks", cache(ttl = "60s", per = "all"))]
async fn asks(cx: &Context) -> Result<String, ElicitError> {
    Ok(cx
        .elicit::<Confirm>("sure", "Sure?")
        .await?
        .yes()
        .to_string())
}

fn reads(who: &Principal) -> bool {
    who.has_scope("read")
}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("kept", "1.0.0").resources(resources![shared, own, scoped, hidden, fresh, asks])
}

fn hint(of: &Value) -> (&Value, &Value) {
    (&of["ttlMs"], &of["cacheScope"])
}

#[mcp_testkit::test(eras = "all")]
async fn only_results_for_all_callers_are_public(client: TestClient) {
    let client = client.principal(Principal::new("ann", ["read"]));
    for (uri, ttl, scope) in [
        ("kept://shared", 60_000, "public"),
        ("kept://own", 60_000, "private"),
        ("kept://scoped", 60_000, "private"),
        ("kept://hidden", 60_000, "private"),
        ("kept://fresh", 0, "private"),
    ] {
        for _ in 0..2 {
            let reply = client.read(uri).await;
            let told = if client.version().is_legacy() {
                (Value::Null, Value::Null)
            } else {
                (json!(ttl), json!(scope))
            };
            assert_eq!(
                hint(reply.assert_ok().result()),
                (&told.0, &told.1),
                "{uri}"
            );
        }
    }
}

#[mcp_testkit::test]
async fn what_came_of_an_answer_is_not_to_be_kept(client: TestClient) {
    let client = client.on_elicit(|_| json!({ "confirm": true }));
    let reply = client.read("kept://asks").await;
    assert_eq!(reply.assert_ok().result()["contents"][0]["text"], "true");
    assert_eq!(hint(reply.result()), (&json!(0), &json!("private")));
}
