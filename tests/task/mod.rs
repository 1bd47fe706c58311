//! Calls that become tasks: the conditions, and the immediate responses.

mod life;
mod listen;
mod questions;
mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mcp_runtime::RpcError;
use mcp_runtime::{Confirm, Context, Principal, Server, State, ToolError, Version, tool, tools};
use mcp_testkit::{Reply, TestClient};
use serde_json::{Value, json};
use tokio::time::sleep;

const EXTENSION: &str = "io.modelcontextprotocol/tasks";

/// Counts started and dropped calls.
#[derive(Clone, Debug, Default, State)]
pub(super) struct Book {
    pages: Arc<Pages>,
}

#[derive(Debug, Default)]
pub(super) struct Pages {
    begun: AtomicU32,
    dropped: AtomicU32,
}

impl Pages {
    fn begun(&self) -> u32 {
        self.begun.load(Ordering::SeqCst)
    }

    fn dropped(&self) -> u32 {
        self.dropped.load(Ordering::SeqCst)
    }
}

/// A call that has begun and not ended.
struct Open<'a>(&'a Pages);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// Runs for the requested time.
#[tool(read_only, task = "optional")]
async fn slow(
    pages: &Arc<Pages>,
    cx: &Context,
    #[arg(range = 0..=1_000_000)] seconds: u64,
) -> String {
    pages.begun.fetch_add(1, Ordering::SeqCst);
    let open = Open(pages);
    cx.progress(1.0, 2.0, "under way");
    sleep(Duration::from_secs(seconds)).await;
    std::mem::forget(open);
    format!("{seconds} s")
}

/// Runs only as a task.
#[tool(task = "required")]
async fn job() -> &'static str {
    "done"
}

/// Runs only as a task, and not for everybody.
#[tool(task = "required", visible_if = is_ann)]
async fn secret() -> &'static str {
    "secret"
}

fn is_ann(principal: &Principal) -> bool {
    principal.subject() == Some("ann")
}

/// Fails in some way.
#[tool(task = "optional", timeout = "5s")]
async fn fail(how: String) -> Result<String, ToolError> {
    sleep(Duration::from_secs(1)).await;
    match &*how {
        "tool" => Err(ToolError::new("no luck")),
        "private" => Err(std::io::Error::other("no disk"))?,
        "protocol" => Err(ToolError::protocol(
            RpcError::invalid_params("no such row").with_data(json!({ "row": 7 })),
        )),
        "panic" => panic!("with a secret"),
        _ => std::future::pending().await,
    }
}

/// May be begun once a minute.
#[tool(task = "optional", rate_limit = "1/min")]
async fn limited(pages: &Arc<Pages>) -> &'static str {
    pages.begun.fetch_add(1, Ordering::SeqCst);
    "done"
}

/// Runs alone.
#[tool(read_only, task = "optional", concurrency = 1)]
async fn alone() -> &'static str {
    sleep(Duration::from_mins(1)).await;
    "done"
}

/// Is remembered.
#[tool(read_only, task = "optional", cache = "1h", audit)]
async fn remembered(pages: &Arc<Pages>) -> u32 {
    sleep(Duration::from_secs(1)).await;
    pages.begun.fetch_add(1, Ordering::SeqCst) + 1
}

/// Asks two questions at once.
#[tool(task = "optional")]
async fn ask(cx: &Context) -> Result<String, ToolError> {
    let (name, sure) = tokio::join!(
        cx.elicit::<String>("name", "Who?"),
        cx.elicit::<Confirm>("sure", "Really?")
    );
    Ok(format!("{} {}", name?, sure?.yes()))
}

/// Asks before it becomes a task.
#[tool(task = "required")]
async fn greet(#[arg(elicit = "Who?")] name: String) -> String {
    sleep(Duration::from_secs(1)).await;
    format!("Hello, {name}!")
}

/// Asks, and has little time for all else.
#[tool(task = "optional", timeout = "5s")]
async fn patient(cx: &Context) -> Result<bool, ToolError> {
    Ok(cx.elicit::<Confirm>("sure", "Sure?").await?.yes())
}

