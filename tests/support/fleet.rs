//! A server of which several run as one, for `.ci/deploy`: its tools are what a load of clients needs to see whether
//! anything is lost.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use mcp_runtime::{
    Confirm, Context, ElicitError, Server, ToolError, prompt, prompts, resource, resources, tool,
    tools,
};

/// Adds two numbers.
#[tool(read_only)]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// Counts against forty in ten seconds of all callers.
#[tool(read_only, rate_limit(quota = "40/10 s", per = "all"))]
fn limited() -> &'static str {
    "counted"
}

/// Reports its progress, a step every 0.1 s.
#[tool]
async fn steps(cx: &Context, steps: u32) -> &'static str {
    for step in 1..=steps {
        cx.progress(step, steps, format!("step {step}"));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    "arrived"
}

/// Asks its user.
#[tool]
async fn ask(cx: &Context) -> Result<&'static str, ElicitError> {
    let sure: Confirm = cx.elicit("sure", "Sure?").await?;
    Ok(if sure.yes() { "sure" } else { "not sure" })
}

/// Works for a while, as a task.
#[tool(task = "required")]
async fn work(cx: &Context, steps: u32) -> &'static str {
    for step in 1..=steps {
        cx.progress(step, steps, "working");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    "worked"
}

/// Fails, and is not called any more after the third time.
#[tool(breaker(failures = 3, cooldown = "5m"))]
fn fail() -> Result<String, ToolError> {
    Err(std::io::Error::other("it fails"))?
}

/// Keeps a value for all callers.
#[tool]
async fn remember(cx: &Context, value: String) -> Result<String, ToolError> {
    let store = cx.store().for_all();
    store.put("value", &value, Duration::from_mins(1)).await?;
    Ok(store.get("value").await?.unwrap_or_default())
}

/// Returns the file that stands for a row of the database that all instances have.
fn row(name: &str) -> PathBuf {
    let folder = std::env::var_os("FLEET_FOLDER").map_or_else(std::env::temp_dir, PathBuf::from);
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    folder.join(format!("row-{plain}"))
}

/// Adds one to a counter, and says that it has changed.
#[tool]
fn bump(cx: &Context, name: String) -> Result<u64, ToolError> {
    let path = row(&name);
    let mut file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(&path)?;
    file.write_all(b".")?;
    let count = std::fs::metadata(&path)?.len();
    cx.resource_updated(format!("counter://{name}"));
    Ok(count)
}

/// A counter.
#[resource("counter://{name}")]
fn counter(name: String) -> String {
    let count = std::fs::metadata(row(&name)).map_or(0, |it| it.len());
    count.to_string()
}

/// A greeting.
#[prompt]
fn greet(name: String) -> String {
    format!("Greet {name}.")
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    Server::new("fleet", "1.0.0")
        .tools(tools![add, limited, steps, ask, work, fail, remember, bump])
        .resources(resources![counter])
        .prompts(prompts![greet])
        .run()
        .await
}
