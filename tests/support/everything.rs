//! A server with declarations of all kinds, and a client of it over lines or HTTP in any revision.

use mcp_runtime::{
    Annotations, Confirm, Content, Context, Json, Prompt, Resource, Sample, Server, ToolError,
    Version, View, model, prompt, prompts, resource, resources, tool, tools,
};
use mcp_testkit::{TestClient, era};
use serde_json::{Map, Value, json};

use crate::http::client::{CAPABILITIES, Call, Client};

const ICON: &str = "https://example.com/icon.png";

/// A point.
#[model(output)]
struct Point {
    x: i32,
}

/// Says where.
#[tool(
    read_only,
    title = "Locator",
    icon = "https://example.com/icon.png",
    ui = "ui://all/page"
)]
async fn locate(#[arg(header = "Region")] region: Option<String>) -> Json<Point> {
    Json(Point {
        x: region.map_or(1, |_| 2),
    })
}

/// Says which.
#[tool(read_only)]
async fn numbers() -> Json<Vec<u8>> {
    Json(vec![1, 2])
}

/// A link, and a text with a date.
#[tool(read_only)]
async fn blocks() -> Vec<Content> {
    let mut resource = Resource::text("all://readme", "text/plain", "text");
    resource.meta = noted();
    let (mut text, mut whole) = (
        Content::text("dated").annotate(dated()),
        Content::resource(resource),
    );
    if let (Content::Text(text), Content::Resource(whole)) = (&mut text, &mut whole) {
        (text.meta, whole.meta) = (noted(), noted());
    }
    vec![
        Content::resource_link("all://readme", "readme"),
        text,
        whole,
    ]
}

/// Asks the user.
#[tool]
async fn ask(cx: &Context) -> Result<bool, ToolError> {
    Ok(cx.elicit::<Confirm>("sure", "Sure?").await?.yes())
}

/// Asks the model.
#[tool]
async fn sample(cx: &Context) -> Result<String, ToolError> {
    Ok(cx.sample("text", Sample::new("Say it.")).await?.text())
}

/// May be a task.
#[tool(task = "optional")]
async fn job() -> &'static str {
    "done"
}

fn noted() -> Option<Map<String, Value>> {
    json!({ "com.example/note": 1 }).as_object().cloned()
}

fn dated() -> Annotations {
    Annotations::default()
        .priority(0.5)
        .last_modified("2026-01-01T00:00:00Z")
}

/// What there is.
#[resource(
    "all://readme",
    title = "Read me",
    icon = "https://example.com/icon.png",
    priority = 0.5,
    last_modified = "2026-01-31T12:00:00Z"
)]
async fn readme() -> &'static str {
    "text"
}

/// Bytes, for a minute, for everybody.
#[resource("all://logo", mime_type = "image/png", cache(ttl = "60s", per = "all"))]
async fn logo() -> Resource {
    let mut logo = Resource::blob("all://logo", "image/png", [1]);
    logo.meta = noted();
    logo
}

/// One row.
#[resource(
    "all://rows/{id}",
    title = "Row",
    icon = "https://example.com/icon.png"
)]
async fn row(id: u32) -> Option<String> {
    (id < 10).then(|| id.to_string())
}

/// Asks before it is read.
#[resource("all://safe")]
async fn safe(cx: &Context) -> Result<String, ToolError> {
    Ok(cx
        .elicit::<Confirm>("sure", "Sure?")
        .await?
        .yes()
        .to_string())
}

/// A page.
#[resource("ui://all/page")]
fn page() -> View {
    View::html("<!doctype html>")
}

/// Praises.
#[prompt(title = "Praise", icon = "https://example.com/icon.png")]
async fn praise(#[arg(one_of("tea", "cup"))] item: String, tone: Option<String>) -> Prompt {
    let _ = tone;
    let link = Content::resource_link("all://readme", "readme");
    Prompt::new().user(item).assistant(link)
}

pub(crate) fn server() -> Server {
    let skill = "---\nname: greet\ndescription: How to greet.\n---\nSay hello.\n";
    Server::new("everything", "1.2.3")
        .title("Everything")
        .website_url("https://example.com")
        .tools(tools![locate, numbers, blocks, ask, sample, job])
        .resources(resources![readme, logo, row, safe, page])
        .prompts(prompts![praise])
        .skill_files([("greet/SKILL.md", skill)])
}

/// The requests that succeed in every revision.
pub(crate) fn requests() -> Vec<(&'static str, Value)> {
    vec![
        ("tools/list", json!({})),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("prompts/list", json!({})),
        ("resources/read", json!({ "uri": "all://readme" })),
        ("resources/read", json!({ "uri": "all://logo" })),
        ("resources/read", json!({ "uri": "all://rows/5" })),
        ("resources/read", json!({ "uri": "skill://greet/SKILL.md" })),
        ("tools/call", json!({ "name": "locate", "arguments": {} })),
        ("tools/call", json!({ "name": "numbers" })),
        ("tools/call", json!({ "name": "blocks" })),
        (
            "tools/call",
            json!({ "name": "locate", "arguments": { "nowhere": 1 } }),
        ),
        (
            "prompts/get",
            json!({ "name": "praise", "arguments": { "item": "tea" } }),
        ),
        ("completion/complete", completion("t")),
    ]
}

