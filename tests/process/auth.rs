//! The verification of callers by the settings of a process.

use std::fs;
use std::process::{Command, Stdio};

use rustix::process::Signal;
use serde_json::json;

use super::child::{Process, probe, request};
use super::http::Listening;

const ANN: &str = "ann-3f9c5a7e1b2d4f6081a3c5e7";
const BOB: &str = "bob-3f9c5a7e1b2d4f6081a3c5e7";

/// The status of a list with these headers.
fn status(server: &Listening, headers: &[(&str, &str)]) -> u16 {
    let mirrored = [
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/list"),
    ];
    let mut connection = server.connect();
    let list = request("1", "tools/list", json!({}));
    connection.post(&[&mirrored, headers].concat(), &list);
    connection.head().status
}

/// The error of a failed start.
#[track_caller]
fn refused(command: &mut Command) -> String {
    let output = command
        .args(["http", "--bind", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{stderr}");
    assert!(
        !stderr.contains(ANN) && !stderr.contains("tiny"),
        "{stderr}"
    );
    stderr
}

#[test]
fn keys_of_the_environment_and_of_a_file_are_needed() {
    let file = std::env::temp_dir().join(format!("mcp-auth-{}", std::process::id()));
    fs::write(&file, format!("ann:{ANN}\nbob:{BOB}\n")).unwrap();
    let both = format!("ann:{ANN},bob:{BOB}:orders:read");
    for (name, value) in [
        ("MCP_API_KEYS", both.as_str()),
        ("MCP_API_KEYS_FILE", file.to_str().unwrap()),
    ] {
        let server = Listening::with(probe().env(name, value));
        let bearer = format!("Bearer {ANN}");
        assert_eq!(status(&server, &[]), 401, "{name}");
        assert_eq!(status(&server, &[("authorization", &bearer)]), 200);
        assert_eq!(status(&server, &[("x-api-key", BOB)]), 200);
        assert_eq!(status(&server, &[("x-api-key", "nobody-knows-it")]), 401);
        let mut connection = server.connect();
        connection.get("/healthz", &[]);
        assert_eq!(connection.head().status, 200);
    }
    fs::remove_file(&file).unwrap();
}

#[test]
fn keys_are_replaced_by_a_reload_and_wrong_ones_change_nothing() {
    let file = std::env::temp_dir().join(format!("mcp-rotated-{}", std::process::id()));
    fs::write(&file, format!("ann:{ANN}\n")).unwrap();
    let server = Listening::with(probe().env("MCP_API_KEYS_FILE", &file));
    let both = || [ANN, BOB].map(|key| status(&server, &[("x-api-key", key)]));
    assert_eq!(both(), [200, 401]);
    fs::write(&file, "bob:tiny").unwrap();
    server.process.signal(Signal::HUP);
    server.process.hears("is refused");
    assert_eq!(both(), [200, 401]);
    fs::write(&file, format!("bob:{BOB}")).unwrap();
    server.process.signal(Signal::HUP);
    server.process.hears("is reloaded");
    assert_eq!(both(), [401, 200]);
    fs::remove_file(&file).unwrap();
}

#[test]
fn settings_of_callers_that_cannot_be_used_stop_the_start() {
    let with = |variables: &[(&str, &str)]| {
        let mut command = probe();
        command.envs(variables.iter().copied());
        refused(&mut command)
    };
    let secret = "0123456789abcdef0123456789abcdef";
    for (variables, says) in [
        (&[("MCP_API_KEYS", "secret")][..], "label"),
        (&[("MCP_API_KEYS", "ann:tiny")], "at least 24"),
        (&[("MCP_AUTH_API_KEYS_HEADERS", "a b")], "header"),
        (&[("MCP_OAUTH_ISSUER", "http://login.example.com")], "https"),
        (
            &[("MCP_OAUTH_ISSUER", "https://login.example.com")],
            "audience",
        ),
        (&[("MCP_JWT_SECRET_KEY", "tiny")], "at least 32"),
        (&[("MCP_AUTH_JWT_ALGORITHMS", "RSA")], "RS256"),
        (
            &[
                ("MCP_JWT_SECRET_KEY", secret),
                ("MCP_OAUTH_ISSUER", "https://login.example.com"),
                ("MCP_OAUTH_AUDIENCE", "orders"),
            ],
            "in addition to",
        ),
        (
            &[
                ("MCP_OAUTH_ISSUER", "http://127.0.0.1:9"),
                ("MCP_OAUTH_AUDIENCE", "orders"),
            ],
            "not ready",
        ),
    ] {
        let error = with(variables);
        assert!(error.contains(says), "{variables:?}: {error}");
    }
}

#[test]
fn check_says_for_which_transport_callers_are_verified() {
    let check = |name: &str, value: &str| {
        let output = probe().arg("check").env(name, value).output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.success(), text)
    };
    let (_, told) = check("MCP_API_KEYS", &format!("ann:{ANN}"));
    assert!(told.contains("over stdio there is one"), "{told}");
    let (ok, told) = check("MCP_OAUTH_ISSUER", "http://127.0.0.1:9");
    assert!(!ok && told.contains("audience"), "{told}");
}

#[test]
fn callers_over_stdio_need_no_credentials_and_anonymous_ones_may_be_allowed() {
    let mut stdio = Process::start(probe().env("MCP_API_KEYS", format!("ann:{ANN}")));
    stdio.send(request("1", "tools/list", json!({})));
    assert!(stdio.receive().unwrap()["result"].is_object());
    let server = Listening::with(
        probe()
            .env("MCP_API_KEYS", format!("ann:{ANN}"))
            .env("MCP_AUTH_REQUIRED", "false"),
    );
    assert_eq!(status(&server, &[]), 200);
    assert_eq!(status(&server, &[("x-api-key", "nobody-knows-it")]), 401);
}
