//! Tokens bound to a key of their client: proofs of possession (RFC 9449).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mcp_runtime::auth::Jwt;
use serde_json::{Value, json};

use super::api_key::{bearer, server, text, whoami_call};
use super::gate::failures;
use super::issuer::{AUDIENCE, Issuer, PUBLIC, Signer, encode, now};
use crate::http::client::{Call, Client};

/// The SHA-256 of `text` in base64url.
fn digest(text: &str) -> String {
    encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()))
}

/// The thumbprint of a key on P-256 (RFC 7638).
fn thumbprint(jwk: &Value) -> String {
    let members = json!({ "crv": jwk["crv"], "kty": jwk["kty"], "x": jwk["x"], "y": jwk["y"] });
    digest(&members.to_string())
}

/// A client with a key, and a token bound to it.
struct Holder {
    key: Signer,
    token: String,
    proofs: std::cell::Cell<u32>,
}

impl Holder {
    fn new(issuer: &Issuer, signer: &Signer) -> Self {
        let key = Signer::es256();
        let mut claims = issuer.claims();
        claims["cnf"] = json!({ "jkt": thumbprint(&key.jwk("own")) });
        Self {
            token: signer.token("a", &claims),
            key,
            proofs: std::cell::Cell::new(0),
        }
    }

    fn header(&self) -> Value {
        let mut jwk = self.key.jwk("own");
        jwk.as_object_mut().unwrap().remove("kid");
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk })
    }

    /// The claims of a proof for a call now.
    fn claims(&self) -> Value {
        self.proofs.set(self.proofs.get() + 1);
        json!({
            "jti": format!("proof-{}", self.proofs.get()), "htm": "POST", "htu": AUDIENCE, "iat": now(),
            "ath": digest(&self.token),
        })
    }

    fn proof(&self, claims: &Value) -> String {
        self.key
            .raw(&self.header().to_string(), &claims.to_string())
    }

    /// A call with the token and this proof.
    fn call(&self, proof: &str) -> Call {
        whoami_call()
            .header("authorization", &format!("DPoP {}", self.token))
            .header("dpop", proof)
    }
}

async fn setup(change: impl FnOnce(Jwt) -> Jwt) -> (Issuer, Signer, Client) {
    let signer = Signer::es256();
    let issuer = Issuer::new(vec![signer.jwk("a")]).await;
    let verifier = change(Jwt::issuer(&issuer.url));
    let client = Client::new(server().auth(verifier).public_url(PUBLIC));
    (issuer, signer, client)
}

#[tokio::test]
async fn a_bound_token_passes_with_its_proof_once() {
    let (issuer, signer, client) = setup(|it| it).await;
    let holder = Holder::new(&issuer, &signer);
    let proof = holder.proof(&holder.claims());
    let answer = client.send(holder.call(&proof)).await;
    assert!(text(&answer).ends_with(" ann orders:read"));
    let again = client.open(holder.call(&proof)).await;
    let challenge = again.header("www-authenticate").to_owned();
    assert!(
        challenge.starts_with("DPoP ") && challenge.contains("error=\"invalid_dpop_proof\""),
        "{challenge}"
    );
    assert!(challenge.contains("algs=\"ES256"), "{challenge}");
    assert_eq!(again.status, 401);
    assert_eq!(failures(&client, "replayed").await, 1);
    let next = holder.proof(&holder.claims());
    assert_eq!(client.send(holder.call(&next)).await.status, 200);
    let mut delete = holder.claims();
    delete["htm"] = json!("DELETE");
    let delete = Call::delete("x")
        .header("authorization", &format!("DPoP {}", holder.token))
        .header("dpop", &holder.proof(&delete));
    assert_eq!(client.open(delete).await.status, 404);
}

