//! Rounds and `rate_limit`: a round that responds to an open request continues its call, any other one counts as a
//! call.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mcp_runtime::{
    Confirm, Context, ElicitError, Principal, Sample, Server, State, ToolError, prompt, prompts,
    resource, resources, tool, tools,
};
use mcp_testkit::{Reply, TestClient};
use serde_json::{Value, json};

/// Counts how often a function has begun.
#[derive(State)]
struct Meter {
    begun: Arc<AtomicUsize>,
}

/// Asks two things, one after the other.
#[tool(rate_limit = "2/h")]
async fn ask(cx: &Context, begun: &Arc<AtomicUsize>) -> Result<String, ToolError> {
    begun.fetch_add(1, Ordering::Relaxed);
    let name: String = cx.elicit("name", "Who?").await?;
    let sure: Confirm = cx.elicit("sure", "Sure?").await?;
    Ok(format!("{name} {}", sure.yes()))
}

/// Asks three questions concurrently.
#[tool(rate_limit = "2/h")]
async fn survey(cx: &Context, begun: &Arc<AtomicUsize>) -> Result<String, ToolError> {
    begun.fetch_add(1, Ordering::Relaxed);
    let name = cx.elicit::<String>("name", "Who?");
    let model = cx.sample("model", Sample::new("Which?").max_tokens(10));
    let (name, model, roots) = tokio::join!(name, model, cx.roots());
    Ok(format!("{} {} {}", name?, model?.text(), roots?.len()))
}

/// Asks after what is done once.
#[tool(rate_limit = "2/h")]
async fn charge(cx: &Context, begun: &Arc<AtomicUsize>) -> Result<String, ToolError> {
    begun.fetch_add(1, Ordering::Relaxed);
    let receipt: u32 = cx.once("charge", async { 7 }).await;
    let name: String = cx.elicit("name", "Who?").await?;
    Ok(format!("{name} {receipt}"))
}

/// Asks for an argument.
#[tool(rate_limit = "2/h", task = "optional")]
async fn argument(begun: &Arc<AtomicUsize>, #[arg(elicit = "Who?")] name: String) -> String {
    begun.fetch_add(1, Ordering::Relaxed);
    name
}

/// Asks something else in each round, and uses no answer.
#[tool(rate_limit = "2/h")]
async fn fickle(cx: &Context, begun: &Arc<AtomicUsize>) -> Result<String, ToolError> {
    let round = begun.fetch_add(1, Ordering::Relaxed);
    Ok(cx.elicit(format!("round {round}"), "Who?").await?)
}

/// Asks, one at a time.
#[tool(rate_limit = "2/h", concurrency = 1)]
async fn narrow(cx: &Context) -> Result<String, ToolError> {
    let name: String = cx.elicit("name", "Who?").await?;
    if name == "slow" {
        tokio::time::sleep(std::time::Duration::from_mins(1)).await;
    }
    Ok(name)
}

/// Asks, behind a breaker.
#[tool(rate_limit = "3/h", breaker(failures = 1, cooldown = "30s"), read_only)]
async fn fragile(cx: &Context) -> Result<String, ToolError> {
    let name: String = cx.elicit("name", "Who?").await?;
    if name == "down" {
        return Err(ToolError::new("down").retryable());
    }
    Ok(name)
}

/// Asks, without a limit.
#[tool]
async fn free(cx: &Context) -> Result<String, ElicitError> {
    cx.elicit("name", "Who?").await
}

/// Asks whom to greet.
#[prompt(rate_limit = "2/h")]
async fn greeting(cx: &Context, begun: &Arc<AtomicUsize>) -> Result<String, ElicitError> {
    begun.fetch_add(1, Ordering::Relaxed);
    cx.elicit("name", "Who?").await
}

/// Asks who reads.
#[resource("pages://one", rate_limit = "2/h")]
async fn page(cx: &Context, begun: &Arc<AtomicUsize>) -> Result<String, ElicitError> {
    begun.fetch_add(1, Ordering::Relaxed);
    cx.elicit("name", "Who?").await
}

/// A client with all capabilities, and the number of times that a function has begun.
async fn start() -> (TestClient, Arc<AtomicUsize>) {
    let begun = Arc::new(AtomicUsize::new(0));
    let state = Meter {
        begun: Arc::clone(&begun),
    };
    let server = Server::new("metered", "1.0.0")
        .state(state)
        .tools(tools![
            ask, survey, charge, argument, fickle, narrow, fragile, free
        ])
        .prompts(prompts![greeting])
        .resources(resources![page]);
    let client = TestClient::new(server).await.capabilities(json!({
        "elicitation": {}, "sampling": {}, "roots": {},
    }));
    (client, begun)
}

fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

fn name(name: &str) -> Value {
    accept(json!({ "answer": name, "name": name }))
}

fn state(reply: &Reply) -> Value {
    assert_eq!(
        reply.result()["resultType"],
        "input_required",
        "{:#}",
        reply.response()
    );
    reply.result()["requestState"].clone()
}

/// Sends a round of a request; `null` omits a part.
async fn round(
    client: &TestClient,
    (method, params): (&str, Value),
    answers: Value,
    state: &Value,
) -> Reply {
    let mut params = params;
    for (member, value) in [("inputResponses", &answers), ("requestState", state)] {
        if !value.is_null() {
            params[member] = value.clone();
        }
    }
    client.request(method, params).await
}

fn tool(name: &str) -> (&'static str, Value) {
    ("tools/call", json!({ "name": name }))
}

fn is_refused(reply: &Reply) -> bool {
    reply.response().to_string().contains("rate limit of")
}

/// The functions with input requests and a limit of two calls an hour.
fn limited() -> Vec<(&'static str, Value)> {
    let mut all: Vec<_> = ["ask", "survey", "charge", "argument"].map(tool).into();
    all.push(("prompts/get", json!({ "name": "greeting" })));
    all.push(("resources/read", json!({ "uri": "pages://one" })));
    all
}

#[tokio::test(start_paused = true)]
async fn a_round_without_a_response_to_an_open_request_counts_as_a_call() {
    let nothing = [
        Value::Null,
        json!({}),
        json!({ "nobody": name("Ann") }),
        json!({ "NAME": name("Ann"), "name ": name("Ann"), "": name("Ann") }),
    ];
    for answers in nothing {
        for request in limited() {
            let (client, begun) = start().await;
            let mut last = state(&client.request(request.0, request.1.clone()).await);
            let second = round(&client, request.clone(), answers.clone(), &last).await;
            last = state(&second);
            for _ in 0..5 {
                let reply = round(&client, request.clone(), answers.clone(), &last).await;
                assert!(is_refused(&reply), "{request:?}: {:#}", reply.response());
            }
            assert!(begun.load(Ordering::Relaxed) <= 2, "{request:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_response_continues_a_call_once_at_most() {
    let malformed = [
        json!(null),
        json!(5),
        json!([]),
        json!({}),
        json!({ "action": "yes" }),
        accept(json!({ "answer": 5, "name": 5 })),
    ];
    for answer in malformed {
        for request in limited() {
            let (client, begun) = start().await;
            let first = state(&client.request(request.0, request.1.clone()).await);
            for _ in 0..6 {
                let _ = round(&client, request.clone(), json!({ "name": answer }), &first).await;
            }
            assert!(begun.load(Ordering::Relaxed) <= 3, "{request:?} {answer}");
            let late = client.request(request.0, request.1.clone()).await;
            assert!(is_refused(&late), "{request:?} {answer}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_of_an_earlier_round_does_not_continue_the_call() {
    let (client, begun) = start().await;
    let first = state(&client.request("tools/call", json!({ "name": "ask" })).await);
    let again = json!({ "name": name("Ann") });
    let mut last = state(&round(&client, tool("ask"), again.clone(), &first).await);
    last = state(&round(&client, tool("ask"), again.clone(), &last).await);
    for _ in 0..5 {
        assert!(is_refused(
            &round(&client, tool("ask"), again.clone(), &last).await
        ));
    }
    let all = json!({ "name": name("Ann"), "sure": accept(json!({ "confirm": true })) });
    round(&client, tool("ask"), all, &last)
        .await
        .assert_text("Ann true");
    assert_eq!(begun.load(Ordering::Relaxed), 4);
}

#[tokio::test(start_paused = true)]
async fn a_state_continues_its_call_once() {
    for request in limited() {
        let (client, begun) = start().await;
        let first = state(&client.request(request.0, request.1.clone()).await);
        for n in 0..5 {
            let answers = json!({ "name": name("Ann") });
            let reply = round(&client, request.clone(), answers, &first).await;
            assert_eq!(is_refused(&reply), n > 1, "{request:?} {n}");
        }
        assert!(begun.load(Ordering::Relaxed) <= 3, "{request:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn as_many_rounds_as_input_requests_count_as_one_call() {
    let (client, begun) = start().await;
    for _ in 0..2 {
        let mut last = state(
            &client
                .request("tools/call", json!({ "name": "survey" }))
                .await,
        );
        for answers in [
            json!({ "name": name("Ann") }),
            json!({ "client_roots": { "roots": [] } }),
        ] {
            last = state(&round(&client, tool("survey"), answers, &last).await);
        }
        let answer = json!({ "role": "assistant", "model": "m", "content": { "type": "text", "text": "a" } });
        round(&client, tool("survey"), json!({ "model": answer }), &last)
            .await
            .assert_text("Ann a 0");
    }
    assert_eq!(begun.load(Ordering::Relaxed), 8);
    client
        .call("survey", json!({}))
        .await
        .assert_refused("rate limit of 2/h");
}

#[tokio::test(start_paused = true)]
async fn unused_responses_do_not_continue_the_call() {
    let (client, begun) = start().await;
    let mut last = client.call("fickle", json!({})).await;
    for _ in 0..20 {
        let asked = last.result()["inputRequests"].as_object().unwrap();
        let key = asked.keys().next().unwrap().clone();
        let answers = json!({ key: name("Ann") });
        let next = round(&client, tool("fickle"), answers, &state(&last)).await;
        if is_refused(&next) {
            break;
        }
        last = next;
    }
    assert_eq!(begun.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn a_round_refused_by_concurrency_can_be_sent_again() {
    let (client, _) = start().await;
    let (one, other) = (
        state(&client.call("narrow", json!({})).await),
        state(&client.call("narrow", json!({})).await),
    );
    let params = |who: &str, state: &Value| {
        json!({
            "name": "narrow", "inputResponses": { "name": name(who) }, "requestState": state,
        })
    };
    let slow = client.send("tools/call", params("slow", &one));
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let quick = params("quick", &other);
    for _ in 0..3 {
        client
            .request("tools/call", quick.clone())
            .await
            .assert_error("is busy");
    }
    slow.reply().await.assert_text("slow");
    client
        .request("tools/call", quick.clone())
        .await
        .assert_text("quick");
    client
        .request("tools/call", quick)
        .await
        .assert_refused("rate limit");
}

#[tokio::test(start_paused = true)]
async fn a_round_refused_by_a_breaker_can_be_sent_again() {
    let (client, _) = start().await;
    let mut states = Vec::new();
    for _ in 0..3 {
        states.push(state(&client.call("fragile", json!({})).await));
    }
    let send = async |who: &str, state| {
        round(
            &client,
            tool("fragile"),
            json!({ "name": name(who) }),
            state,
        )
        .await
    };
    send("down", &states[0]).await.assert_error("down");
    for _ in 0..3 {
        send("Ann", &states[1])
            .await
            .assert_refused("not run for a while");
    }
    tokio::time::advance(std::time::Duration::from_secs(30)).await;
    send("Ann", &states[1]).await.assert_text("Ann");
    send("Bob", &states[2]).await.assert_text("Bob");
    send("Bob", &states[2])
        .await
        .assert_refused("rate limit of 3/h");
}

#[tokio::test(start_paused = true)]
async fn a_response_to_a_task_does_not_count_as_a_call() {
    let (client, begun) = start().await;
    let client = client.tasks();
    for _ in 0..2 {
        let first = client.call("argument", json!({})).await;
        let answers = json!({ "name": name("Ann") });
        let params = json!({
            "name": "argument", "inputResponses": answers, "requestState": state(&first),
        });
        let task = client.send("tools/call", params).task().await;
        assert_eq!(task.ended().await["status"], "completed");
        task.update(json!({ "name": name("Bob") }))
            .await
            .assert_ok();
    }
    assert_eq!(begun.load(Ordering::Relaxed), 2);
    client
        .call("argument", json!({}))
        .await
        .assert_refused("rate limit of 2/h");
}

/// Tracking the rounds of a caller does not affect others, however many there are.
#[tokio::test(start_paused = true)]
async fn rounds_of_other_callers_do_not_make_a_round_count_twice() {
    let (client, _) = start().await;
    let somebody = |subject: &str| Principal::new(subject, [""; 0]);
    let whole = async |who: Principal, tool_name: &str| {
        let client = client.clone().principal(who);
        let first = client.call(tool_name, json!({})).await;
        if is_refused(&first) {
            return first;
        }
        let answers = json!({ "name": name("Ann"), "sure": accept(json!({ "confirm": true })) });
        round(&client, tool(tool_name), answers, &state(&first)).await
    };
    whole(somebody("ann"), "ask").await.assert_text("Ann true");
    for _ in 0..100 {
        whole(Principal::anonymous(), "free")
            .await
            .assert_text("Ann");
        whole(somebody("mallory"), "free").await.assert_text("Ann");
    }
    for n in 0..100 {
        whole(somebody(&format!("mallory {n}")), "ask")
            .await
            .assert_text("Ann true");
    }
    whole(somebody("ann"), "ask").await.assert_text("Ann true");
    whole(somebody("ann"), "ask")
        .await
        .assert_refused("rate limit of 2/h");
}
