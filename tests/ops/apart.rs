//! Health and metrics at a separate address.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::process::child::{Process, probe};

/// The status and the text of a `GET`.
fn get(address: &str, path: &str) -> (u16, String) {
    let mut connection = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    let status = response.split(' ').nth(1).unwrap().parse().unwrap();
    (status, response)
}

/// The address in a line such as `listening on http://127.0.0.1:8080/mcp`.
fn address(line: &str) -> String {
    let (_, rest) = line.split_once("http://").unwrap();
    rest.split('/').next().unwrap().trim().to_owned()
}

#[test]
fn health_and_metrics_leave_the_public_address() {
    let mut process = Process::start(
        probe()
            .args(["http"])
            .env("MCP_SERVER_PORT", "0")
            .env("PROBE_OPS", "127.0.0.1:0"),
    );
    let public = address(&process.hears("listening on"));
    let own = address(&process.hears("health and metrics on"));
    for (path, at_public, at_own) in [
        ("/healthz", 200, 200),
        ("/ready", 200, 200),
        ("/health", 404, 200),
        ("/metrics", 404, 200),
        ("/mcp", 405, 404),
    ] {
        let (status, _) = get(&public, path);
        assert_eq!(status, at_public, "{path} at the public address");
        let (status, text) = get(&own, path);
        assert_eq!(status, at_own, "{path} at the other address");
        let is_restricted = text.to_lowercase().contains("nosniff");
        assert!(is_restricted || status != 200, "{text}");
    }
    assert!(get(&own, "/metrics").1.contains("mcp_requests_total"));
    process.terminate();
    process.assert_success();
}

#[test]
fn a_malformed_address_stops_the_start() {
    for wrong in ["9090", "localhost:9090", "127.0.0.1"] {
        let mut process = Process::start(
            probe()
                .args(["http"])
                .env("MCP_SERVER_PORT", "0")
                .env("PROBE_OPS", wrong),
        );
        let line = process.hears("ops_bind");
        assert!(line.contains("such as 127.0.0.1:9090"), "{line}");
        assert_eq!(process.ends().0, Some(1));
    }
}
