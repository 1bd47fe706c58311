//! `complete`: completions for an argument that a user is typing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mcp_runtime::{
    Completion, Server, State, ToolError, prompt, prompts, resource, resources, server,
};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

/// A map.
#[prompt]
async fn map(
    #[arg(complete = countries)] country: String,
    #[arg(complete = cities)] city: String,
    #[arg(one_of("large", "little", "small"))] size: Option<String>,
    #[arg(complete = fails)] street: Option<String>,
) -> String {
    format!("{country} {city} {size:?} {street:?}")
}

/// What there is about a country.
#[resource("map://{country}")]
async fn country(#[arg(complete = countries)] country: String) -> String {
    country
}

/// Is sync, and takes text.
fn countries(typed: String) -> Vec<&'static str> {
    ["Iceland", "India", "Mali"]
        .into_iter()
        .filter(|country| country.starts_with(&typed))
        .collect()
}

/// Is async, and takes the other arguments, too.
async fn cities(asked: Completion) -> Result<[String; 2], ToolError> {
    tokio::task::yield_now().await;
    Ok([
        format!("{} in {:?}", asked.value(), asked.argument("country")),
        "elsewhere".to_owned(),
    ])
}

fn fails(_: String) -> Result<Vec<String>, ToolError> {
    Err(std::io::Error::other("no disk"))?
}

/// A library.
#[derive(State)]
struct Library {
    books: Vec<String>,
    rooms: Rooms,
}

/// Where the books are.
struct Rooms(Vec<u32>);

/// A library.
#[server]
impl Library {
    /// One book.
    #[resource("book://{title}")]
    async fn book(&self, #[arg(complete = Self::titles)] title: String) -> String {
        title
    }

    /// Praises a book.
    #[prompt]
    async fn praise(
        &self,
        #[arg(complete = Self::titles)] title: String,
        #[arg(complete = Self::rooms)] room: String,
        #[arg(complete = Self::many)] tone: String,
    ) -> String {
        title + &room + &tone
    }

    async fn titles(&self, typed: String) -> Vec<String> {
        tokio::task::yield_now().await;
        self.books
            .iter()
            .filter(|book| book.starts_with(&typed))
            .cloned()
            .collect()
    }

    fn rooms(rooms: &Rooms, asked: Completion) -> Result<Vec<String>, &'static str> {
        let title = asked.argument("title").ok_or("of which book?")?;
        Ok(rooms
            .0
            .iter()
            .map(|room| format!("{title} in {room}"))
            .collect())
    }

    fn many(_: String) -> Vec<String> {
        (0..150).map(|tone| tone.to_string()).collect()
    }
}

fn server() -> Server {
    Server::new("maps", "1.0.0")
        .prompts(prompts![map])
        .resources(resources![country])
}

fn library() -> Server<Library> {
    Library {
        books: vec!["Emma".to_owned(), "Ulysses".to_owned()],
        rooms: Rooms(vec![7]),
    }
    .into_server()
}

/// Requests completions for the beginning of an argument.
async fn completed(client: &TestClient, of: Value, name: &str, value: &str, known: Value) -> Value {
    let argument = json!({ "name": name, "value": value });
    let params = json!({ "ref": of, "argument": argument, "context": { "arguments": known } });
    client
        .request("completion/complete", params)
        .await
        .assert_ok()
        .result()["completion"]
        .clone()
}

fn of_prompt(name: &str) -> Value {
    json!({ "type": "ref/prompt", "name": name })
}

fn of_resource(uri: &str) -> Value {
    json!({ "type": "ref/resource", "uri": uri })
}

#[tokio::test]
async fn functions_complete_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let countries = json!({ "values": ["Iceland", "India"], "total": 2, "hasMore": false });
        assert_eq!(
            completed(&client, of_prompt("map"), "country", "I", json!({})).await,
            countries
        );
        assert_eq!(
            completed(
                &client,
                of_resource("map://{country}"),
                "country",
                "I",
                json!({})
            )
            .await,
            countries
        );
        let cities = completed(
            &client,
            of_prompt("map"),
            "city",
            "Rey",
            json!({ "country": "Iceland" }),
        )
        .await;
        assert_eq!(
            cities["values"],
            json!(["Rey in Some(\"Iceland\")", "elsewhere"]),
            "{version:?}"
        );
    }
}

