//! HTTP over a Unix socket.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use super::child::{Process, probe};

#[test]
fn a_unix_socket_is_served_and_its_file_removed_at_the_end() {
    let path = std::env::temp_dir().join(format!("mcp-probe-{}.sock", std::process::id()));
    let address = format!("unix:{}", path.display());
    let start = || Process::start(probe().args(["http", "--bind", &address]));
    let mut server = start();
    server.hears(&format!("listening on {address}"));
    let mut stream = UnixStream::connect(&path).unwrap();
    let request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"),
        "{answer}"
    );
    let mut second = start();
    second.hears("another server listens on this socket");
    assert_eq!(second.ends().0, Some(1));
    server.terminate();
    server.assert_success();
    assert!(!path.exists());
}
