//! A server with tools that misbehave, for tests that need a real process.

use std::process::Command;
use std::time::Duration;

use mcp_runtime::{
    Confirm, Context, DynamicTool, ElicitError, Resource, Sample, Server, State, ToolError, prompt,
    prompts, resource, resources, tool, tools,
};
use tracing::Instrument as _;

/// Says something back.
#[tool(read_only, timeout = "30s", rate_limit = "100/min")]
async fn echo(
    /// What to say.
    text: String,
) -> String {
    text
}

/// Adds two numbers.
#[tool(read_only)]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// Joins words, under rules that some clients ignore.
#[tool(read_only)]
fn join(
    /// The words.
    #[arg(length = 1..=9)]
    words: Vec<String>,
    /// The number of times.
    #[arg(range = 1..=3, default = 1)]
    times: usize,
    /// Text between the words.
    between: Option<String>,
) -> String {
    let joined = words.join(between.as_deref().unwrap_or(" "));
    vec![joined; times].join("\n")
}

/// Is for few.
#[tool(scopes("admin"))]
async fn guarded() {}

/// Prints to stdout.
#[tool]
#[expect(
    clippy::print_stdout,
    reason = "stdout must stay clean whatever a tool prints"
)]
fn print() -> &'static str {
    println!("printed by the tool");
    "printed"
}

/// Prints as much as a pipe holds, many times over.
#[tool]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool that prints waits for nobody who does not read"
)]
fn print_much(
    /// Lines to print to stdout, and to stderr.
    lines: u32,
) -> &'static str {
    for line in 0..lines {
        println!("printed by the tool, line {line}");
        eprintln!("told by the tool, line {line}");
    }
    "printed"
}

/// Lets another program print to stdout.
#[tool(blocking)]
fn print_by_child() -> Result<&'static str, std::io::Error> {
    Command::new("sh")
        .args(["-c", "echo printed by the child"])
        .status()?;
    Ok("printed")
}

/// Blocks its thread for a while.
#[tool(read_only, audit)]
fn hold(
    /// For how long, in milliseconds.
    ms: u64,
) -> &'static str {
    tracing::info!("said by the tool");
    std::thread::sleep(Duration::from_millis(ms));
    "held"
}

/// Never ends, and never waits.
#[tool]
async fn spin(cx: &Context) {
    cx.progress(1.0, None, "begun");
    loop {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Takes two seconds.
#[tool(read_only)]
async fn slow(cx: &Context) -> &'static str {
    cx.progress(1.0, 2.0, "begun");
    tokio::time::sleep(Duration::from_secs(2)).await;
    "two seconds later"
}

/// Takes a tenth of a second.
#[tool(read_only)]
async fn brief() {
    tokio::time::sleep(Duration::from_millis(100))
        .instrument(tracing::info_span!("resting"))
        .await;
}

/// Never ends.
#[tool(idempotent)]
async fn stuck(cx: &Context) {
    cx.progress(1.0, None, "begun");
    std::future::pending::<()>().await;
}

/// Never ends, and blocks its thread.
#[tool(blocking)]
fn blocked(cx: &Context) {
    cx.progress(1.0, None, "begun");
    loop {
        std::thread::park();
    }
}

/// Panics.
#[tool]
fn explode() -> String {
    panic!("the password is hunter2")
}

/// Has a name that not every client takes.
#[tool(name = "shop.search", read_only)]
async fn dotted(#[arg(email)] mail: String) -> String {
    mail
}

/// Deletes a file, if the user is sure.
#[tool(destructive)]
async fn delete(cx: &Context, path: String) -> Result<String, ElicitError> {
    let sure: Confirm = cx
        .elicit("confirm", format!("Really delete {path}?"))
        .await?;
    Ok(if sure.yes() { "deleted" } else { "kept" }.to_owned())
}

/// Books seats.
#[tool]
fn book(
    #[arg(elicit = "How many seats?")] seats: i64,
    #[arg(elicit = "By the window?")] window: bool,
) -> String {
    format!("{seats} {window}")
}

/// Builds the index anew.
#[tool(task = "required")]
async fn reindex(cx: &Context, pages: u32) -> Result<String, ToolError> {
    if pages == 0 {
        return Err(ToolError::new("nothing to build"));
    }
    for page in 0..pages {
        cx.progress(page, pages, format!("page {page}"));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(format!("{pages} pages"))
}

/// Empties the index, if the user is sure.
#[tool(task = "required", destructive)]
async fn empty(cx: &Context) -> Result<&'static str, ElicitError> {
    let sure: Confirm = cx.elicit("sure", "Really empty it?").await?;
    Ok(if sure.yes() { "emptied" } else { "kept" })
}

/// Has the user sign in.
#[tool]
async fn sign_in(cx: &Context) -> Result<&'static str, ElicitError> {
    cx.elicit_url("sign_in", "Sign in first.", "https://example.com/sign-in")
        .await?;
    Ok("signed in")
}

/// Runs the client's model.
#[tool]
async fn think(cx: &Context) -> Result<String, ElicitError> {
    Ok(cx.sample("think", Sample::new("Think.")).await?.text())
}

