//! Authentication in front of the endpoint: its refusals, their order, and the open routes.

use mcp_runtime::auth::{ApiKeys, Authenticate, Credentials, Deciding, Decision, Reason, Refusal};
use mcp_runtime::axum::extract::Request;
use mcp_runtime::axum::http::{HeaderName, Method};
use mcp_runtime::axum::middleware::{Next, from_fn};
use mcp_runtime::{Principal, Server};
use serde_json::json;

use super::api_key::{ANN, BOB, bearer, keys, server, text, whoami_call};
use crate::http::client::{Call, Client};
use crate::support::logs::Logs;

fn verified() -> Server {
    server().auth(ApiKeys::new(keys()))
}

/// The number of failures counted for `reason`.
pub(super) async fn failures(client: &Client, reason: &str) -> u32 {
    let (_, metrics) = client.get("/metrics").await;
    let series = format!("mcp_auth_failures_total{{reason=\"{reason}\"}} ");
    let value = metrics.lines().find_map(|line| line.strip_prefix(&series));
    value.unwrap().parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_method_of_the_endpoint_needs_credentials_and_probes_do_not() {
    let client = Client::new(verified());
    for call in [
        whoami_call(),
        Call::initialize("2025-11-25"),
        Call::post("not json at all"),
        Call::post("{}").without("content-type"),
        Call::get(),
        Call::stream("a-session"),
        Call::delete("a-session"),
    ] {
        let reply = client.open(call).await;
        assert_eq!(reply.header("www-authenticate"), "Bearer");
        let answer = reply.answer().await;
        let error = answer.assert_error(401, -32600);
        assert!(error.contains("Authorization: Bearer"), "{error}");
    }
    assert_eq!(failures(&client, "missing").await, 7);
    for path in ["/healthz", "/ready", "/health", "/metrics"] {
        assert_eq!(client.get(path).await.0, 200, "{path}");
    }
    let preflight = Call::of(Method::OPTIONS)
        .header("origin", "http://localhost:6274")
        .header("access-control-request-method", "POST");
    assert_eq!(client.open(preflight).await.status, 204);
}

#[tokio::test(start_paused = true)]
async fn paths_that_resemble_probes_do_not_bypass_authentication() {
    let client = Client::new(verified());
    for path in [
        "/healthz/../mcp",
        "/mcp?x=/healthz",
        "/mcp#/ready",
        "//mcp",
        "/mcp/",
    ] {
        let reply = client.open(whoami_call().at(path)).await;
        assert!(matches!(reply.status, 401 | 404), "{path} {}", reply.status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_malformed_credential_is_400_with_the_remedy() {
    let client = Client::new(verified());
    for value in [
        "Bearer",
        "Bearer ",
        "Bearer a b",
        " ",
        "",
        "abc",
        "Bearer \u{e9}",
    ] {
        let reply = client
            .open(whoami_call().bytes("authorization", value.as_bytes()))
            .await;
        let challenge = reply.header("www-authenticate").to_owned();
        assert!(
            challenge.starts_with("Bearer error=\"invalid_request\""),
            "{challenge}"
        );
        reply.answer().await.assert_error(400, -32600);
    }
    for query in ["access_token", "access%5ftoken", "api_key", "Access_Token"] {
        let call = bearer(ANN).at(&format!("/mcp?a=1&{query}={ANN}"));
        let answer = client.send(call).await;
        let error = answer.assert_error(400, -32600);
        assert!(error.contains("remove") && !error.contains(ANN), "{error}");
    }
    assert_eq!(failures(&client, "malformed").await, 11);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_credential_is_refused_even_where_anonymous_callers_are_allowed() {
    let client = Client::new(verified().auth_required(false));
    assert!(text(&client.send(whoami_call()).await).contains("anonymous"));
    let basic = whoami_call().header("authorization", "Basic YW5uOnNlY3JldA==");
    for (call, reason) in [(bearer("wrong"), "unknown_key"), (basic, "unrecognized")] {
        let reply = client.open(call).await;
        let challenge = reply.header("www-authenticate").to_owned();
        assert!(
            challenge.starts_with("Bearer error=\"invalid_token\""),
            "{challenge}"
        );
        reply.answer().await.assert_error(401, -32600);
        assert_eq!(failures(&client, reason).await, 1);
    }
    let order = Call::tool("order", json!({}));
    client.send(order).await.assert_error(403, -32600);
}

/// Callers by a header; a caller called `nobody` is refused.
#[derive(Debug)]
struct ByHeader(&'static str);

impl Authenticate for ByHeader {
    fn headers(&self) -> Vec<HeaderName> {
        vec![HeaderName::from_static(self.0)]
    }

    fn authenticate<'a>(&'a self, credentials: &'a Credentials<'a>) -> Deciding<'a> {
        Box::pin(async move {
            match credentials.header(self.0) {
                None => Decision::Unrecognized,
                Some("nobody") => {
                    Decision::Refused(Refusal::new(Reason::Claims, "nobody is refused"))
                }
                Some("later") => Decision::Refused(Refusal::new(Reason::Unavailable, "later")),
                Some(name) => Decision::Verified(Principal::new(name, [""; 0]).with_issuer(self.0)),
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn t1_a_caller_accepted_by_one_verifier_passes_and_one_accepted_by_none_is_not_anonymous() {
    let server = server()
        .auth(ApiKeys::new([format!("ann:{ANN}")]).or(ApiKeys::new([format!("bob:{BOB}")])))
        .auth(ByHeader("x-user"))
        .auth_required(false);
    let client = Client::new(server);
    for (call, caller) in [
        (bearer(ANN), "api-key ann "),
        (bearer(BOB), "api-key bob "),
        (whoami_call().header("x-user", "eve"), "x-user eve "),
        (whoami_call(), "nobody anonymous "),
    ] {
        assert_eq!(text(&client.send(call).await), caller);
    }
    for (call, status, reason) in [
        (whoami_call().header("x-user", "nobody"), 401, "claims"),
        (whoami_call().header("x-user", "later"), 503, "unavailable"),
        (bearer("nobody-knows-this-key-here"), 401, "unknown_key"),
        (bearer(ANN).header("x-user", "eve"), 400, "malformed"),
    ] {
        let reply = client.open(call).await;
        assert_eq!(reply.headers.contains_key("retry-after"), status == 503);
        reply.answer().await.assert_error(status, -32600);
        assert_eq!(failures(&client, reason).await, 1, "{reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_principal_of_a_layer_in_front_replaces_only_missing_credentials() {
    async fn eve(mut request: Request, next: Next) -> mcp_runtime::axum::response::Response {
        let eve = Principal::new("eve", [""; 0]).with_issuer("layer");
        request.extensions_mut().insert(eve);
        next.run(request).await
    }
    let client = Client::from(verified().into_router().route_layer(from_fn(eve)));
    assert_eq!(text(&client.send(whoami_call()).await), "layer eve ");
    assert_eq!(text(&client.send(bearer(BOB)).await), "api-key bob ");
    client.send(bearer("wrong")).await.assert_error(401, -32600);
}

#[tokio::test(start_paused = true)]
async fn a_session_belongs_to_the_caller_that_opened_it() {
    let client = Client::new(verified());
    let initialize = Call::initialize("2025-11-25").header("x-api-key", ANN);
    let session = client
        .open(initialize)
        .await
        .header("mcp-session-id")
        .to_owned();
    let list = || Call::legacy(&session, "tools/list", json!({}));
    let own = client.send(list().header("x-api-key", ANN)).await;
    assert_eq!(own.status, 200);
    let other = client.send(list().header("x-api-key", BOB)).await;
    assert_eq!(other.status, 404);
    assert_eq!(client.send(list()).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn each_refusal_is_recorded_without_its_credential_and_ten_of_a_reason_in_a_second() {
    let logs = Logs::new();
    let client = Client::new(verified());
    for _ in 0..25 {
        client.send(bearer("a-secret-that-is-not-known")).await;
    }
    client
        .send(bearer(ANN).at(&format!("/mcp?access_token={BOB}")))
        .await;
    client.send(bearer(ANN).header("x-api-key", BOB)).await;
    client.send(bearer(ANN)).await;
    let records = |reason: &str| {
        let lines = logs.lines();
        let is_record = |line: &&serde_json::Value| {
            line["target"] == "mcp_runtime::audit" && line["fields"]["reason"] == reason
        };
        lines.iter().filter(is_record).count()
    };
    assert_eq!(records("unknown_key"), 10);
    assert_eq!(records("malformed"), 2);
    assert_eq!(failures(&client, "unknown_key").await, 25);
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    client.send(bearer("a-secret-that-is-not-known")).await;
    assert_eq!(records("unknown_key"), 11);
    let text = logs.text();
    for secret in [ANN, BOB, "a-secret-that-is-not-known"] {
        assert!(!text.contains(secret), "a credential is in the log");
    }
}

#[tokio::test(start_paused = true)]
async fn every_reason_is_counted_from_zero() {
    let client = Client::new(server());
    for reason in [
        "missing",
        "malformed",
        "unrecognized",
        "unknown_key",
        "expired",
        "not_yet",
        "audience",
        "issuer",
        "signature",
        "algorithm",
        "claims",
        "proof",
        "replayed",
        "unavailable",
    ] {
        assert_eq!(failures(&client, reason).await, 0, "{reason}");
    }
}

#[tokio::test]
async fn a_line_connection_needs_no_credentials() {
    let client = mcp_testkit::TestClient::new(verified()).await;
    client.call("whoami", json!({})).await.assert_ok();
}
