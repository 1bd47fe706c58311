//! Tests of the server through a client.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::time::Duration;

use example_world::World;
use mcp_runtime::Server;
use mcp_runtime::axum::body::Body;
use mcp_runtime::axum::http::{Request, StatusCode};
use mcp_testkit::{Answer, TestClient, Version, hold_time};
use serde_json::{Value, json};
use tower::ServiceExt as _;

async fn world() -> World {
    World::in_memory().await.unwrap()
}

#[mcp_testkit::server]
async fn server() -> Server<World> {
    let _time = hold_time();
    world().await.into_server()
}

async fn client() -> TestClient {
    TestClient::new(server().await).await
}

/// The values of one field, from a list of objects.
fn each<'a>(rows: &'a Value, field: &str) -> Vec<&'a Value> {
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| &row[field])
        .collect()
}

async fn search(client: &TestClient, query: &str) -> Value {
    client
        .call("search_countries", json!({ "query": query }))
        .await
        .structured()["countries"]
        .clone()
}

#[tokio::test]
async fn a_country_has_all_its_fields() {
    let reply = client()
        .await
        .call("country", json!({ "code": "fr" }))
        .await;
    reply.assert_structured(json!({
        "alpha2": "FR", "alpha3": "FRA", "numeric": "250", "common_name": "France", "name": "France",
        "capital": "Paris", "region": "Europe", "subregion": "Western Europe",
        "area_km2": 551_500.0, "population": 66_384_981, "density_per_km2": 120.4,
    }));
}

#[tokio::test]
async fn what_a_country_does_not_have_is_absent() {
    let antarctica = client()
        .await
        .call("country", json!({ "code": "ATA" }))
        .await
        .structured();
    assert_eq!(
        (antarctica.get("capital"), antarctica.get("subregion")),
        (None, None)
    );
    assert_eq!(antarctica["density_per_km2"], 0.0);
}

#[tokio::test]
async fn search_minds_neither_case_nor_accents() {
    let client = client().await;
    for (query, code) in [
        ("bogota", "CO"),
        ("ÅLAND", "AX"),
        ("sao tome", "ST"),
        ("us", "US"),
        ("DEU", "DE"),
        ("840", "US"),
    ] {
        let found = search(&client, query).await;
        assert_eq!(found[0]["alpha2"], code, "{query}: {found:#}");
    }
    assert_eq!(
        each(&search(&client, "korea").await, "alpha2"),
        ["KR", "KP"]
    );
}

#[tokio::test]
async fn search_takes_any_text_for_words() {
    let client = client().await;
    for query in ["\"", "!!!", "a OR b", "name: x", "NOT", "(", "%", "zzzzz"] {
        client
            .call("search_countries", json!({ "query": query }))
            .await
            .assert_ok();
    }
    assert_eq!(search(&client, "zzzzz").await, json!([]));
}

#[tokio::test]
async fn search_explains_all_bad_arguments_at_once() {
    let reply = client()
        .await
        .call(
            "search_countries",
            json!({ "query": " ", "limit": 51, "lang": "de" }),
        )
        .await;
    reply
        .assert_error("`query` must match the pattern `^.*[^ ].*$`")
        .assert_error("`limit` must be from 1 to 50, was 51")
        .assert_error("`lang` is not an argument");
}

#[tokio::test]
async fn an_unknown_code_gets_the_nearest_ones() {
    let client = client().await;
    let text = "no country has the code `UK` (nearest: GB United Kingdom); \
                `search_countries` finds the code for a name";
    client
        .call("country", json!({ "code": "uk" }))
        .await
        .assert_error(text);
    client
        .call("country", json!({ "code": "GER" }))
        .await
        .assert_error("`GER` (nearest: DE Germany)");
    client
        .call("country", json!({ "code": "ZZZ" }))
        .await
        .assert_error("no country has the code `ZZZ`; ");
    client
        .call("country", json!({ "code": "F1" }))
        .await
        .assert_error("`code` must match the pattern");
}

#[tokio::test]
async fn ratios_refer_to_the_first_country() {
    let reply = client()
        .await
        .call("compare_countries", json!({ "codes": ["DE", "fra", "AQ"] }))
        .await;
    let table = reply.structured();
    assert_eq!(table["base"], "DE");
    assert_eq!(each(&table["rows"], "alpha2"), ["DE", "FR", "AQ"]);
    assert_eq!(each(&table["rows"], "population_ratio"), [1.0, 0.7902, 0.0]);
    assert_eq!(each(&table["rows"], "area_ratio"), [1.0, 1.545, 39.77]);
}