#[tokio::test]
async fn a_bound_token_without_the_right_proof_is_refused() {
    let (issuer, signer, client) = setup(|it| it).await;
    let holder = Holder::new(&issuer, &signer);
    let thief = Holder::new(&issuer, &signer);
    let changed = |name: &str, value: Value| {
        let mut claims = holder.claims();
        claims[name] = value;
        holder.call(&holder.proof(&claims))
    };
    let with_header = |name: &str, value: Value| {
        let mut header = holder.header();
        header[name] = value;
        holder.call(
            &holder
                .key
                .raw(&header.to_string(), &holder.claims().to_string()),
        )
    };
    let mut private = holder.header();
    private["jwk"]["d"] = json!("x");
    let unsigned = format!(
        "{}.{}.",
        encode(
            json!({ "typ": "dpop+jwt", "alg": "none", "jwk": holder.header()["jwk"] }).to_string()
        ),
        encode(holder.claims().to_string())
    );
    let good = holder.proof(&holder.claims());
    let calls = vec![
        ("as Bearer", bearer(&holder.token)),
        (
            "as Bearer with a proof",
            bearer(&holder.token).header("dpop", &good),
        ),
        (
            "no proof",
            whoami_call().header("authorization", &format!("DPoP {}", holder.token)),
        ),
        ("another key", holder.call(&thief.proof(&holder.claims()))),
        ("another token", thief.call(&holder.proof(&holder.claims()))),
        ("method", changed("htm", json!("GET"))),
        ("method in another case", changed("htm", json!("post"))),
        (
            "URL",
            changed("htu", json!("https://other.example.com/mcp")),
        ),
        ("path", changed("htu", json!("https://mcp.example.com/"))),
        (
            "scheme",
            changed("htu", json!("http://mcp.example.com/mcp")),
        ),
        ("no URL", changed("htu", Value::Null)),
        ("old", changed("iat", json!(now() - 120))),
        ("early", changed("iat", json!(now() + 120))),
        ("no time", changed("iat", json!("now"))),
        ("ath", changed("ath", json!(digest("x")))),
        ("no ath", changed("ath", Value::Null)),
        ("no jti", changed("jti", Value::Null)),
        ("empty jti", changed("jti", json!(""))),
        ("large jti", changed("jti", json!("a".repeat(300)))),
        ("typ", with_header("typ", json!("jwt"))),
        ("no key", with_header("jwk", Value::Null)),
        (
            "a symmetric key",
            with_header("jwk", json!({ "kty": "oct", "k": "AAAA" })),
        ),
        (
            "a private key",
            holder.call(
                &holder
                    .key
                    .raw(&private.to_string(), &holder.claims().to_string()),
            ),
        ),
        ("crit", with_header("crit", json!(["x"]))),
        ("unsigned", holder.call(&unsigned)),
        ("garbage", holder.call("x")),
        ("large", holder.call(&"a".repeat(20_000))),
    ];
    let number = u32::try_from(calls.len()).unwrap();
    for (wrong, call) in calls {
        let reply = client.open(call).await;
        assert_eq!(reply.status, 401, "{wrong}");
        assert!(
            reply.header("www-authenticate").starts_with("DPoP "),
            "{wrong}"
        );
    }
    assert_eq!(failures(&client, "proof").await, number);
    assert_eq!(
        client
            .send(holder.call(&good).also("dpop", &good))
            .await
            .status,
        400
    );
    assert_eq!(client.send(holder.call(&good)).await.status, 200);
}

#[tokio::test]
async fn an_unbound_token_needs_no_proof_unless_binding_is_required() {
    let (issuer, signer, client) = setup(|it| it).await;
    let token = signer.token("a", &issuer.claims());
    assert_eq!(client.send(bearer(&token)).await.status, 200);
    let as_proved = whoami_call().header("authorization", &format!("DPoP {token}"));
    client.send(as_proved).await.assert_error(401, -32600);

    let (issuer, signer, client) = setup(|it| it.bound(true)).await;
    let token = signer.token("a", &issuer.claims());
    client.send(bearer(&token)).await.assert_error(401, -32600);
    let holder = Holder::new(&issuer, &signer);
    let proof = holder.proof(&holder.claims());
    assert_eq!(client.send(holder.call(&proof)).await.status, 200);
    let (_, document) = client.get("/.well-known/oauth-protected-resource").await;
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["dpop_bound_access_tokens_required"], true);
    assert!(
        document["dpop_signing_alg_values_supported"]
            .as_array()
            .unwrap()
            .contains(&json!("ES256"))
    );
}

#[tokio::test]
async fn a_proof_needs_the_nonce_of_the_server_where_required() {
    let (issuer, signer, client) = setup(|it| it.proof_nonces(true)).await;
    let holder = Holder::new(&issuer, &signer);
    let first = client
        .open(holder.call(&holder.proof(&holder.claims())))
        .await;
    assert_eq!(first.status, 401);
    let challenge = first.header("www-authenticate");
    assert!(
        challenge.contains("error=\"use_dpop_nonce\""),
        "{challenge}"
    );
    let nonce = first.header("dpop-nonce").to_owned();
    assert_eq!(URL_SAFE_NO_PAD.decode(&nonce).unwrap().len(), 16);
    let mut claims = holder.claims();
    claims["nonce"] = json!(nonce);
    assert_eq!(
        client
            .send(holder.call(&holder.proof(&claims)))
            .await
            .status,
        200
    );
    claims = holder.claims();
    claims["nonce"] = json!(encode([0; 16]));
    assert_eq!(
        client
            .send(holder.call(&holder.proof(&claims)))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_token_bound_to_a_certificate_needs_it() {
    let (issuer, signer, client) = setup(|it| it).await;
    let mut claims = issuer.claims();
    claims["cnf"] = json!({ "x5t#S256": encode([7; 32]) });
    client
        .send(bearer(&signer.token("a", &claims)))
        .await
        .assert_error(401, -32600);
    assert_eq!(failures(&client, "proof").await, 1);
}
