//! Templates that list their resources: in stable pages, according to access, and with failing functions.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcp_runtime::{
    Context, Principal, ResourceLink, Server, State, ToolError, resource, resources, server,
};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

type Names = Arc<Mutex<BTreeSet<String>>>;

struct Cache {
    names: Names,
}

fn link(name: &str) -> ResourceLink {
    ResourceLink::new(format!("cache://{name}"), name)
}

/// A cache.
#[server(page_size = 2)]
impl Cache {
    /// The known names.
    #[resource("about:cache", name = "What is known?", meta(owner = "cache", "com.example/tags" = ["a", "b"]))]
    async fn about(&self) -> &'static str {
        "a cache"
    }

    /// A cached page.
    #[resource("cache://{name}", list = Self::cached)]
    async fn page(&self, name: String) -> Option<String> {
        let names = self.names.lock().unwrap();
        names.contains(&name).then_some(name)
    }

    /// The names of the staff.
    #[resource("staff://{name}", list = Self::private, scopes("staff"))]
    async fn secret(&self, name: String) -> String {
        name
    }

    /// A template that takes too long to list.
    #[resource("slow://{name}", list = Self::slow)]
    async fn slowly(&self, name: String) -> String {
        name
    }

    /// A template that cannot be listed.
    #[resource("broken://{name}", list = Self::broken)]
    async fn broken_one(&self, name: String) -> String {
        name
    }

    /// A template whose list panics.
    #[resource("panic://{name}", list = Self::panicking)]
    async fn panicking_one(&self, name: String) -> String {
        name
    }

    #[expect(clippy::unused_async, reason = "a list may wait")]
    async fn cached(&self, who: &Principal) -> Vec<ResourceLink> {
        let names = self.names.lock().unwrap();
        let hers = who.subject().map(link);
        let elsewhere = ResourceLink::new("other://x", "x");
        names
            .iter()
            .rev()
            .map(|name| link(name))
            .chain(hers)
            .chain([elsewhere])
            .collect()
    }

    fn private() -> Vec<ResourceLink> {
        vec![ResourceLink::new("staff://plan", "The plan")]
    }

    async fn slow(&self, _cx: &Context) -> Vec<ResourceLink> {
        tokio::time::sleep(Duration::from_secs(6)).await;
        vec![ResourceLink::new("slow://x", "x")]
    }

    fn broken() -> Result<Vec<ResourceLink>, ToolError> {
        Err(ToolError::new("no disk"))
    }

    fn panicking(&self) -> Vec<ResourceLink> {
        let names = self.names.lock().unwrap().len();
        panic!("listing {names}")
    }
}

fn start(all: &[&str]) -> (Names, Server<Cache>) {
    let names: Names = Arc::new(Mutex::new(
        all.iter().map(|&name| name.to_owned()).collect(),
    ));
    let cache = Cache {
        names: Arc::clone(&names),
    };
    (names, cache.into_server())
}

fn uris(page: &Value) -> Vec<String> {
    let uri = |entry: &Value| entry["uri"].as_str().unwrap().to_owned();
    page["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(uri)
        .collect()
}

async fn page(client: &TestClient, cursor: &Value) -> Value {
    let params = if cursor.is_null() {
        json!({})
    } else {
        json!({ "cursor": cursor })
    };
    client
        .request("resources/list", params)
        .await
        .assert_ok()
        .result()
        .clone()
}

#[tokio::test(start_paused = true)]
async fn resources_of_a_template_are_listed_in_pages_in_every_revision() {
    for version in era::ALL {
        let (_, server) = start(&["c", "a", "b"]);
        let client = TestClient::with_version(server, version).await;
        let all = client.resources().await;
        let all: Vec<_> = all.iter().map(|it| it["uri"].as_str().unwrap()).collect();
        assert_eq!(
            all,
            ["about:cache", "cache://a", "cache://b", "cache://c"],
            "{version:?}"
        );
        client.read("cache://a").await.assert_text("a");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cursor_stays_valid_while_entries_are_added_and_removed() {
    let (names, server) = start(&["a", "c", "e", "g"]);
    let client = TestClient::new(server).await;
    let first = page(&client, &Value::Null).await;
    assert_eq!(uris(&first), ["about:cache", "cache://a"]);
    {
        let mut names = names.lock().unwrap();
        names.remove("a");
        names.remove("c");
        names.insert("0".to_owned());
        names.insert("d".to_owned());
    }
    let second = page(&client, &first["nextCursor"]).await;
    assert_eq!(uris(&second), ["cache://d", "cache://e"]);
    let third = page(&client, &second["nextCursor"]).await;
    assert_eq!(uris(&third), ["cache://g"]);
    let mut cursor = third["nextCursor"].clone();
    while !cursor.is_null() {
        let page = page(&client, &cursor).await;
        assert_eq!(uris(&page), Vec::<String>::new());
        cursor = page["nextCursor"].clone();
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_depends_on_the_caller() {
    let (_, server) = start(&["a"]);
    let client = TestClient::new(server).await;
    let ann = client.clone().principal(Principal::new("ann", ["staff"]));
    let uris = |all: Vec<Value>| {
        all.into_iter()
            .map(|it| it["uri"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(uris(client.resources().await), ["about:cache", "cache://a"]);
    let hers = ["about:cache", "cache://a", "cache://ann", "staff://plan"];
    assert_eq!(uris(ann.resources().await), hers);
}

#[tokio::test(start_paused = true)]
async fn names_of_resources_are_unrestricted_and_declarations_have_meta() {
    let (_, server) = start(&[]);
    let client = TestClient::new(server).await;
    let about = client.resources().await.remove(0);
    assert_eq!(about["name"], "What is known?");
    let meta = json!({ "owner": "cache", "com.example/tags": ["a", "b"] });
    assert_eq!(about["_meta"], meta);
}

#[tokio::test(start_paused = true)]
async fn listing_is_limited_as_completion_is() {
    let (_, server) = start(&["a"]);
    let client = TestClient::new(server).await;
    let mut refused = None;
    for _ in 0..601 {
        let reply = client.request("resources/list", json!({})).await;
        if reply.response().get("error").is_some() {
            refused = Some(reply.response().to_string());
        }
    }
    assert!(refused.is_some_and(|text| text.contains("rate limit")));
}

#[derive(State)]
struct App {
    names: Vec<&'static str>,
}

/// A page, read by a free function.
#[resource("page://{name}", list = pages)]
async fn free_page(app: &App, name: String) -> Option<String> {
    app.names.contains(&&*name).then_some(name)
}

fn pages(app: &App) -> Vec<ResourceLink> {
    let link = |name: &&str| ResourceLink::new(format!("page://{name}"), *name);
    app.names.iter().map(link).collect()
}

#[tokio::test(start_paused = true)]
async fn a_free_function_lists_by_the_state_that_its_resource_borrows() {
    let server = Server::new("pages", "1.0.0")
        .state(App {
            names: vec!["b", "a"],
        })
        .resources(resources![free_page]);
    let client = TestClient::new(server).await;
    let uris: Vec<_> = client
        .resources()
        .await
        .into_iter()
        .map(|it| it["uri"].clone())
        .collect();
    assert_eq!(uris, ["page://a", "page://b"]);
}