#[tokio::test]
async fn a_ratio_to_nothing_is_absent() {
    let table = client()
        .await
        .call("compare_countries", json!({ "codes": ["AQ", "FR"] }))
        .await
        .structured();
    let france = &table["rows"][1];
    assert_eq!(
        (france.get("population_ratio"), &france["area_ratio"]),
        (None, &json!(0.03884))
    );
}

#[tokio::test]
async fn a_comparison_names_every_unknown_code() {
    let client = client().await;
    client
        .call("compare_countries", json!({ "codes": ["UK", "FR", "QQQ"] }))
        .await
        .assert_error("no country has the code `UK`")
        .assert_error("no country has the code `QQQ`");
    client
        .call("compare_countries", json!({ "codes": ["FR"] }))
        .await
        .assert_error("must have 2 to 10 items, has 1");
}

#[tokio::test]
async fn a_ranking_is_in_order() {
    let client = client().await;
    let ranking = client
        .call("rank_countries", json!({ "by": "population", "limit": 3 }))
        .await
        .structured();
    assert_eq!(each(&ranking["countries"], "alpha2"), ["IN", "CN", "US"]);
    assert_eq!(each(&ranking["countries"], "rank"), [1, 2, 3]);

    let smallest = json!({ "by": "area", "region": "Europe", "limit": 2, "ascending": true });
    let ranking = client.call("rank_countries", smallest).await.structured();
    assert_eq!(each(&ranking["countries"], "alpha2"), ["VA", "MC"]);

    let reply = client
        .call(
            "rank_countries",
            json!({ "by": "size", "region": "Eurpoe" }),
        )
        .await;
    reply
        .assert_error("`by` must be")
        .assert_error("did you mean \"Europe\"?");
}

#[tokio::test(start_paused = true)]
async fn the_sixth_ranking_in_a_minute_is_refused() {
    let _time = hold_time();
    let client = client().await;
    let rank = || client.call("rank_countries", json!({ "by": "density", "limit": 1 }));
    for _ in 0..5 {
        rank().await.assert_ok();
    }
    rank()
        .await
        .assert_refused("rate limit of 5/min for tool `rank_countries` reached; retry in 12.0 s");
    tokio::time::advance(Duration::from_secs(12)).await;
    rank().await.assert_ok();
    rank().await.assert_refused("retry in 12.0 s");
}

#[tokio::test]
async fn a_database_that_stalls_runs_into_the_timeout() {
    let world = world().await;
    let _busy = world.pool().acquire().await.unwrap();
    let client = TestClient::new(world.into_server()).await;
    tokio::time::pause();
    let reply = client.call("country", json!({ "code": "FR" })).await;
    reply.assert_error("timed out after 5s; this tool only reads, so it is safe to retry");
}

#[tokio::test]
async fn a_database_that_fails_keeps_its_reasons_to_itself() {
    let world = world().await;
    world.pool().close().await;
    let client = TestClient::new(world.into_server()).await;
    let reply = client.call("country", json!({ "code": "FR" })).await;
    reply.assert_error("the database could not be read; the server's log says why");
}

#[mcp_testkit::test(eras = "all")]
async fn every_revision_gets_the_same_answer(client: TestClient) {
    let _time = hold_time();
    let country = client
        .call("country", json!({ "code": "BR" }))
        .await
        .structured();
    assert_eq!(country["capital"], "Brasília");
}

#[mcp_testkit::test(eras = "all")]
async fn the_user_is_asked_for_the_region_and_about_two_of_its_countries(client: TestClient) {
    let _time = hold_time();
    let client = client.on_elicit(|question| match question.message() {
        "Which region do you know best?" => json!({ "region": "Oceania" }),
        _ => json!({ "more": true, "confirm": true }),
    });
    let reply = client.call("quiz", json!({})).await;
    if client.version() <= Version::V2025_03_26 {
        reply.assert_error("needs a client that can ask its user");
        return;
    }
    let quiz = reply.structured();
    let [one, other] = [&quiz["countries"][0], &quiz["countries"][1]];
    assert_eq!([&one["region"], &other["region"]], ["Oceania", "Oceania"]);
    assert_eq!(
        quiz["correct"],
        one["population"].as_u64() > other["population"].as_u64()
    );
    let asked = client.asked();
    assert_eq!(asked.len(), 2, "{asked:#?}");
    // The draw runs once, even if the function runs several times.
    let names = [one, other].map(|country| country["common_name"].as_str().unwrap());
    let question = format!("Do more people live in {} than in {}?", names[0], names[1]);
    assert_eq!(asked[1]["params"]["message"], question);
}

