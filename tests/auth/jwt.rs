//! Tokens: accepted and refused ones.

use std::time::Duration;

use mcp_runtime::auth::{ApiKeys, Authenticate as _, Jwt, SigningAlgorithm};
use mcp_runtime::{Principal, Server, tool, tools};
use serde_json::{Value, json};

use super::api_key::{ANN, bearer, keys, server, text, whoami_call};
use super::gate::failures;
use super::issuer::{AUDIENCE, Issuer, PUBLIC, Signer, encode, now};
use crate::http::client::{Call, Client};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn client(verifier: impl mcp_runtime::auth::Authenticate) -> Client {
    Client::new(server().auth(verifier).public_url(PUBLIC))
}

/// Changes claims.
fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

fn without(claims: &Value, name: &str) -> Value {
    let mut claims = claims.clone();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

#[tokio::test]
async fn a_token_of_each_algorithm_names_its_caller() {
    let signers = [
        ("es", Signer::es256()),
        ("e3", Signer::es384()),
        ("ed", Signer::eddsa()),
        ("rs", Signer::rsa("RS256")),
        ("rs", Signer::rsa("PS256")),
    ];
    let issuer = Issuer::new(signers[..4].iter().map(|(id, it)| it.jwk(id)).collect()).await;
    let client = client(Jwt::issuer(&issuer.url));
    for (id, signer) in &signers {
        let token = signer.token(id, &issuer.claims());
        let answer = client.send(bearer(&token)).await;
        let expected = format!("{} ann orders:read", issuer.url);
        assert_eq!(text(&answer), expected, "{}", signer.algorithm());
    }
    let other = Signer::rsa("RS384").token("rs", &issuer.claims());
    client.send(bearer(&other)).await.assert_error(401, -32600);
    assert_eq!(issuer.fetched(), 1);
}

#[tokio::test]
async fn t2_scopes_are_read_from_scope_scp_and_permissions() {
    let signer = Signer::es256();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    let client = client(Jwt::issuer(&issuer.url));
    let base = without(&issuer.claims(), "scope");
    for (name, value) in [
        ("scope", json!("orders:read x")),
        ("scp", json!("x orders:read")),
        ("scp", json!(["orders:read", "x"])),
        ("permissions", json!(["x", "orders:read"])),
    ] {
        let token = signer.token("a", &with(&base, name, value));
        let answer = client.send(bearer(&token)).await;
        assert!(text(&answer).ends_with(" ann orders:read x"), "{name}");
        let order =
            Call::tool("order", json!({})).header("authorization", &format!("Bearer {token}"));
        assert_eq!(client.send(order).await.status, 200);
    }
    let own = Jwt::issuer(&issuer.url).scope_claims(["rights"]);
    let own = Client::new(server().auth(own).public_url(PUBLIC));
    let claims = with(&issuer.claims(), "rights", json!("orders:write"));
    let answer = own.send(bearer(&signer.token("a", &claims))).await;
    assert!(text(&answer).ends_with(" ann orders:write"));
}

#[tokio::test]
async fn t3_the_default_audience_is_the_public_url_and_the_path() {
    let signer = Signer::es256();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    let both = Client::new(
        server()
            .auth(Jwt::issuer(&issuer.url))
            .public_url(PUBLIC)
            .public_url("https://other.example.com/shop"),
    );
    for (audience, status) in [
        (json!(AUDIENCE), 200),
        (json!("https://other.example.com/shop/mcp"), 200),
        (json!(["https://elsewhere.example", AUDIENCE]), 200),
        (json!(PUBLIC), 401),
        (json!(format!("{AUDIENCE}/")), 401),
        (json!("https://MCP.example.com/mcp"), 401),
        (json!([AUDIENCE, 1]), 401),
    ] {
        let token = signer.token("a", &with(&issuer.claims(), "aud", audience.clone()));
        assert_eq!(both.send(bearer(&token)).await.status, status, "{audience}");
    }
    let set = client(Jwt::issuer(&issuer.url).audience(["orders-api"]));
    let token = |audience: &str| signer.token("a", &with(&issuer.claims(), "aud", json!(audience)));
    assert_eq!(set.send(bearer(&token("orders-api"))).await.status, 200);
    assert_eq!(set.send(bearer(&token(AUDIENCE))).await.status, 401);
}

/// Hostile tokens: the fault of each, the token, and the counted reason.
#[expect(clippy::too_many_lines, reason = "one row for each token")]
fn hostile(issuer: &Issuer, signer: &Signer) -> Vec<(&'static str, String, &'static str)> {
    let good = issuer.claims();
    let claims = |name: &str, value: Value| signer.token("a", &with(&good, name, value));
    let header = |extra: Value| {
        let mut header = json!({ "alg": "ES256", "kid": "a", "typ": "at+jwt" });
        for (name, value) in extra.as_object().unwrap() {
            header[name] = value.clone();
        }
        signer.raw(&header.to_string(), &good.to_string())
    };
    let head = r#"{"alg":"ES256","kid":"a"}"#;
    let valid = signer.token("a", &good);
    let (body, signature) = valid.rsplit_once('.').unwrap();
    let public = signer.jwk("a").to_string();
    let with_public_key = Signer::Hs256(public.into_bytes());
    let text = good.to_string();
    let stranger = Signer::es256();
    vec![
        ("expired", claims("exp", json!(now() - 60)), "expired"),
        (
            "no exp",
            signer.token("a", &without(&good, "exp")),
            "claims",
        ),
        (
            "exp as text",
            claims("exp", json!((now() + 60).to_string())),
            "claims",
        ),
        ("exp null", claims("exp", Value::Null), "claims"),
        ("exp negative", claims("exp", json!(-1)), "claims"),
        ("exp as list", claims("exp", json!([now() + 60])), "claims"),
        (
            "exp too large",
            signer.raw(head, &text.replace("\"exp\":", "\"exp\":1e999,\"x\":")),
            "malformed",
        ),
        (
            "exp twice",
            signer.raw(
                head,
                &text.replace("\"exp\":", "\"exp\":9999999999,\"exp\":"),
            ),
            "malformed",
        ),
        (
            "aud of another",
            claims("aud", json!("https://other.example.com")),
            "audience",
        ),
        (
            "no aud",
            signer.token("a", &without(&good, "aud")),
            "audience",
        ),
        (
            "aud as object",
            claims("aud", json!({ AUDIENCE: true })),
            "audience",
        ),
        ("aud as number", claims("aud", json!(1)), "audience"),
        ("aud empty", claims("aud", json!([])), "audience"),
        (
            "aud prefix",
            claims("aud", json!(format!("{AUDIENCE}/x"))),
            "audience",
        ),
        (
            "iss of another",
            claims("iss", json!("https://evil.example")),
            "issuer",
        ),
        (
            "no iss",
            signer.token("a", &without(&good, "iss")),
            "issuer",
        ),
        ("iss as list", claims("iss", json!([issuer.url])), "issuer"),
        (
            "iss with slash",
            claims("iss", json!(format!("{}/", issuer.url))),
            "issuer",
        ),
        ("nbf later", claims("nbf", json!(now() + 600)), "not_yet"),
        ("nbf as text", claims("nbf", json!("0")), "claims"),
        ("nbf null", claims("nbf", Value::Null), "claims"),
        ("iat later", claims("iat", json!(now() + 600)), "not_yet"),
        ("iat as text", claims("iat", json!("now")), "claims"),
        (
            "no sub and no client_id",
            signer.token("a", &without(&good, "sub")),
            "claims",
        ),
        ("sub empty", claims("sub", json!("")), "claims"),
        ("sub as number", claims("sub", json!(7)), "claims"),
        ("sub as list", claims("sub", json!(["ann"])), "claims"),
        ("sub huge", claims("sub", json!("a".repeat(2000))), "claims"),
        (
            "an ID token by nonce",
            signer.raw(head, &with(&good, "nonce", json!("n")).to_string()),
            "claims",
        ),
        (
            "an ID token by at_hash",
            signer.raw(head, &with(&good, "at_hash", json!("h")).to_string()),
            "claims",
        ),
        ("crit", header(json!({ "crit": ["exp"] })), "claims"),
        ("crit empty", header(json!({ "crit": [] })), "claims"),
        ("b64", header(json!({ "b64": false })), "claims"),
        (
            "a logout token",
            header(json!({ "typ": "logout+jwt" })),
            "claims",
        ),
        ("a proof", header(json!({ "typ": "dpop+jwt" })), "claims"),
        (
            "kid of another key",
            header(json!({ "kid": "b" })),
            "unknown_key",
        ),
        ("kid as number", header(json!({ "kid": 1 })), "malformed"),
        (
            "typ as list",
            header(json!({ "typ": ["at+jwt"] })),
            "malformed",
        ),
        (
            "alg none",
            format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(&text)),
            "algorithm",
        ),
        (
            "alg None",
            format!("{}.{}.", encode(r#"{"alg":"None"}"#), encode(&text)),
            "algorithm",
        ),
        (
            "no alg",
            format!("{}.{}.{signature}", encode(r#"{"kid":"a"}"#), encode(&text)),
            "algorithm",
        ),
        (
            "alg twice",
            signer.raw(r#"{"alg":"none","alg":"ES256","kid":"a"}"#, &text),
            "malformed",
        ),
        (
            "HS256 with the public key",
            with_public_key.token("a", &good),
            "algorithm",
        ),
        (
            "alg of another key type",
            header(json!({ "alg": "RS256" })),
            "algorithm",
        ),
        (
            "alg in another case",
            header(json!({ "alg": "es256" })),
            "algorithm",
        ),
        (
            "another's signature",
            stranger.token("a", &good),
            "signature",
        ),
        (
            "a key in the header",
            {
                let jwk = stranger.jwk("a");
                let header = json!({ "alg": "ES256", "jwk": jwk, "kid": "a" });
                stranger.raw(&header.to_string(), &text)
            },
            "signature",
        ),
        (
            "keys by a URL in the header",
            {
                let header = json!({ "alg": "ES256", "kid": "a", "jku": "https://evil.example/keys", "x5u": "https://evil.example" });
                stranger.raw(&header.to_string(), &text)
            },
            "signature",
        ),
        ("no signature", format!("{body}."), "signature"),
        (
            "signature of zeros",
            format!("{body}.{}", encode([0; 64])),
            "signature",
        ),
        (
            "signature cut",
            format!("{body}.{}", &signature[..40]),
            "signature",
        ),
        (
            "signature padded",
            format!("{body}.{signature}=="),
            "malformed",
        ),
        (
            "claims changed",
            {
                let claims = encode(with(&good, "sub", json!("root")).to_string());
                format!("{}.{claims}.{signature}", body.split_once('.').unwrap().0)
            },
            "signature",
        ),
        ("four parts", format!("{valid}.x"), "unrecognized"),
        ("two parts", body.to_owned(), "unrecognized"),
        ("an encrypted token", format!("{valid}.x.x"), "malformed"),
        ("claims as list", signer.raw(head, "[1]"), "malformed"),
        ("claims as text", signer.raw(head, "\"x\""), "malformed"),
        (
            "claims nested deep",
            signer.raw(head, &format!("{}{}", "[".repeat(5000), "]".repeat(5000))),
            "malformed",
        ),
        ("claims no JSON", signer.raw(head, "x"), "malformed"),
        ("header no JSON", signer.raw("{x", &text), "malformed"),
        (
            "header of 9 KiB",
            header(json!({ "x": "a".repeat(9000) })),
            "malformed",
        ),
        (
            "token of 17 KiB",
            claims("x", json!("a".repeat(13_000))),
            "malformed",
        ),
        (
            "a bound token without a proof",
            claims("cnf", json!({ "jkt": "x" })),
            "proof",
        ),
        ("bound to nothing", claims("cnf", json!({})), "proof"),
        ("bound by null", claims("cnf", Value::Null), "proof"),
        ("a megabyte of a", "a".repeat(1 << 20), "unrecognized"),
    ]
}

#[tokio::test]
async fn every_hostile_token_is_refused_and_counted_by_its_reason() {
    let signer = Signer::es256();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    let client = client(Jwt::issuer(&issuer.url));
    let valid = signer.token("a", &issuer.claims());
    assert_eq!(client.send(bearer(&valid)).await.status, 200);
    let tokens = hostile(&issuer, &signer);
    assert!(tokens.len() >= 40);
    for (wrong, token, reason) in tokens {
        let before = failures(&client, reason).await;
        let reply = client.open(bearer(&token)).await;
        assert_eq!(reply.status, 401, "{wrong}");
        let challenge = reply.header("www-authenticate");
        let scheme = if reason == "proof" {
            "DPoP "
        } else {
            "Bearer "
        };
        assert!(challenge.starts_with(scheme), "{wrong}: {challenge}");
        assert_eq!(
            failures(&client, reason).await,
            before + 1,
            "{wrong}: {reason}"
        );
    }
    assert_eq!(client.send(bearer(&valid)).await.status, 200);
}

#[tokio::test]
async fn a_caller_without_sub_is_its_client_and_claims_can_be_read() {
    /// The tier of the caller.
    #[tool]
    fn tier(who: &Principal) -> String {
        who.claim("tier")
            .map(ToString::to_string)
            .unwrap_or_default()
    }
    let signer = Signer::eddsa();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    let server = server().tools(tools![tier]).public_url(PUBLIC);
    let client = Client::new(server.auth(Jwt::issuer(&issuer.url)));
    let mut claims = with(
        &without(&issuer.claims(), "sub"),
        "client_id",
        json!("robot"),
    );
    claims["tier"] = json!("gold");
    let token = signer.token("a", &claims);
    assert!(text(&client.send(bearer(&token)).await).contains(" robot "));
    let call = Call::tool("tier", json!({})).header("authorization", &format!("Bearer {token}"));
    assert_eq!(text(&client.send(call).await), "\"gold\"");
}

#[tokio::test]
async fn skew_lifetime_and_type_follow_the_settings() {
    let signer = Signer::es256();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    let good = issuer.claims();
    let late = signer.token("a", &with(&good, "exp", json!(now() - 20)));
    let hour = signer.token("a", &good);
    let plain = signer.raw(r#"{"alg":"ES256","kid":"a"}"#, &good.to_string());
    let url = || Jwt::issuer(&issuer.url);
    for (verifier, token, status) in [
        (url(), &late, 200),
        (url().skew(Duration::ZERO), &late, 401),
        (url().max_age(Duration::from_hours(1)), &hour, 200),
        (url().max_age(Duration::from_secs(3599)), &hour, 401),
        (url(), &plain, 200),
        (url().token_type("at+jwt"), &plain, 401),
        (url().token_type("AT+JWT"), &hour, 200),
        (url().algorithms([SigningAlgorithm::RS256]), &hour, 401),
        (url().algorithms([SigningAlgorithm::ES256]), &hour, 200),
    ] {
        let shown = format!("{verifier:?}");
        let answer = client(verifier).send(bearer(token)).await;
        assert_eq!(answer.status, status, "{shown}");
    }
    let without_iat = signer.token("a", &without(&good, "iat"));
    let strict = client(url().max_age(Duration::from_hours(1)));
    strict
        .send(bearer(&without_iat))
        .await
        .assert_error(401, -32600);
}

#[tokio::test]
async fn two_issuers_and_keys_and_their_callers_are_distinguished() {
    let (one, two) = (Signer::es256(), Signer::es256());
    let (first, second) = (
        Issuer::new(vec![one.jwk("a")]).await,
        Issuer::new(vec![two.jwk("a")]).await,
    );
    let verifier = Jwt::issuer(&first.url)
        .or(Jwt::issuer(&second.url))
        .or(ApiKeys::new(keys()));
    let client = client(verifier);
    for (token, caller) in [
        (one.token("a", &first.claims()), &*first.url),
        (two.token("a", &second.claims()), &*second.url),
        (ANN.to_owned(), "api-key"),
    ] {
        let answer = client.send(bearer(&token)).await;
        assert!(
            text(&answer).starts_with(&format!("{caller} ann ")),
            "{answer:?}"
        );
    }
    for (token, reason) in [
        (two.token("a", &first.claims()), "signature"),
        (one.token("a", &second.claims()), "signature"),
        (
            two.token("a", &with(&second.claims(), "exp", json!(1))),
            "expired",
        ),
        (
            one.token("a", &with(&first.claims(), "exp", json!(1))),
            "expired",
        ),
        (
            one.token("a", &with(&first.claims(), "iss", json!("x"))),
            "issuer",
        ),
    ] {
        let before = failures(&client, reason).await;
        client.send(bearer(&token)).await.assert_error(401, -32600);
        assert_eq!(failures(&client, reason).await, before + 1, "{reason}");
    }
}

#[tokio::test]
async fn tokens_of_a_shared_secret_must_be_hs256() {
    let signer = Signer::Hs256(SECRET.into());
    let client = client(Jwt::secret(SECRET));
    let claims = json!({ "iss": "anybody", "aud": AUDIENCE, "sub": "ann", "exp": now() + 60 });
    let answer = client.send(bearer(&signer.token("a", &claims))).await;
    assert_eq!(text(&answer), "jwt-secret ann ");
    for (signer, reason) in [
        (Signer::Hs256(vec![0; 32]), "signature"),
        (Signer::Hs256(Vec::new()), "signature"),
        (Signer::es256(), "algorithm"),
    ] {
        let before = failures(&client, reason).await;
        let answer = client.send(bearer(&signer.token("a", &claims))).await;
        answer.assert_error(401, -32600);
        assert_eq!(failures(&client, reason).await, before + 1, "{reason}");
    }
}

#[test]
fn unsafe_combinations_of_verifiers_stop_the_start() {
    let issuer = || Jwt::issuer("https://login.example.com");
    let public = || server().public_url(PUBLIC);
    let cases: Vec<(Server, &str)> = vec![
        (server().auth(issuer()), "audience"),
        (server().auth(Jwt::secret(SECRET)), "audience"),
        (
            public().auth(Jwt::issuer("http://login.example.com")),
            "https",
        ),
        (public().auth(Jwt::issuer("login")), "scheme"),
        (
            public().auth(issuer().jwks_url("http://10.0.0.1/keys")),
            "https",
        ),
        (
            public().auth(issuer().algorithms([SigningAlgorithm::HS256])),
            "HS256",
        ),
        (public().auth(issuer().algorithms([])), "algorithms"),
        (
            public().auth(issuer().skew(Duration::from_hours(1))),
            "skew",
        ),
        (public().auth(Jwt::secret("short")), "at least 32"),
        (
            public().auth(issuer().or(Jwt::secret(SECRET))),
            "in addition to",
        ),
        (
            public().auth(Jwt::secret(SECRET)).auth(issuer()),
            "in addition to",
        ),
        (
            public().auth(
                ApiKeys::new(keys())
                    .or(Jwt::secret(SECRET))
                    .or(ApiKeys::new(keys()).or(issuer())),
            ),
            "in addition to",
        ),
    ];
    for (server, says) in cases {
        let error = server.check().unwrap_err();
        let text = error.to_string();
        assert!(error.is_auth() && text.contains(says), "{says}: {text}");
        assert!(!text.contains(SECRET) && !text.contains("short"), "{text}");
    }
    assert!(public().auth(issuer()).check().is_ok());
    assert!(server().auth(issuer().audience(["orders"])).check().is_ok());
    let both = public().auth(ApiKeys::new(keys()).or(Jwt::secret(SECRET)));
    assert!(both.check().is_ok());
    let shown = format!("{:?}", Jwt::secret(SECRET));
    assert!(!shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn a_call_without_credentials_is_challenged_with_the_metadata() {
    let signer = Signer::es256();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    let client = client(Jwt::issuer(&issuer.url));
    let reply = client.open(whoami_call()).await;
    let challenge = reply.header("www-authenticate").to_owned();
    assert!(
        challenge.contains("resource_metadata=\"https://mcp.example.com/.well-known"),
        "{challenge}"
    );
    let (status, document) = client.get("/.well-known/oauth-protected-resource").await;
    assert!(
        status == 200 && document.contains(&issuer.url),
        "{document}"
    );
    assert_eq!(
        issuer.fetched(),
        0,
        "nothing is fetched before there is a token"
    );
}
