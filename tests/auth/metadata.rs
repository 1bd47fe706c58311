//! Protected-resource metadata (RFC 9728) and challenges, as clients and browsers read them.

use mcp_runtime::Server;
use mcp_runtime::auth::{ApiKeys, Authenticate, Credentials, Deciding, Decision, Reason, Refusal};
use mcp_runtime::axum::Router;
use mcp_runtime::axum::http::Method;
use mcp_runtime::{Principal, tool, tools};
use serde_json::{Value, json};

use super::api_key::{ANN, keys, server, whoami_call};
use crate::http::client::{Call, Client};

const ROOT: &str = "/.well-known/oauth-protected-resource";

/// An issuer whose only token is `reader`.
#[derive(Clone, Debug)]
struct Issuer;

impl Authenticate for Issuer {
    fn authenticate<'a>(&'a self, credentials: &'a Credentials<'a>) -> Deciding<'a> {
        Box::pin(async move {
            match credentials.bearer() {
                None => Decision::Unrecognized,
                Some("reader") => Decision::Verified(Principal::new("reader", ["orders:list"])),
                Some(_) => {
                    Decision::Refused(Refusal::new(Reason::Expired, "the \"token\" has expired"))
                }
            }
        })
    }

    fn authorization_servers(&self) -> Vec<String> {
        vec!["https://login.example.com".to_owned()]
    }
}

/// For staff alone.
#[tool(visible_if = is_staff, scopes("staff:secret"))]
fn hidden() {}

fn is_staff(who: &Principal) -> bool {
    who.has_scope("staff")
}

fn described() -> Server {
    server()
        .tools(tools![hidden])
        .auth(Issuer)
        .public_url("https://mcp.example.com")
}

async fn read(client: &Client, path: &str) -> Value {
    let (status, text) = client.get(path).await;
    assert_eq!(status, 200, "{path}");
    serde_json::from_str(&text).unwrap()
}

fn parameter<'h>(challenge: &'h str, name: &str) -> &'h str {
    let (_, rest) = challenge.split_once(&format!("{name}=\"")).unwrap();
    rest.split_once('"').unwrap().0
}

/// The challenge of a call without credentials.
async fn challenge(client: &Client, call: Call) -> String {
    let reply = client.open(call).await;
    assert_eq!(reply.status, 401);
    reply.header("www-authenticate").to_owned()
}

#[tokio::test(start_paused = true)]
async fn t8_the_resource_is_the_url_of_the_endpoint_at_both_places_and_under_a_prefix() {
    for (public, url) in [
        ("https://mcp.example.com", "https://mcp.example.com/mcp"),
        ("https://mcp.example.com/", "https://mcp.example.com/mcp"),
        ("https://mcp.example.com/mcp", "https://mcp.example.com/mcp"),
        (
            "https://mcp.example.com/shop",
            "https://mcp.example.com/shop/mcp",
        ),
    ] {
        let client = Client::new(server().auth(Issuer).public_url(public));
        for path in [ROOT.to_owned(), format!("{ROOT}/mcp")] {
            let document = read(&client, &path).await;
            assert_eq!(document["resource"], url, "{public} {path}");
        }
        let challenge = challenge(&client, whoami_call()).await;
        let base = url.strip_suffix("/mcp").unwrap();
        let metadata = parameter(&challenge, "resource_metadata");
        assert_eq!(metadata, format!("{base}{ROOT}/mcp"));
    }
    let nested = Router::new().nest("/{tenant}", described().into_router());
    let client = Client::from(nested);
    let challenge = challenge(&client, whoami_call().at("/billing/mcp")).await;
    let metadata = parameter(&challenge, "resource_metadata");
    let path = metadata.strip_prefix("https://mcp.example.com").unwrap();
    assert_eq!(path, format!("/billing{ROOT}/mcp"));
    let document = read(&client, path).await;
    assert_eq!(document["resource"], "https://mcp.example.com/billing/mcp");
}

