//! The command `health`, which containers ask.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;

use super::child::probe;
use super::http::Listening;

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_server_that_is_ready_is_told_by_the_exit_code() {
    let server = Listening::start();
    let address = server.address.to_string();
    let (code, stdout, stderr) = run(probe().args(["health", "--bind", &address]));
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stdout.starts_with(&format!("http://{address}/ready: 200")),
        "{stdout}"
    );
    let port = server.address.port().to_string();
    let any = probe()
        .args(["health", "/healthz"])
        .env("MCP_SERVER_HOST", "0.0.0.0")
        .env("MCP_SERVER_PORT", &port)
        .status();
    assert!(any.unwrap().success(), "0.0.0.0 is reached by 127.0.0.1");
    let url = format!("http://{address}/nowhere");
    let (code, stdout, stderr) = run(probe().args(["health", &url]));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains(&url) && stderr.contains("404"), "{stderr}");
}

#[test]
fn nobody_there_and_nonsense_are_told_apart() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let nonsense = thread::spawn(move || {
        let (mut stream, _) = taken.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]);
        stream.write_all(b"220 mail.example.com\r\n").unwrap();
    });
    let (code, _, stderr) = run(probe().args(["health", &address]));
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("does not answer as an HTTP server"),
        "{stderr}"
    );
    nonsense.join().unwrap();
    let (code, _, stderr) = run(probe().args(["health", &address]));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("refused"), "{stderr}");
    let (code, _, stderr) = run(probe().args(["health", "https://localhost/ready"]));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("only http://"), "{stderr}");
}
