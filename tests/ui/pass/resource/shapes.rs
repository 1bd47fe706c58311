//! Every shape of function and template that a resource may have.
#![deny(warnings)]

use mcp_runtime::{
    Completion, Context, Json, Resource, Server, State, ToolError, model, resource, resources,
};

/// A state.
#[derive(State)]
struct App {
    db: Db,
}

struct Db;

/// A kind.
#[model]
enum Part {
    Head,
    Tail,
}

/// Has a raw name, a raw variable and one with an underscore.
#[resource("docs://{type}/{_id}")]
async fn r#match(r#type: String, #[arg(rename = "_id", complete = ids)] _id: u64) -> Json<u64> {
    drop(r#type);
    Json(_id)
}

async fn ids(completion: Completion) -> Result<[String; 1], ToolError> {
    Ok([completion.argument("type").unwrap_or_default().to_owned()])
}

/// Has a part, a list and a query.
#[resource("parts://{part}{/path*}{?limit,from,tag*}")]
async fn parts(
    part: Part,
    path: Vec<String>,
    #[arg(default = 10, range = 1..=100)] limit: u32,
    from: Option<u32>,
    #[arg(default)] tag: Vec<String>,
    db: &Db,
    app: &App,
    cx: &Context,
) -> Option<Result<Vec<Resource>, String>> {
    let _ = (limit, from, db, &app.db, cx, tag);
    match part {
        Part::Head => path.first().map(|_| Ok(Vec::new())),
        Part::Tail => None,
    }
}

/// Is a file anywhere.
#[resource("file:///{+path}")]
fn file(#[arg(length = 1..)] path: String) -> Result<Vec<u8>, ToolError> {
    Ok(path.into_bytes())
}

/// Is on the web.
#[resource("https://example.com/a?b=c#d")]
fn web() -> Resource {
    Resource::text("https://example.com/", "text/plain", "x")
}

/// Is here or not.
#[cfg(any())]
#[resource("docs://gone")]
async fn gone(missing: &Missing) -> Missing {}

macro_rules! page {
    ($name:ident, $uri:literal, $text:literal, $mime:literal) => {
        #[doc = $text]
        #[resource($uri, mime_type = $mime)]
        async fn $name() -> &'static str {
            $text
        }
    };
}
page!(intro, "docs:intro", "An introduction.", "text/plain");
page!(outro, "docs:outro", "An end.", "text/plain");

#[test]
fn compiles() {
    drop((
        r#match(String::new(), 1),
        web(),
        file(String::new()),
        intro(),
        outro(),
    ));
    let app = App { db: Db };
    let resources = resources![
        r#match,
        parts,
        file,
        web,
        #[cfg(any())]
        gone,
        intro,
        outro
    ];
    drop(Server::new("demo", "1.0.0").state(app).resources(resources));
}
