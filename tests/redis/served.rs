//! The server of which the tests in this folder start several instances, with settings from the environment.

#![expect(
    clippy::print_stderr,
    reason = "an instance says why it could not start"
)]

use std::env::{self, VarError};
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use mcp_runtime::auth::ApiKeys;
use mcp_runtime::{
    Capability, Confirm, Context, Level, Server, ToolError, resource, resources, tool, tools,
};

/// Counts against ten a minute of all callers.
#[tool(rate_limit(quota = "10/min", per = "all"))]
async fn limited() -> &'static str {
    "counted"
}

/// Counts against three in three seconds of all callers.
#[tool(rate_limit(quota = "3/3 s", per = "all"))]
async fn brief() -> &'static str {
    "counted"
}

/// Counts against a quarter of a million a minute of all callers, in memory or in the store.
#[tool(rate_limit(quota = "250000/min", per = "all"))]
async fn many() -> &'static str {
    "counted"
}

/// Says which process has answered, for a minute to all callers.
#[tool(read_only, cache(ttl = "60s", per = "all"))]
async fn whose() -> String {
    std::process::id().to_string()
}

/// The same for each caller.
#[tool(read_only, cache = "60s")]
async fn mine() -> String {
    std::process::id().to_string()
}

/// Forgets what `whose` has said.
#[tool]
async fn clear(cx: &Context) {
    cx.forget("whose");
}

/// Is not limited.
#[tool]
async fn free() -> &'static str {
    "free"
}

/// Remembers a word for all callers.
#[tool]
async fn remember(cx: &Context, word: String) -> Result<&'static str, ToolError> {
    let store = cx.store().for_all();
    store.put("word", &word, Duration::from_mins(1)).await?;
    Ok("remembered")
}

/// Says the word.
#[tool]
async fn recall(cx: &Context) -> Result<String, ToolError> {
    let word = cx.store().for_all().get("word").await?;
    Ok(word.unwrap_or_else(|| "nothing".to_owned()))
}

/// Says that a resource has changed.
#[tool]
async fn touch(cx: &Context, uri: String) {
    cx.resource_updated(uri);
}

/// Runs for the requested time.
#[tool(task = "optional")]
async fn slow(seconds: u64) -> &'static str {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    "done"
}

/// Asks.
#[tool(task = "optional")]
async fn ask(cx: &Context) -> Result<&'static str, ToolError> {
    let sure: Confirm = cx.elicit("sure", "Sure?").await?;
    Ok(if sure.yes() { "sure" } else { "not sure" })
}

/// Says what it knows of its client.
#[tool]
async fn about(cx: &Context) -> String {
    let elicits = cx.capabilities().has(Capability::Elicitation);
    let name = cx.client().name().unwrap_or("nobody").to_owned();
    format!("{} {name} elicits={elicits}", cx.version())
}

/// Logs a line, of little importance.
#[tool]
async fn chatty(cx: &Context) -> &'static str {
    cx.log(Level::Debug, "a detail");
    "said"
}

/// Reports its progress, a step every 0.2 s.
#[tool]
async fn steps(cx: &Context, steps: u32) -> &'static str {
    for step in 1..=steps {
        cx.progress(step, steps, format!("step {step}"));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    "arrived"
}

/// Waits until its call is cancelled, and counts that.
#[tool]
async fn forever(cx: &Context) -> &'static str {
    struct Gone(mcp_runtime::Notifier);
    impl Drop for Gone {
        fn drop(&mut self) {
            self.0.resource_updated("note://cancelled");
        }
    }
    let _gone = Gone(cx.notifier());
    cx.progress(1, None, "begun");
    std::future::pending().await
}

/// Some text.
#[resource("note://{name}")]
async fn note(name: String) -> String {
    name
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let mut server = Server::new("store-test", "1.0.0")
        .tools(tools![
            limited, brief, many, free, remember, recall, touch, slow, ask, about, chatty, steps,
            forever, whose, mine, clear
        ])
        .resources(resources![note])
        .state_keys(["0123456789abcdef0123456789abcdef"])
        .shutdown_deadline(Duration::from_secs(2));
    if let Some(idle) = setting("INSTANCE_IDLE_MS")? {
        server = server.session_idle(Duration::from_millis(idle.parse()?));
    }
    if let Some(most) = setting("INSTANCE_SESSIONS")? {
        server = server.max_sessions(most.parse()?);
    }
    if let Some(keys) = setting("INSTANCE_KEYS")? {
        server = server.auth(ApiKeys::new(keys.split(',')));
    }
    if let Some(prefix) = setting("INSTANCE_PREFIX")? {
        server = server.store_prefix(prefix);
    }
    if let Some(url) = setting("INSTANCE_REDIS")? {
        server = server.redis(url);
    }
    Ok(server.serve_http("127.0.0.1:0").await?)
}

/// Returns the value of a variable, if it is set and not empty.
fn setting(name: &str) -> Result<Option<String>, VarError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(error) => Err(error),
    }
}
