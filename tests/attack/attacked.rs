//! The attacked server: tools that request input, wait, block, panic and hold memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mcp_runtime::{
    Confirm, Context, Json, Server, ToolError, model, resource, resources, tool, tools,
};

/// A typical filter: recursive, with a discriminating tag.
#[model]
#[derive(Debug)]
#[serde(tag = "op")]
enum Filter {
    /// All of them.
    And { items: Vec<Filter> },
    /// Any of them.
    Or { items: Vec<Filter> },
    /// Not it.
    Not { item: Box<Filter> },
    /// A field that has a value.
    Eq { field: String, value: i64 },
}

/// A point.
#[model]
struct Point {
    x: i64,
    y: i64,
}

/// Filters.
#[tool(timeout = "1s")]
async fn filter(filter: Filter) -> String {
    format!("{filter:?}")
}

/// Takes points.
#[tool]
async fn points(items: Vec<Point>) -> String {
    format!("{}", items.iter().map(|it| it.x + it.y).sum::<i64>())
}

/// Fails with what it was given.
#[tool(timeout = "1s")]
async fn redacted(#[arg(redact)] keys: Vec<String>, note: String) -> Result<String, String> {
    Err(format!("{} keys, bad {note}", keys.len()))
}

static RUNS: AtomicUsize = AtomicUsize::new(0);

/// Counts how often it has begun, then asks.
#[tool(rate_limit = "2/h")]
async fn ask_limited(cx: &Context) -> Result<String, ToolError> {
    RUNS.fetch_add(1, Ordering::SeqCst);
    let sure: Confirm = cx.elicit("sure", "Sure?").await?;
    Ok(sure.yes().to_string())
}

/// The number of times that `ask_limited` has begun.
#[tool]
fn runs() -> usize {
    RUNS.load(Ordering::SeqCst)
}

/// Remembers what it was asked.
#[tool(read_only, cache = "1h")]
async fn cached(key: String) -> usize {
    key.len()
}

/// Sleeps.
#[tool]
async fn sleep(seconds: f64) -> &'static str {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    "slept"
}

/// Computes without yielding.
#[tool]
async fn spin(seconds: f64) -> &'static str {
    let begun = Instant::now();
    while begun.elapsed().as_secs_f64() < seconds {
        std::hint::spin_loop();
    }
    "spun"
}

/// Blocks its thread.
#[tool]
fn block(seconds: f64) -> &'static str {
    std::thread::sleep(Duration::from_secs_f64(seconds));
    "blocked"
}

/// Prints many lines.
#[tool]
#[expect(clippy::print_stdout, reason = "a tool may do this")]
fn print(lines: usize) -> &'static str {
    for number in 0..lines {
        println!("line {number} of a tool that prints");
    }
    "printed"
}

/// Runs as a task.
#[tool(read_only, task = "optional")]
async fn job(seconds: f64) -> &'static str {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    "done"
}

/// Fails for what does not exist.
#[tool(read_only, breaker(failures = 5, cooldown = "30s"))]
async fn lookup(word: String) -> Result<String, ToolError> {
    if word == "good" {
        return Ok(word);
    }
    Err(ToolError::new(format!("there is no word {word}")))
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a bomb");
    }
}

/// Panics where it is dropped.
#[tool(timeout = "100ms")]
async fn bomb() {
    let _bomb = Bomb;
    std::future::pending::<()>().await;
}

#[derive(Debug)]
struct BadError;

impl std::fmt::Display for BadError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("a bad error")
    }
}

impl std::error::Error for BadError {}

/// Fails with an error that cannot be displayed.
#[tool]
async fn unspeakable() -> Result<String, ToolError> {
    Err(BadError)?
}

/// No number.
#[model(output)]
struct Measure {
    x: f64,
}

/// Measures what is no number.
#[tool]
async fn infinite() -> Json<Measure> {
    Json(Measure { x: f64::INFINITY })
}

/// A row.
#[resource("row://{id}")]
async fn row(id: String) -> String {
    id
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    Server::new("attacked", "1.0.0")
        .shutdown_deadline(Duration::from_secs(2))
        .tools(tools![
            filter,
            points,
            redacted,
            ask_limited,
            runs,
            cached,
            sleep,
            spin,
            block,
            print,
            job,
            lookup,
            bomb,
            unspeakable,
            infinite
        ])
        .resources(resources![row])
        .run()
        .await
}