/// The requests of the current revision only.
pub(crate) fn modern_requests() -> Vec<(&'static str, Value)> {
    vec![
        ("server/discover", json!({})),
        ("skills/list", json!({})),
        ("skills/get", json!({ "uri": "skill://greet/SKILL.md" })),
        (
            "resources/directory/read",
            json!({ "uri": "skill://greet" }),
        ),
    ]
}

pub(crate) fn completion(value: &str) -> Value {
    let reference = json!({ "type": "ref/prompt", "name": "praise" });
    json!({ "ref": reference, "argument": { "name": "item", "value": value } })
}

/// A client of [`server`], over lines or HTTP.
pub(crate) enum Wire {
    Lines(TestClient),
    Http {
        client: Client,
        session: Option<String>,
        version: Version,
    },
}

impl Wire {
    /// One client of each kind for each revision, with its name.
    pub(crate) async fn all() -> Vec<(String, Version, Self)> {
        Self::all_of(server).await
    }

    /// The same for another server.
    pub(crate) async fn all_of(server: fn() -> Server) -> Vec<(String, Version, Self)> {
        let mut all = Vec::new();
        for version in era::ALL {
            let lines = Self::Lines(TestClient::with_version(server(), version).await);
            all.push((format!("lines {}", version.as_str()), version, lines));
            let client = Client::new(server());
            let session = if version.is_legacy() {
                Some(client.initialize(version.as_str()).await)
            } else {
                None
            };
            all.push((
                format!("HTTP {}", version.as_str()),
                version,
                Self::Http {
                    client,
                    session,
                    version,
                },
            ));
        }
        all
    }

    /// Returns the status (`0` for lines) and the response.
    pub(crate) async fn send(&self, method: &str, params: Value) -> (u16, Value) {
        self.send_with(method, params, json!({})).await
    }

    /// The same for a client that declares these capabilities, if it is a modern one.
    pub(crate) async fn send_with(
        &self,
        method: &str,
        mut params: Value,
        capabilities: Value,
    ) -> (u16, Value) {
        match self {
            Self::Lines(client) => {
                if !client.version().is_legacy() && params.is_object() {
                    params["_meta"][CAPABILITIES] = capabilities;
                }
                let reply = client.request(method, params).await;
                assert!(
                    reply.notifications().is_empty() || client.version().is_legacy(),
                    "{reply:#?}"
                );
                (0, reply.response().clone())
            }
            Self::Http {
                client,
                session: Some(session),
                ..
            } => {
                let answer = client.send(Call::legacy(session, method, params)).await;
                (answer.status, answer.message)
            }
            Self::Http {
                client,
                session: None,
                ..
            } => {
                let named = ["name", "uri", "taskId"]
                    .iter()
                    .find_map(|key| params[key].as_str())
                    .map(str::to_owned);
                let mut call = Call::modern(method, params).meta(CAPABILITIES, capabilities);
                if let Some(name) = named.filter(|name| name.is_ascii()) {
                    call = call.header("mcp-name", &name);
                }
                let answer = client.send(call).await;
                (answer.status, answer.message)
            }
        }
    }

    /// The value of a metric.
    pub(crate) async fn metric(&self, series: &str) -> f64 {
        match self {
            Self::Lines(client) => client.metric(series).await,
            Self::Http { client, .. } => {
                let (_, text) = client.get("/metrics").await;
                let value = text.lines().find_map(|line| {
                    let (name, value) = line.rsplit_once(' ')?;
                    (name == series).then(|| value.parse().unwrap())
                });
                value.unwrap_or_else(|| panic!("no {series}: {text}"))
            }
        }
    }

    /// The server's self-description when the client connects.
    pub(crate) async fn opening(&self) -> Value {
        let initialize = |version: Version| json!({ "protocolVersion": version.as_str(), "capabilities": {}, "clientInfo": {} });
        match self {
            Self::Lines(client) if client.version().is_legacy() => client
                .request("initialize", initialize(client.version()))
                .await
                .result()
                .clone(),
            Self::Http {
                client,
                session: Some(_),
                version,
            } => client
                .send(Call::initialize(version.as_str()))
                .await
                .result()
                .clone(),
            _ => self.send("server/discover", json!({})).await.1["result"].clone(),
        }
    }
}

/// Returns whether `icons` are the declared ones.
pub(crate) fn has_icon(of: &Value) -> bool {
    of["icons"][0]["src"] == ICON
}