/// Returns a text of this length.
#[tool(task = "optional")]
async fn long(bytes: usize) -> String {
    "x".repeat(bytes)
}

/// Is never a task.
#[tool]
async fn plain() -> &'static str {
    "plain"
}

fn server() -> Server<Book> {
    of(Book::default())
}

fn of(book: Book) -> Server<Book> {
    let tools = tools![
        slow, job, secret, fail, limited, alone, remembered, ask, greet, patient, long, plain
    ];
    Server::new("tasks", "1.0.0").state(book).tools(tools)
}

async fn client() -> TestClient {
    TestClient::new(server()).await.tasks()
}

fn somebody(subject: &str) -> Principal {
    Principal::new(subject, [""; 0])
}

/// Runs all tasks that can run without time passing.
async fn settle() {
    sleep(Duration::from_nanos(1)).await;
}

#[track_caller]
fn assert_undeclared(reply: &Reply) {
    reply.assert_rpc_error(-32021);
    let required = &reply.response()["error"]["data"]["requiredCapabilities"];
    assert_eq!(required, &json!({ "extensions": { EXTENSION: {} } }));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_declares_it_gets_a_task_and_no_other() {
    let client = client().await;
    let task = client.start("slow", json!({ "seconds": 60 })).task().await;
    let mut seed = task.seed().clone();
    let members = seed.as_object_mut().unwrap();
    let mut take = |name: &str| {
        members
            .remove(name)
            .unwrap_or_else(|| panic!("no `{name}`"))
    };
    let (created, updated) = (take("createdAt"), take("lastUpdatedAt"));
    let id = take("taskId");
    assert!(take("_meta")["io.modelcontextprotocol/serverInfo"].is_object());
    let rest = json!({ "resultType": "task", "status": "working", "ttlMs": 3_600_000, "pollIntervalMs": 500 });
    assert_eq!(seed, rest, "and nothing of what only `tasks/get` tells");
    for time in [created, updated] {
        let time = time.as_str().unwrap().to_owned();
        assert!(
            time.len() == 24 && time.as_bytes()[10] == b'T' && time.ends_with('Z'),
            "{time}"
        );
    }
    let id = id.as_str().unwrap();
    assert!(
        id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );
    assert_ne!(
        client
            .start("slow", json!({ "seconds": 60 }))
            .task()
            .await
            .id(),
        id
    );

    let other = TestClient::new(server()).await;
    let reply = other.call("slow", json!({ "seconds": 60 })).await;
    assert_eq!(reply.assert_text("60 s").result()["resultType"], "complete");
    assert_eq!(
        client
            .request("tools/call", json!({ "name": "plain" }))
            .await
            .result()["resultType"],
        "complete"
    );
}

#[tokio::test(start_paused = true)]
async fn a_capability_declared_in_an_earlier_request_does_not_count() {
    let client = client().await;
    let task = client.start("slow", json!({ "seconds": 60 })).task().await;
    let none = json!({ "io.modelcontextprotocol/clientCapabilities": {} });
    for (method, params) in [
        ("tools/call", json!({ "name": "job", "_meta": none })),
        ("tasks/get", json!({ "taskId": task.id(), "_meta": none })),
        (
            "tasks/update",
            json!({ "taskId": task.id(), "inputResponses": {}, "_meta": none }),
        ),
        (
            "tasks/cancel",
            json!({ "taskId": task.id(), "_meta": none }),
        ),
        (
            "subscriptions/listen",
            json!({ "notifications": { "taskIds": [task.id()] }, "_meta": none }),
        ),
    ] {
        assert_undeclared(&client.request(method, params).await);
    }
    let inline = client
        .request("tools/call", json!({ "name": "limited", "_meta": none }))
        .await;
    inline.assert_text("done");
    assert_eq!(task.get().await["status"], "working");
}

#[mcp_testkit::test(eras = "legacy", server = server())]
async fn an_older_client_is_answered_and_never_with_a_task(client: TestClient) {
    let client = client.capabilities(json!({ "extensions": { EXTENSION: {} } }));
    let call = json!({ "name": "slow", "arguments": { "seconds": 60 }, "task": { "ttl": 60_000 } });
    let reply = client.request("tools/call", call).await;
    let result = json!({ "content": [{ "type": "text", "text": "60 s" }] });
    assert_eq!(reply.result(), &result);
    client
        .call("job", json!({}))
        .await
        .assert_error("runs only as a task");
    for method in [
        "tasks/get",
        "tasks/update",
        "tasks/cancel",
        "tasks/list",
        "tasks/result",
    ] {
        client
            .request(method, json!({ "taskId": "x", "inputResponses": {} }))
            .await
            .assert_rpc_error(-32601);
    }
}

#[mcp_testkit::test(eras = "all", server = server())]
async fn the_extension_is_declared_where_it_is_defined(client: TestClient) {
    if client.version().is_legacy() {
        for tool in client.tools().await {
            assert_eq!(tool.get("execution"), None);
        }
        let params = json!({ "protocolVersion": client.version().as_str(), "capabilities": {}, "clientInfo": {} });
        let again = TestClient::raw(server(), client.version());
        let reply = again.request("initialize", params).await;
        assert_eq!(reply.result()["capabilities"].get("extensions"), None);
        assert_eq!(reply.result()["capabilities"].get("tasks"), None);
        return;
    }
    let discovered = client.request("server/discover", json!({})).await;
    assert_eq!(
        discovered.result()["capabilities"]["extensions"],
        json!({ EXTENSION: {} })
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_without_tasks_has_no_methods_for_them() {
    let client = TestClient::new(Server::new("plain", "1.0.0").tools(tools![plain]))
        .await
        .tasks();
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        client
            .request(method, json!({ "taskId": "x", "inputResponses": {} }))
            .await
            .assert_rpc_error(-32601);
    }
    let discovered = client.request("server/discover", json!({})).await;
    assert_eq!(discovered.result()["capabilities"].get("extensions"), None);
}

#[tokio::test(start_paused = true)]
async fn the_removed_methods_do_not_exist() {
    let client = client().await;
    for method in ["tasks/list", "tasks/result"] {
        client
            .request(method, json!({ "taskId": "x" }))
            .await
            .assert_rpc_error(-32601);
    }
}

#[tokio::test(start_paused = true)]
async fn an_immediate_error_is_returned_without_a_task() {
    let client = client().await;
    let now = async |params: Value| {
        let reply = client.request("tools/call", params).await;
        assert_ne!(reply.response()["result"]["resultType"], "task");
        reply
    };
    let misfit = now(json!({ "name": "slow", "arguments": { "seconds": -1, "hours": 1 } })).await;
    misfit.assert_error("`seconds`").assert_error("`hours`");
    now(json!({ "name": "slow", "arguments": [1] }))
        .await
        .assert_rpc_error(-32602);
    now(json!({ "name": "slwo" }))
        .await
        .assert_rpc_error(-32602);
    let series = r#"mcp_tool_invocations_total{tool="slow",outcome="invalid_arguments"}"#;
    assert_eq!(client.metric(series).await, 2.0);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_refuses_immediately_without_a_task() {
    let client = client().await;
    client.call("limited", json!({})).await.assert_text("done");
    let refused = client
        .request("tools/call", json!({ "name": "limited" }))
        .await;
    assert_eq!(
        refused.assert_refused("rate limit").result()["resultType"],
        "complete"
    );
}

#[tokio::test(start_paused = true)]
async fn a_hidden_tool_that_runs_only_as_a_task_equals_an_unknown_one() {
    for client in [TestClient::new(server()).await, client().await] {
        let reply = client
            .request("tools/call", json!({ "name": "secret" }))
            .await;
        assert_eq!(
            reply.assert_rpc_error(-32602).response()["error"]["message"],
            "Unknown tool: secret"
        );
    }
    let older = TestClient::with_version(server(), Version::V2025_11_25).await;
    older
        .call("secret", json!({}))
        .await
        .assert_rpc_error(-32602);
    let ann = TestClient::new(server()).await.principal(somebody("ann"));
    assert_undeclared(&ann.call("secret", json!({})).await);
    ann.tasks()
        .call("secret", json!({}))
        .await
        .assert_text("secret");
}
