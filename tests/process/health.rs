//! The command `health`, for containers.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use super::child::{Process, probe, run};
use super::http::Listening;
use super::tls::Authority;

#[test]
fn the_exit_code_tells_if_a_server_is_ready() {
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
fn a_missing_server_and_an_invalid_response_are_distinguished() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let nonsense = thread::spawn(move || {
        let (mut stream, _) = taken.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]);
        stream.write_all(b"220 mail.example.com\r\n").unwrap();
    });
    let (code, _, stderr) = run(probe().args(["health", &address]));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("the response is not HTTP"), "{stderr}");
    nonsense.join().unwrap();
    let (code, _, stderr) = run(probe().args(["health", &address]));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("refused"), "{stderr}");
    let (code, _, stderr) = run(probe().args(["health", "ftp://localhost/ready"]));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("http or https"), "{stderr}");
}

#[test]
fn a_server_with_tls_is_verified_by_its_own_certificate() {
    let files = Authority::new().files("health");
    let environment = files.environment();
    let server = Listening::secured(probe().envs(environment.clone()));
    let address = server.address.to_string();
    let (code, stdout, stderr) = run(probe()
        .envs(environment.clone())
        .args(["health", "--bind", &address]));
    assert_eq!(code, Some(0), "{stderr}");
    let url = format!("https://{address}/ready");
    assert!(stdout.starts_with(&format!("{url}: 200")), "{stdout}");
    let (code, _, _) = run(probe().envs(environment).args(["health", &url]));
    assert_eq!(code, Some(0), "by its URL");
    let (code, _, stderr) = run(probe().args(["health", &url]));
    assert_eq!(code, Some(1), "nobody vouches for it");
    assert!(stderr.contains("certificate"), "{stderr}");
}

#[test]
#[cfg(unix)]
fn a_server_on_a_unix_socket_is_checked_there() {
    let path = std::env::temp_dir().join(format!("mcp-health-{}.sock", std::process::id()));
    let address = format!("unix:{}", path.display());
    let server = Process::start(probe().args(["http", "--bind", &address]));
    server.hears("listening on unix:");
    for command in [
        probe().args(["health", "--bind", &address]),
        probe().args(["health", &address]),
    ] {
        let (code, stdout, stderr) = run(command);
        assert_eq!(code, Some(0), "{stderr}");
        assert!(stdout.starts_with(&address), "{stdout}");
    }
    drop(server);
    let (code, _, stderr) = run(probe().args(["health", &address]));
    assert_eq!(code, Some(1), "{stderr}");
}

#[test]
fn a_server_with_an_address_for_operations_is_checked_there() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let apart = free.local_addr().unwrap().to_string();
    drop(free);
    let _server = Listening::with(probe().env("MCP_OPS_BIND", &apart));
    let (code, stdout, stderr) = run(probe().env("MCP_OPS_BIND", &apart).arg("health"));
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stdout.starts_with(&format!("http://{apart}/ready")),
        "{stdout}"
    );
}

#[test]
fn check_names_the_end_of_the_certificate_and_too_few_descriptors() {
    let files = Authority::new().files("check");
    let mut secured = probe();
    secured.envs(files.environment());
    secured.env(
        "MCP_PUBLIC_URL",
        "https://localhost,https://mcp.example.com",
    );
    let (code, stdout, stderr) = run(secured.arg("check"));
    for note in [
        "the certificate ends at 4096-",
        "note: the certificate is not for mcp.example.com, which is in `public_url`: it is for localhost",
    ] {
        assert!(stdout.contains(note), "{code:?} {stdout}{stderr}");
    }
    assert!(!stdout.contains("self-signed"), "{stdout}");
    let shell = format!("ulimit -n 64; exec {} check", env!("CARGO_BIN_EXE_probe"));
    let mut command = Command::new("sh");
    let (_, stdout, stderr) = run(command.args(["-c", &shell]));
    assert!(
        stdout.contains("limits.connections is 10000, and the limit of open files lets 32 in"),
        "{stdout}{stderr}"
    );
}

#[test]
fn check_fails_where_an_issuer_cannot_be_reached() {
    let issuer = "http://127.0.0.1:9";
    let mut command = probe();
    command
        .env("MCP_OAUTH_ISSUER", issuer)
        .env("MCP_PUBLIC_URL", "https://mcp.example.com");
    let (code, _, stderr) = run(command.arg("check"));
    assert_eq!(code, Some(1));
    assert!(stderr.contains(issuer), "{stderr}");
}