#[tokio::test]
async fn methods_complete_with_the_state() {
    let client = TestClient::new(library()).await;
    let titles = completed(
        &client,
        of_resource("book://{title}"),
        "title",
        "U",
        json!({}),
    )
    .await;
    assert_eq!(titles["values"], json!(["Ulysses"]));
    let rooms = completed(
        &client,
        of_prompt("praise"),
        "room",
        "",
        json!({ "title": "Emma" }),
    )
    .await;
    assert_eq!(rooms["values"], json!(["Emma in 7"]));
}

#[tokio::test]
async fn at_most_a_hundred_completions_are_returned() {
    let client = TestClient::new(library()).await;
    let many = completed(&client, of_prompt("praise"), "tone", "", json!({})).await;
    let count = many["values"].as_array().map(Vec::len);
    assert_eq!(
        (count, &many["total"], &many["hasMore"]),
        (Some(100), &json!(150), &json!(true))
    );
}

#[tokio::test]
async fn enum_values_complete_without_a_function() {
    let client = TestClient::new(server()).await;
    let sizes = completed(&client, of_prompt("map"), "size", "l", json!({})).await;
    assert_eq!(sizes["values"], json!(["large", "little"]));
}

#[tokio::test]
async fn a_failure_stays_private_and_unknown_references_are_refused() {
    let client = TestClient::new(server()).await;
    let ask = async |of: Value, name: &str| {
        let params = json!({ "ref": of, "argument": { "name": name, "value": "" } });
        client
            .request("completion/complete", params)
            .await
            .response()["error"]
            .clone()
    };
    let failed = ask(of_prompt("map"), "street").await;
    assert_eq!(failed["code"], -32603);
    assert!(
        !failed["message"].as_str().unwrap().contains("disk"),
        "{failed}"
    );
    assert_eq!(ask(of_prompt("map"), "planet").await["code"], -32602);
    assert_eq!(ask(of_prompt("globe"), "country").await["code"], -32602);
}

/// Lets [`blocks`] continue.
static RELEASED: AtomicBool = AtomicBool::new(false);

/// A wall.
#[prompt]
async fn wall(#[arg(complete = blocks)] stone: String) -> String {
    stone
}

fn blocks(_: String) -> Vec<String> {
    while !RELEASED.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(1));
    }
    Vec::new()
}

#[tokio::test(start_paused = true)]
async fn a_blocking_completion_times_out_and_delays_no_other_request() {
    let server = Server::new("walls", "1.0.0").prompts(prompts![wall]);
    let client = TestClient::new(server).await;
    let asked = json!({ "ref": of_prompt("wall"), "argument": { "name": "stone", "value": "a" } });
    let completion = client.send("completion/complete", asked);
    let prompts = client.request("prompts/list", json!({})).await;
    assert_eq!(prompts.result()["prompts"][0]["name"], "wall");
    tokio::time::advance(Duration::from_secs(6)).await;
    let reply = completion.reply().await;
    RELEASED.store(true, Ordering::SeqCst);
    assert_eq!(reply.response()["error"]["code"], -32603);
}

/// Thinks about a word.
#[prompt]
async fn ponder(#[arg(complete = never)] word: String) -> String {
    word
}

/// Is never done.
async fn never(_: String) -> Vec<String> {
    std::future::pending().await
}

async fn completions(client: &TestClient, prompt: &str, argument: &str) -> mcp_testkit::Reply {
    let params = json!({
        "ref": { "type": "ref/prompt", "name": prompt },
        "argument": { "name": argument, "value": "I" },
    });
    client.request("completion/complete", params).await
}

#[tokio::test(start_paused = true)]
async fn completions_that_never_come_fail_after_5_s() {
    for version in era::ALL {
        let server = Server::new("slow", "1.0.0").prompts(prompts![ponder]);
        let client = TestClient::with_version(server, version).await;
        let begun = tokio::time::Instant::now();
        completions(&client, "ponder", "word")
            .await
            .assert_rpc_error(-32603);
        assert_eq!(begun.elapsed().as_secs(), 5, "{version:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_gets_600_completions_a_minute() {
    let client = TestClient::new(Server::new("maps", "1.0.0").prompts(prompts![map])).await;
    for _ in 0..600 {
        completions(&client, "map", "country").await.assert_ok();
    }
    let refusal = completions(&client, "map", "country").await;
    let error = &refusal.response()["error"];
    assert!(
        error["message"].as_str().unwrap().contains("600/min"),
        "{error}"
    );
    tokio::time::advance(std::time::Duration::from_mins(1)).await;
    completions(&client, "map", "country").await.assert_ok();
}
