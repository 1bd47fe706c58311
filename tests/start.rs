//! The start of a server: all of its faults together, settings out of range, and errors that a program can
//! distinguish.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use mcp_runtime::{Error, Server, resource, resources, tool, tools};

fn high() -> u32 {
    9
}

/// Adds.
#[tool]
fn add(
    #[arg(default = high(), range = 1..=5)] a: u32,
    #[arg(default = high(), range = 1..=6)] b: u32,
) -> u32 {
    a + b
}

/// Subtracts.
#[tool]
fn sub(#[arg(default = high(), range = 1..=7)] a: u32) -> u32 {
    a
}

/// Shows a view that is not there.
#[tool(ui = "ui://gone")]
fn show() {}

/// One item.
#[resource("shop://items/{id}")]
fn item(id: u32) -> String {
    id.to_string()
}

/// The same item.
#[resource("shop://items/{code}")]
fn code(code: String) -> String {
    code
}

fn sound() -> Server {
    Server::new("shop", "1.0.0").resources(resources![item])
}

#[test]
fn a_start_reports_all_of_its_faults() {
    let server = sound()
        .tools(tools![add, sub, show])
        .tools(tools![sub])
        .resources(resources![code])
        .page_size(0)
        .public_url("nowhere")
        .state_keys(["short"]);
    let error = server.check().unwrap_err();
    let text = error.to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 11, "{text}");
    assert_eq!(lines[0], "the server has 10 faults:");
    for (line, part) in lines[1..].iter().zip([
        r#"- public_url is "nowhere": "#,
        r#"- page_size is "0": write at least 1"#,
        "- state_keys is \"[hidden]\": ",
        "- tool `add` cannot be served: the default of `a` must be from 1 to 5, was 9",
        "- tool `add` cannot be served: the default of `b` must be from 1 to 6, was 9",
        "- tool `sub` cannot be served: the default of `a` must be from 1 to 7, was 9",
        "- tool `sub` cannot be served: ",
        "- two tools are called `sub`; ",
        "- the URIs of resources `item` and `code` match one URI in common; ",
        "- tool `show` cannot be served: its view `ui://gone` is not a resource of this server",
    ]) {
        assert!(line.starts_with(part), "{line}\n{part}");
    }
    assert!(error.is_setting() && error.is_declaration() && error.is_conflict());
    assert!(!error.is_bind() && !error.is_other() && !error.is_skills());
}

#[tokio::test]
async fn a_server_is_checked_and_then_served() {
    let server = sound();
    assert!(server.check().is_ok());
    assert!(server.check().is_ok());
    let client = mcp_testkit::TestClient::new(server).await;
    client.read("shop://items/7").await.assert_text("7");
}

#[test]
fn a_setting_out_of_range_is_refused_and_not_clamped() {
    let long = Duration::from_secs(u64::MAX);
    let cases: Vec<(Server, &str)> = vec![
        (
            sound().page_size(0),
            r#"page_size is "0": write at least 1"#,
        ),
        (
            sound().max_sessions(0),
            r#"max_sessions is "0": write at least 1"#,
        ),
        (
            sound().max_message_size(0),
            r#"max_message_size is "0": write a number from 1 to 4294967295"#,
        ),
        (sound().max_message_size(usize::MAX), "max_message_size is "),
        (
            sound().max_tasks(0),
            r#"max_tasks is "0": write at least 1"#,
        ),
        (
            sound().max_listeners(0),
            r#"max_listeners is "0": write at least 1"#,
        ),
        (sound().max_held(0), "max_held is "),
        (
            sound().session_idle(Duration::ZERO),
            r#"session_idle is "0ns": write a duration from 1ms to 365 days"#,
        ),
        (sound().session_idle(long), "session_idle is "),
        (sound().task_ttl(long), "task_ttl is "),
        (sound().shutdown_deadline(long), "shutdown_deadline is "),
    ];
    for (server, says) in cases {
        let error = server.check().unwrap_err();
        assert!(
            error.is_setting() && error.to_string().starts_with(says),
            "{error}"
        );
    }
    assert!(sound().page_size(1).max_sessions(1).check().is_ok());
    assert!(sound().shutdown_deadline(Duration::ZERO).check().is_ok());
    assert!(sound().max_message_size(4_294_967_295).check().is_ok());
}

#[tokio::test]
async fn a_port_that_is_taken_is_distinguished_from_other_errors() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = sound().serve_http(address).await.unwrap_err();
    assert!(error.is_bind() && !error.is_setting());
    assert_eq!(error.io_error().unwrap().kind(), io::ErrorKind::AddrInUse);
    assert!(error.source().unwrap().is::<io::Error>());
}

#[test]
fn an_error_of_the_program_can_be_retrieved() {
    let error = Error::other(io::Error::other("no database"));
    assert!(error.is_other() && !error.is_bind());
    assert!(error.get_ref().unwrap().is::<io::Error>());
    assert!(error.io_error().is_none());
}

#[test]
fn a_single_fault_is_reported_without_a_list() {
    let error = sound().page_size(0).check().unwrap_err();
    assert!(!error.to_string().contains('\n'), "{error}");
}
