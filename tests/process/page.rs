//! The page to try the server, of a debug build that listens itself.

use super::child::{Process, probe};
use super::http::Listening;

/// The status of `/` of a process with these flags.
fn status(flags: &[&str]) -> u16 {
    let server = Listening::with_flags(&mut probe(), flags);
    let mut connection = server.connect();
    connection.get("/", &[]);
    connection.answer().0
}

#[test]
fn a_debug_build_that_listens_serves_the_page_unless_it_is_disabled() {
    assert_eq!(status(&[]), 200);
    assert_eq!(status(&["--page"]), 200);
    assert_eq!(status(&["--page=always"]), 200);
    assert_eq!(status(&["--page=never"]), 404);
}

#[test]
fn the_environment_switches_the_page_off() {
    let server = Listening::with(probe().env("MCP_SERVER_PAGE", "never"));
    let mut connection = server.connect();
    connection.get("/page/main.js", &[]);
    assert_eq!(connection.answer().0, 404);
}

#[test]
fn the_address_of_the_page_is_printed_if_there_is_one() {
    let server = Listening::start();
    let line = server.process.hears("page to try it: ");
    assert_eq!(line, format!("page to try it: http://{}/", server.address));
}

#[test]
fn an_invalid_value_stops_the_start() {
    let mut process = Process::start(probe().args(["http", "--page=maybe"]));
    process.hears("write debug, always or never");
    assert_ne!(process.ends().0, Some(0));
}
