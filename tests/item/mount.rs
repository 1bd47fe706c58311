//! Servers composed under prefixes.

use mcp_runtime::{Server, prompt, prompts, resource, resources, tool, tools};
use mcp_testkit::TestClient;
use serde_json::json;

struct Till {
    currency: &'static str,
}

#[mcp_runtime::server]
impl Till {
    /// Pays.
    #[tool(rate_limit = "1/h")]
    async fn pay(&self, amount: u32) -> String {
        format!("{amount} {}", self.currency)
    }

    /// One bill.
    #[resource("billing://bills/{number}")]
    async fn bill(&self, number: u32) -> String {
        format!("bill {number} in {}", self.currency)
    }

    /// A reminder.
    #[prompt]
    async fn remind(&self, #[arg(one_of("soon", "now"))] when: String) -> String {
        format!("Pay {when}, in {}.", self.currency)
    }

    #[ready]
    async fn bank(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Pays nobody.
#[tool]
async fn pay() -> &'static str {
    "nobody"
}

/// What is in the shop.
#[resource("shop://items")]
async fn items() -> &'static str {
    "tea"
}

/// Praise.
#[prompt]
async fn praise() -> &'static str {
    "Praise tea."
}

fn shop() -> Server {
    Server::new("shop", "1.0.0")
        .tools(tools![pay])
        .resources(resources![items])
        .prompts(prompts![praise])
}

#[mcp_testkit::server]
fn server() -> Server {
    shop()
        .mount("billing", Till { currency: "EUR" }.into_server())
        .mount(
            "abroad",
            Server::new("abroad", "1.0.0")
                .mount("till", Till { currency: "ISK" }.into_server())
                .tools(tools![]),
        )
}

#[test]
fn two_mounted_servers_with_one_uri_stop_the_start() {
    let error = server().check().unwrap_err().to_string();
    assert!(
        error.contains("`billing.bill` and `abroad.till.bill` match one URI"),
        "{error}"
    );
}

fn mounted() -> Server {
    shop().mount("billing", Till { currency: "EUR" }.into_server())
}

#[mcp_testkit::test(eras = "all", server = mounted)]
async fn names_have_the_prefix_and_uris_do_not(client: TestClient) {
    let names: Vec<_> = client
        .tools()
        .await
        .iter()
        .map(|tool| tool["name"].clone())
        .collect();
    assert_eq!(names, ["pay", "billing.pay"]);
    client.call("pay", json!({})).await.assert_text("nobody");
    client
        .call("billing.pay", json!({"amount": 5}))
        .await
        .assert_text("5 EUR");
    client
        .call("billing.pay", json!({"amount": 5}))
        .await
        .assert_refused("rate limit of 1/h for tool `billing.pay`");
    let read = client.read("billing://bills/7").await;
    assert_eq!(read.result()["contents"][0]["text"], "bill 7 in EUR");
    let templates = client.request("resources/templates/list", json!({})).await;
    assert_eq!(
        templates.result()["resourceTemplates"][0]["name"],
        "billing.bill"
    );
    let prompt = json!({"name": "billing.remind", "arguments": {"when": "now"}});
    let got = client.request("prompts/get", prompt).await;
    assert_eq!(
        got.result()["messages"][0]["content"]["text"],
        "Pay now, in EUR."
    );
    let asked = json!({
        "ref": {"type": "ref/prompt", "name": "billing.remind"}, "argument": {"name": "when", "value": "s"},
    });
    let proposed = client.request("completion/complete", asked).await;
    assert_eq!(proposed.result()["completion"]["values"], json!(["soon"]));
    assert_eq!(
        client
            .metric("mcp_tool_invocations_total{tool=\"billing.pay\",outcome=\"ok\"}")
            .await,
        1.0
    );
}

#[test]
fn a_prefix_must_be_part_of_a_name() {
    for prefix in ["", "a b", "ä", &"x".repeat(128)] {
        let error = shop()
            .mount(prefix, Till { currency: "EUR" }.into_server())
            .check()
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("mount its server under another prefix"),
            "{error}"
        );
    }
    let part = || Server::new("part", "1.0.0").tools(tools![pay]);
    let twice = shop().mount("a", part()).mount("a", part());
    assert!(
        twice
            .check()
            .unwrap_err()
            .to_string()
            .contains("two tools are called `a.pay`")
    );
}

/// Two servers in one application: their routes conflict when merged, and do not if each is nested or an endpoint
/// alone.
mod beside {
    use mcp_runtime::axum::Router;
    use mcp_runtime::axum::body::Body;
    use mcp_runtime::axum::http::{Request, StatusCode};
    use mcp_runtime::{Server, tool, tools};
    use tower::ServiceExt as _;

    /// Does one thing.
    #[tool(read_only)]
    async fn one() {}

    fn server(name: &str) -> Server {
        Server::new(name, "1.0.0").tools(tools![one])
    }

    async fn status(app: &Router, path: &str) -> StatusCode {
        let request = Request::get(path).body(Body::empty()).unwrap();
        app.clone().oneshot(request).await.unwrap().status()
    }

    #[tokio::test(start_paused = true)]
    async fn two_servers_are_nested_in_one_application() {
        let app = Router::new()
            .nest("/billing", server("billing").into_router())
            .nest("/shop", server("shop").into_router())
            .route_service("/plain/mcp", server("plain").into_service());
        for path in [
            "/billing/health",
            "/billing/ready",
            "/shop/health",
            "/shop/metrics",
        ] {
            assert_eq!(status(&app, path).await, StatusCode::OK, "{path}");
        }
        assert_eq!(status(&app, "/health").await, StatusCode::NOT_FOUND);
        assert_eq!(status(&app, "/plain/health").await, StatusCode::NOT_FOUND);
        for path in ["/billing/mcp", "/shop/mcp", "/plain/mcp"] {
            assert_ne!(status(&app, path).await, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    #[should_panic(expected = "Overlapping method route")]
    fn two_merged_servers_overlap() {
        drop(server("a").into_router().merge(server("b").into_router()));
    }
}
