//! The keys of an issuer: fetched once, kept through failures, renewed when they change, and bounded.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use mcp_runtime::auth::{Authenticate as _, Jwt};
use mcp_runtime::axum::http::{StatusCode, header};
use mcp_runtime::axum::response::IntoResponse as _;
use serde_json::json;

use super::api_key::{bearer, server};
use super::issuer::{Issuer, PUBLIC, Signer, Status as _};
use crate::http::client::Client;

/// Paused time that only the test moves, although the issuer is reached over a real socket: tokio does not advance
/// while a blocking task runs.
struct Still(#[expect(dead_code, reason = "ends the blocking task when it is dropped")] Sender<()>);

impl Still {
    fn begin() -> Self {
        let (sender, receiver) = channel::<()>();
        tokio::task::spawn_blocking(move || receiver.recv());
        tokio::time::pause();
        Self(sender)
    }
}

fn client(url: &str) -> Client {
    Client::new(server().auth(Jwt::issuer(url)).public_url(PUBLIC))
}

async fn status(client: &Client, token: &str) -> u16 {
    client.send(bearer(token)).await.status
}

/// Waits until the issuer's keys have been requested `times`.
async fn fetched(issuer: &Issuer, times: u32) {
    while issuer.fetched() < times {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn t4_a_thousand_unknown_keys_cause_one_fetch_in_30_s_and_good_tokens_pass() {
    let signer = Signer::es256();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    let client = client(&issuer.url);
    let _still = Still::begin();
    let good = signer.token("a", &issuer.claims());
    assert_eq!(status(&client, &good).await, 200);
    assert_eq!(issuer.fetched(), 1);
    let flood = async |from: u32| {
        let unknown =
            (from..from + 500).map(|it| signer.token(&format!("k{it}"), &issuer.claims()));
        let calls: Vec<_> = unknown
            .map(|token| {
                let client = client.clone();
                tokio::spawn(async move { status(&client, &token).await })
            })
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), 401);
        }
        assert_eq!(status(&client, &good).await, 200);
    };
    flood(0).await;
    flood(500).await;
    assert_eq!(issuer.fetched(), 2);
    tokio::time::advance(Duration::from_secs(30)).await;
    flood(1000).await;
    assert_eq!(issuer.fetched(), 3);
}

#[tokio::test]
async fn t5_known_keys_work_while_the_issuer_is_down_for_a_day_at_most() {
    let signer = Signer::es256();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    let client = client(&issuer.url);
    let mut claims = issuer.claims();
    claims["exp"] = json!(claims["exp"].as_u64().unwrap() + 10 * 24 * 3600);
    let good = signer.token("a", &claims);
    let _still = Still::begin();
    assert_eq!(status(&client, &good).await, 200);
    issuer.answers(|_| 500.status());
    tokio::time::advance(Duration::from_hours(1)).await;
    assert_eq!(status(&client, &good).await, 200);
    fetched(&issuer, 2).await;
    assert_eq!(status(&client, &signer.token("b", &claims)).await, 401);
    assert_eq!(status(&client, &good).await, 200);
    tokio::time::advance(Duration::from_hours(23)).await;
    let refused = client.open(bearer(&good)).await;
    assert_eq!(refused.status, 503);
    assert!(refused.headers.contains_key("retry-after"));
    issuer.has(vec![signer.jwk("a")]);
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(status(&client, &good).await, 200);
}

#[tokio::test]
async fn t6_the_first_token_of_a_new_key_passes_and_those_of_a_removed_key_stop_to() {
    let (old, new) = (Signer::es256(), Signer::eddsa());
    let issuer = Issuer::new(vec![old.jwk("old")]).await;
    let client = client(&issuer.url);
    let (old_token, new_token) = (
        old.token("old", &issuer.claims()),
        new.token("new", &issuer.claims()),
    );
    let _still = Still::begin();
    assert_eq!(status(&client, &old_token).await, 200);
    issuer.has(vec![new.jwk("new")]);
    assert_eq!(status(&client, &new_token).await, 200);
    assert_eq!(status(&client, &old_token).await, 401);
    assert_eq!(status(&client, &new_token).await, 200);
}