/// A note.
#[resource("note://{name}", cache = "60s")]
fn note(name: String) -> String {
    format!("note {name}")
}

/// Three bytes.
#[resource("bytes://three", mime_type = "image/png")]
fn three() -> Resource {
    Resource::blob("bytes://three", "image/png", [1, 255, 3])
}

/// A greeting.
#[prompt(timeout = "5s")]
async fn greet(name: String, tone: Option<String>) -> String {
    let tone = tone.unwrap_or_else(|| "kind".to_owned());
    format!("Greet {name}, {tone}.")
}

/// An incomplete line stays in the buffer of `print!`.
#[expect(
    clippy::print_stdout,
    reason = "a library may do this before the server runs"
)]
fn print_without_its_end() {
    print!("printed before");
}

/// Fails for reasons of its own.
#[tool]
fn fail() -> Result<String, ToolError> {
    Err(Outer(std::io::Error::other("no disk")))?
}

/// An error with a cause.
#[derive(Debug)]
struct Outer(std::io::Error);

impl std::fmt::Display for Outer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cannot load")
    }
}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// A state whose destructor misbehaves.
#[derive(State)]
struct Burden;

impl Drop for Burden {
    fn drop(&mut self) {
        match std::env::var("PROBE_STATE").as_deref() {
            Ok("panics") => panic!("the state is gone"),
            Ok("hangs") => loop {
                std::thread::park();
            },
            _ => {}
        }
    }
}

/// Adds the tool `later` when the server starts.
fn adding(server: Server<Burden>) -> Server<Burden> {
    let items = server.items();
    server.on_start("adding", move |_| {
        let schema = serde_json::json!({ "type": "object", "properties": {} });
        let tool = DynamicTool::new("later", schema)
            .description("Comes later.")
            .handler(|_cx, _arguments| async { "late" });
        let added = items.add_tool(tool).map_err(|error| error.to_string());
        Box::pin(async { added })
    })
}

/// Adds hooks for the start and the stop, if `PROBE_HOOKS` is set.
fn hooked(server: Server<Burden>) -> Server<Burden> {
    let Ok(wanted) = std::env::var("PROBE_HOOKS") else {
        return server;
    };
    server
        .on_start("open", move |_: &Burden| {
            let wanted = wanted.clone();
            Box::pin(async move {
                tracing::info!("opening by the probe");
                match wanted.as_str() {
                    "failing" => return Err("no such database".to_owned()),
                    "hanging" => std::future::pending().await,
                    _ => tracing::info!("opened by the probe"),
                }
                Ok(())
            })
        })
        .on_stop("close", |_: &Burden| {
            Box::pin(async {
                tracing::info!("closed by the probe");
                Ok(())
            })
        })
}

/// Presents the server by the texts of the environment.
fn described(server: Server<Burden>) -> Server<Burden> {
    let server = match std::env::var("PROBE_TITLE") {
        Ok(title) => server.title(title),
        Err(_) => server,
    };
    let server = match std::env::var("PROBE_WEBSITE") {
        Ok(url) => server.website_url(url),
        Err(_) => server,
    };
    match std::env::var("PROBE_INSTRUCTIONS") {
        Ok(text) => server.instructions(text),
        Err(_) => server,
    }
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    if std::env::var_os("PROBE_PRINTS_FIRST").is_some() {
        print_without_its_end();
    }
    let millis = |name| {
        let millis = std::env::var(name).ok()?.parse().ok()?;
        Some(Duration::from_millis(millis))
    };
    let deadline = millis("PROBE_DEADLINE_MS");
    let version = std::env::var("PROBE_VERSION");
    let version = version.unwrap_or_else(|_| "1.2.3".to_owned());
    let server = Server::new("probe", version).state(Burden).tools(tools![
        echo,
        add,
        guarded,
        print,
        print_much,
        print_by_child,
        hold,
        spin,
        reindex,
        empty,
        slow,
        brief,
        stuck,
        blocked,
        explode,
        fail,
        delete,
        book,
        sign_in,
        think
    ]);
    let server = server
        .resources(resources![note, three])
        .prompts(prompts![greet]);
    let server = if std::env::var_os("PROBE_DOTTED").is_some() {
        server.tools(tools![dotted])
    } else {
        server
    };
    let server = if std::env::var_os("PROBE_RULES").is_some() {
        server.tools(tools![join])
    } else {
        server
    };
    let server = hooked(described(server));
    let server = match std::env::var_os("PROBE_ADDS") {
        Some(_) => adding(server),
        None => server,
    };
    let server = match std::env::var("PROBE_OPS") {
        Ok(address) => server.ops_bind(address),
        Err(_) => server,
    };
    let server = match std::env::var_os("PROBE_AUDIT") {
        Some(path) => server.audit_file(path),
        None => server,
    };
    let server = match millis("PROBE_DELAY_MS") {
        Some(delay) => server.shutdown_delay(delay),
        None => server,
    };
    match deadline {
        Some(deadline) => server.shutdown_deadline(deadline).run().await,
        None => server.run().await,
    }
}