#[mcp_testkit::test(eras = "all")]
async fn a_user_who_does_not_play_is_not_asked_again(client: TestClient) {
    let _time = hold_time();
    let client = client.on_elicit(|_| Answer::decline());
    let reply = client.call("quiz", json!({ "region": "Europe" })).await;
    if client.version() > Version::V2025_03_26 {
        reply.assert_error("the user declined to answer `more`");
    }
}

#[mcp_testkit::test(eras = "all")]
async fn a_country_has_a_uri(client: TestClient) {
    let _time = hold_time();
    let templates = client.templates().await;
    assert_eq!(templates[0]["uriTemplate"], "world://countries/{code}");

    let reply = client.read("world://countries/is").await;
    assert_eq!(reply.contents()[0]["mimeType"], "application/json");
    assert_eq!(reply.structured()["capital"], "Reykjavík");

    let missing = client.read("world://countries/xx").await;
    missing.assert_rpc_error(if client.version().is_legacy() {
        -32002
    } else {
        -32602
    });
}

#[mcp_testkit::test(eras = "all")]
async fn the_sources_are_there_to_read(client: TestClient) {
    let _time = hold_time();
    assert_eq!(client.resources().await[0]["uri"], "world://sources");
    let text = client.read("world://sources").await.text();
    assert!(text.contains("GeoNames"), "{text}");
}

#[mcp_testkit::test(eras = "all")]
async fn codes_and_names_are_completed(client: TestClient) {
    let _time = hold_time();
    let template = "world://countries/{code}";
    for (typed, codes) in [("ice", &["IS"][..]), ("sw", &["SZ", "SE", "CH"])] {
        let completed = client.complete(template, "code", typed).await;
        completed.assert_completions(codes);
    }
    let completed = client.complete("introduction", "country", "new").await;
    completed.assert_completions(["New Caledonia", "New Zealand"]);
}

#[mcp_testkit::test(eras = "all")]
async fn an_introduction_links_to_the_country(client: TestClient) {
    let _time = hold_time();
    let arguments = json!({ "country": "new zea", "reader": "a class" });
    let reply = client.prompt("introduction", arguments).await;
    let text = reply.text();
    assert!(
        text.starts_with("Introduce New Zealand to a class"),
        "{text}"
    );
    let link = reply.messages()[1].to_string();
    assert!(link.contains("world://countries/NZ"), "{link}");

    let nowhere = json!({ "country": "Atlantis" });
    let reply = client.prompt("introduction", nowhere).await;
    reply.assert_error("no country is called `Atlantis`");
}

#[tokio::test]
async fn every_tool_is_read_only_and_says_what_it_returns() {
    let tools = client().await.tools().await;
    assert_eq!(tools.len(), 5);
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool:#}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{tool:#}");
    }
}

#[tokio::test]
async fn a_file_is_filled_once_and_kept() {
    let path =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("world-{}.db", std::process::id()));
    let (first, second) = tokio::join!(World::open(&path), World::open(&path));
    for world in [
        first.unwrap(),
        second.unwrap(),
        World::open(&path).await.unwrap(),
    ] {
        let countries: i64 = sqlx::query_scalar("SELECT count(*) FROM country")
            .fetch_one(world.pool())
            .await
            .unwrap();
        assert_eq!(countries, 249);
        world.pool().close().await;
    }
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn readiness_asks_the_database() {
    let world = world().await;
    let pool = world.pool().clone();
    let router = world.into_server().into_router();
    let ready = || async {
        let request = Request::get("/ready")
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap();
        router.clone().oneshot(request).await.unwrap().status()
    };
    let _time = hold_time();
    tokio::time::pause();
    assert_eq!(ready().await, StatusCode::OK);
    pool.close().await;
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(ready().await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn every_client_takes_every_tool() {
    client().await.assert_accepted().await;
}