#[tokio::test]
async fn a_token_without_a_key_id_is_tried_with_all_keys_including_a_new_one() {
    let (old, new) = (Signer::es256(), Signer::es256());
    let issuer = Issuer::new(vec![old.jwk("old")]).await;
    let client = client(&issuer.url);
    let token = new.raw(r#"{"alg":"ES256"}"#, &issuer.claims().to_string());
    let _still = Still::begin();
    assert_eq!(status(&client, &token).await, 401);
    issuer.has(vec![old.jwk("old"), new.jwk("new")]);
    assert_eq!(
        status(&client, &token).await,
        401,
        "the last fetch is too recent"
    );
    tokio::time::advance(Duration::from_secs(30)).await;
    assert_eq!(status(&client, &token).await, 200);
}

#[tokio::test]
async fn t7_keys_that_are_too_large_too_many_redirected_inwards_or_symmetric_are_refused() {
    let signer = Signer::es256();
    let issuer = Issuer::new(Vec::new()).await;
    let token = signer.token("a", &issuer.claims());
    let key = signer.jwk("a");
    let set = json!({ "keys": [key] }).to_string();
    let large = json!({ "keys": [key], "x": "a".repeat(10 << 20) }).to_string();
    let many = json!({ "keys": vec![key.clone(); 101] }).to_string();
    let symmetric = Signer::Hs256(vec![7; 32]);
    let symmetric = json!({ "keys": [symmetric.jwk("a")] }).to_string();
    let mut encrypts = key.clone();
    encrypts["use"] = json!("enc");
    let encrypts = json!({ "keys": [encrypts] }).to_string();
    issuer.keys_are(|| {
        let location = [(header::LOCATION, "http://169.254.169.254/keys")];
        (StatusCode::FOUND, location).into_response()
    });
    let start = Jwt::issuer(&issuer.url).start().await.unwrap_err();
    assert!(
        start.contains("redirected to http://169.254.169.254"),
        "{start}"
    );
    for (document, says) in [
        (large, "larger than"),
        (many, "more than 100"),
        (symmetric, "no public key"),
        (encrypts, "no public key"),
        ("[]".to_owned(), "not a set of keys"),
    ] {
        issuer.keys_are(move || document.clone().into_response());
        let error = Jwt::issuer(&issuer.url).start().await.unwrap_err();
        assert!(error.contains(says), "{says}: {error}");
        assert_eq!(status(&client(&issuer.url), &token).await, 503);
    }
    issuer.keys_are(move || set.clone().into_response());
    assert_eq!(status(&client(&issuer.url), &token).await, 200);
}

#[tokio::test]
async fn an_unreachable_issuer_stops_the_start_unless_it_is_not_required() {
    let signer = Signer::es256();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    issuer.answers(|_| 503.status());
    let error = Jwt::issuer(&issuer.url).start().await.unwrap_err();
    assert!(
        error.contains(&issuer.url) && error.contains("503"),
        "{error}"
    );
    let later = Jwt::issuer(&issuer.url).required(false);
    later.start().await.unwrap();
    let client = Client::new(server().auth(later).public_url(PUBLIC));
    let token = signer.token("a", &issuer.claims());
    assert_eq!(status(&client, &token).await, 503);
    let stopped = server().auth(Jwt::issuer(&issuer.url)).public_url(PUBLIC);
    let error = stopped.serve_http("127.0.0.1:0").await.unwrap_err();
    assert!(
        error.is_auth() && error.to_string().contains("503"),
        "{error}"
    );
    let nobody = Jwt::issuer("http://127.0.0.1:1").start().await.unwrap_err();
    assert!(nobody.contains("127.0.0.1:1"), "{nobody}");
}

#[tokio::test]
async fn metadata_of_another_issuer_is_refused_and_each_location_is_tried() {
    let signer = Signer::es256();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    let (url, keys) = (
        issuer.url.clone(),
        json!({ "keys": [signer.jwk("a")] }).to_string(),
    );
    let answer = |issuer: String, place: &'static str| {
        let (keys, jwks) = (keys.clone(), format!("{url}/keys"));
        move |path: &str| match path {
            "/keys" => keys.clone().into_response(),
            path if path == place => json!({ "issuer": issuer, "jwks_uri": jwks })
                .to_string()
                .into_response(),
            _ => 404.status(),
        }
    };
    issuer.answers(answer(
        "https://evil.example".to_owned(),
        "/.well-known/openid-configuration",
    ));
    let error = Jwt::issuer(&url).start().await.unwrap_err();
    assert!(error.contains("letter for letter"), "{error}");
    issuer.answers(answer(url.clone(), "/.well-known/openid-configuration"));
    Jwt::issuer(&url).start().await.unwrap();
    let tenant = format!("{url}/tenant");
    for place in [
        "/.well-known/oauth-authorization-server/tenant",
        "/.well-known/openid-configuration/tenant",
        "/tenant/.well-known/openid-configuration",
    ] {
        issuer.answers(answer(tenant.clone(), place));
        Jwt::issuer(&tenant).start().await.unwrap();
    }
    let keys_url = format!("{url}/keys");
    Jwt::issuer("https://login.example.com")
        .jwks_url(keys_url)
        .start()
        .await
        .unwrap();
}

#[tokio::test]
async fn stale_keys_are_fetched_again_without_delaying_a_call() {
    let signer = Signer::es256();
    let issuer = Issuer::new(Vec::new()).await;
    let set = json!({ "keys": [signer.jwk("a")] }).to_string();
    issuer.keys_are(move || {
        (
            [(header::CACHE_CONTROL, "public, max-age=120")],
            set.clone(),
        )
            .into_response()
    });
    let client = client(&issuer.url);
    let token = signer.token("a", &issuer.claims());
    let _still = Still::begin();
    assert_eq!(status(&client, &token).await, 200);
    tokio::time::advance(Duration::from_secs(119)).await;
    assert_eq!(status(&client, &token).await, 200);
    assert_eq!(issuer.fetched(), 1);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(status(&client, &token).await, 200);
    fetched(&issuer, 2).await;
}