#[tokio::test(start_paused = true)]
async fn the_metadata_lists_the_issuers_and_the_scopes_of_public_items() {
    let client = Client::new(described());
    let document = read(&client, ROOT).await;
    assert_eq!(
        document["authorization_servers"],
        json!(["https://login.example.com"])
    );
    assert_eq!(document["scopes_supported"], json!(["orders:read"]));
    assert_eq!(document["bearer_methods_supported"], json!(["header"]));
    assert_eq!(client.get(&format!("{ROOT}/other")).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn each_public_url_has_its_own_resource() {
    let client = Client::new(described().public_url("https://other.example.com:8443"));
    let call = whoami_call().header("host", "other.example.com:8443");
    let challenge = challenge(&client, call).await;
    let expected = format!("https://other.example.com:8443{ROOT}/mcp");
    assert_eq!(parameter(&challenge, "resource_metadata"), expected);
}

#[tokio::test(start_paused = true)]
async fn t9_a_challenge_has_the_metadata_the_scopes_and_the_error() {
    let client = Client::new(described());
    let missing = challenge(&client, whoami_call()).await;
    let metadata = format!("https://mcp.example.com{ROOT}/mcp");
    assert_eq!(
        missing,
        format!("Bearer resource_metadata=\"{metadata}\", scope=\"orders:read\"")
    );
    let expired = whoami_call().header("authorization", "Bearer old");
    let expired = challenge(&client, expired).await;
    assert_eq!(
        expired,
        format!(
            "{missing}, error=\"invalid_token\", error_description=\"the 'token' has expired\""
        )
    );
    let order = Call::tool("order", json!({})).header("authorization", "Bearer reader");
    let reply = client.open(order).await;
    assert_eq!(
        (reply.status, reply.header("www-authenticate")),
        (
            403,
            &*format!(
                "Bearer error=\"insufficient_scope\", scope=\"orders:read\", resource_metadata=\"{metadata}\""
            )
        )
    );
    let allowed = whoami_call().header("authorization", "Bearer reader");
    let reply = client.open(allowed).await;
    assert!(reply.status == 200 && !reply.headers.contains_key("www-authenticate"));
}

#[tokio::test(start_paused = true)]
async fn t10_a_page_of_an_allowed_origin_reads_the_metadata_and_the_challenges() {
    let page = "https://app.example.com";
    let client = Client::new(described().cors_origins([page]));
    let order = Call::tool("order", json!({})).header("authorization", "Bearer reader");
    for (call, status) in [
        (Call::get().at(ROOT), 200),
        (Call::get().at(&format!("{ROOT}/mcp")), 200),
        (whoami_call(), 401),
        (order, 403),
    ] {
        let reply = client.open(call.header("origin", page)).await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.header("access-control-allow-origin"), page);
        let exposed = reply.header("access-control-expose-headers");
        assert!(exposed.contains("www-authenticate"), "{exposed}");
    }
    let asked = "authorization, dpop, mcp-protocol-version, x-api-key";
    for path in [ROOT, "/mcp"] {
        let preflight = Call::of(Method::OPTIONS)
            .at(path)
            .header("origin", page)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", asked);
        let reply = client.open(preflight).await;
        assert_eq!(reply.status, 204);
        let allowed = reply.header("access-control-allow-headers");
        assert!(
            asked.split(", ").all(|it| allowed.contains(it)),
            "{allowed}"
        );
    }
    let foreign = Call::get()
        .at(ROOT)
        .header("origin", "https://evil.example.com");
    assert_eq!(client.open(foreign).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn without_an_issuer_or_a_public_url_there_is_no_metadata() {
    for server in [
        server().auth(Issuer),
        server()
            .auth(ApiKeys::new(keys()))
            .public_url("https://mcp.example.com"),
        server(),
    ] {
        let client = Client::new(server);
        assert_eq!(client.get(ROOT).await.0, 404);
    }
    let alone = Router::new().route_service("/api/mcp", described().into_service());
    let call = whoami_call().at("/api/mcp");
    let told = challenge(&Client::from(alone), call).await;
    assert_eq!(told, "Bearer", "the endpoint alone serves no metadata");
    let client = Client::new(server().auth(ApiKeys::new(keys())));
    assert_eq!(challenge(&client, whoami_call()).await, "Bearer");
    let known = whoami_call().header("x-api-key", ANN);
    assert_eq!(client.send(known).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_security_contact_is_served_where_it_is_set() {
    let path = "/.well-known/security.txt";
    assert_eq!(Client::new(server()).get(path).await.0, 404);
    for (contact, line) in [
        (
            "security@example.com",
            "Contact: mailto:security@example.com\n",
        ),
        (
            "https://example.com/security",
            "Contact: https://example.com/security\n",
        ),
    ] {
        let client = Client::new(
            server()
                .security_contact(contact)
                .auth(ApiKeys::new(keys())),
        );
        let (status, text) = client.get(path).await;
        assert!(status == 200 && text.starts_with(line), "{text}");
        assert!(
            text.lines().any(|line| line.starts_with("Expires: 20")),
            "{text}"
        );
    }
    for wrong in ["nobody", "http://example.com", "mailto:", "https://a b"] {
        let error = server().security_contact(wrong).check().unwrap_err();
        assert!(error.to_string().contains("security_contact"), "{error}");
    }
}
