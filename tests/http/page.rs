//! The page to try the server: the conditions for serving it, and the headers that confine it.

use mcp_runtime::auth::ApiKeys;
use mcp_runtime::{Limits, Server, tool, tools};
use serde_json::{Value, json};

use super::client::{Call, Client};
use crate::support::tools::server;

fn served() -> Client {
    Client::new(server().page(true))
}

/// The files named in the documents of the page, including the documents.
async fn files(client: &Client) -> Vec<String> {
    let (_, html) = client.get("/").await;
    let mut files = vec!["/".to_owned(), "/page/view.html".to_owned()];
    files.extend(names(&html, "=\"page/").map(|name| format!("/page/{name}")));
    let mut next = 0;
    while next < files.len() {
        let (_, text) = client.get(&files[next]).await;
        for name in names(&text, " from './") {
            let path = format!("/page/{name}");
            if !files.contains(&path) {
                files.push(path);
            }
        }
        next += 1;
    }
    files
}

/// The names after `start` in `text`, up to the closing quote.
fn names<'t>(text: &'t str, start: &'t str) -> impl Iterator<Item = &'t str> {
    let rests = text.split(start).skip(1);
    rests.filter_map(|rest| rest.split(['"', '\'']).next())
}

#[tokio::test(start_paused = true)]
async fn the_page_and_all_that_it_loads_are_served_with_their_types() {
    let client = served();
    let files = files(&client).await;
    assert!(files.len() > 15, "{files:?}");
    for path in files {
        let reply = client.open(Call::get().at(&path)).await;
        assert_eq!(reply.status, 200, "{path}");
        let media_type = match path.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "text/html; charset=utf-8",
        };
        assert_eq!(reply.header("content-type"), media_type, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_file_is_confined() {
    let client = served();
    for path in files(&client).await {
        let reply = client.open(Call::get().at(&path)).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors"), "{path}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), value, "{path}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_page_runs_nothing_inline_and_loads_nothing_from_elsewhere() {
    let client = served();
    let reply = client.open(Call::get().at("/")).await;
    let policy = reply.header("content-security-policy").to_owned();
    for rule in [
        "script-src 'self';",
        "style-src 'self';",
        "connect-src 'self';",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(rule), "{rule}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("http"));
    let html = reply.text().await;
    assert!(
        !html.contains("<script>") && !html.contains("://"),
        "{html}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_view_has_an_origin_of_its_own_and_is_framed_by_the_page_alone() {
    let reply = served().open(Call::get().at("/page/view.html")).await;
    let policy = reply.header("content-security-policy");
    assert!(policy.starts_with("sandbox allow-scripts allow-forms;"));
    assert!(!policy.contains("allow-same-origin"), "{policy}");
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
}

#[tokio::test(start_paused = true)]
async fn the_guard_applies_to_the_page() {
    let client = served();
    for path in ["/", "/page/main.js", "/page/limits"] {
        for (name, value) in [
            ("host", "evil.example.com"),
            ("origin", "http://evil.example.com"),
        ] {
            let call = Call::get().at(path).header(name, value);
            client.send(call).await.assert_error(403, -32600);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_file_of_the_page_is_not_found() {
    let client = served();
    for path in [
        "/page",
        "/page/",
        "/page/mod.rs",
        "/page/page.html",
        "/page/../main.js",
        "/page/%2e%2e/main.js",
        "/page/main.js/",
        "/index.html",
    ] {
        assert_eq!(client.get(path).await.0, 404, "{path}");
    }
    let posted = client.open(Call::post("{}").at("/")).await;
    assert_eq!(posted.status, 405);
}

#[tokio::test(start_paused = true)]
async fn a_router_has_the_page_only_if_the_program_enables_it() {
    for (server, status) in [
        (server(), 404),
        (server().page(false), 404),
        (server().page(true), 200),
    ] {
        let client = Client::new(server);
        assert_eq!(client.get("/").await.0, status);
        assert_eq!(client.get("/page/main.js").await.0, status);
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_with_a_page_of_its_own_keeps_it() {
    use mcp_runtime::axum::Router;
    use mcp_runtime::axum::routing::get;
    let own = Router::new().route("/", get(async || "mine"));
    let client = Client::from(own.merge(server().into_router()));
    assert_eq!(client.get("/").await, (200, "mine".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn the_limits_in_force_are_served_with_their_origins() {
    /// Is limited.
    #[tool(rate_limit = "5/min", timeout = "2s")]
    async fn limited() {}
    /// Is for some.
    #[tool(scopes("admin"))]
    fn reserved() {}
    let server = Server::new("limits", "1.0.0")
        .tools(tools![limited, reserved])
        .limits(Limits::default().connections_per_ip(7));
    let (status, text) = Client::new(server.page(true)).get("/page/limits").await;
    assert_eq!(status, 200);
    let limits: Value = serde_json::from_str(&text).unwrap();
    let expected = json!([{ "name": "limited", "limits": [
        { "key": "rate_limit", "value": "5/min", "source": "attribute" },
        { "key": "timeout", "value": "2s", "source": "attribute" },
    ] }]);
    assert_eq!(limits["tools"], expected);
    let settings = limits["settings"].as_array().unwrap();
    let of = |name| settings.iter().find(|it| it["name"] == name).unwrap();
    assert_eq!(of("limits.connections_per_ip")["value"], "7");
    assert!(settings.iter().all(|it| it["help"] != ""));
}

#[tokio::test(start_paused = true)]
async fn the_limits_are_served_to_verified_callers_only() {
    let keys = ApiKeys::new(["ann:a-key-that-is-long-enough-0123456789"]);
    let client = Client::new(server().auth(keys).page(true));
    assert_eq!(client.get("/").await.0, 200);
    assert_eq!(client.get("/page/limits").await.0, 401);
    let known = Call::get().at("/page/limits");
    let known = known.header(
        "authorization",
        "Bearer a-key-that-is-long-enough-0123456789",
    );
    assert_eq!(client.open(known).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn the_entries_of_clients_name_the_url_that_is_asked_for() {
    let client = served();
    let path = "/page/clients?url=http%3A%2F%2Flocalhost%3A8080%2Fmcp";
    let (status, text) = client.get(path).await;
    assert_eq!(status, 200);
    let entries: Value = serde_json::from_str(&text).unwrap();
    let entries = entries.as_array().unwrap();
    assert_eq!(entries.len(), 9);
    for entry in entries {
        let text = entry["entry"].as_str().unwrap();
        assert!(text.contains("http://localhost:8080/mcp"), "{entry}");
        let file = entry["file"].as_str().unwrap_or_default();
        let home = std::env::var("HOME").unwrap_or_default();
        assert!(home.len() < 2 || !file.contains(&home), "{file}");
    }
    for query in [
        "",
        "?url=",
        "?url=file:///etc",
        "?url=javascript:x",
        "?url=%ff",
        "?x=http://y",
    ] {
        let (status, _) = client.get(&format!("/page/clients{query}")).await;
        assert_eq!(status, 400, "{query}");
    }
}
