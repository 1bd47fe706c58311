//! stdout carries the protocol: prints of tools go elsewhere.

use serde_json::json;

use super::child::{Process, call};

/// Calls `tool` over stdio; returns the text of its result, which must be the only output on stdout.
fn answer(process: &mut Process, tool: &str) -> String {
    process.send(call(tool, tool, json!({})));
    let answer = process.receive().unwrap();
    assert_eq!(answer["id"], tool);
    answer["result"]["content"][0]["text"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn prints_of_a_tool_go_to_stderr() {
    let mut process = Process::stdio();
    assert_eq!(answer(&mut process, "print"), "printed");
    process.hears("printed by the tool");
    process.close();
    assert_eq!(process.receive(), None);
    process.assert_success();
}

#[test]
fn prints_of_a_tools_child_process_go_to_stderr() {
    let mut process = Process::stdio();
    assert_eq!(answer(&mut process, "print_by_child"), "printed");
    process.hears("printed by the child");
    process.close();
    assert_eq!(process.receive(), None);
    process.assert_success();
}

#[test]
fn prints_before_the_server_runs_do_not_reach_the_client_later() {
    let mut process = Process::start(super::child::probe().env("PROBE_PRINTS_FIRST", "1"));
    assert_eq!(answer(&mut process, "print"), "printed");
    process.close();
    assert_eq!(process.receive(), None);
    process.assert_success();
}

#[test]
fn a_panic_is_logged_with_the_reference_that_the_client_gets() {
    let mut process = Process::stdio();
    let text = answer(&mut process, "explode");
    assert!(!text.contains("hunter2"), "{text}");
    let reference = text
        .split("reference ")
        .nth(1)
        .unwrap()
        .trim_end_matches(')')
        .to_owned();
    process.hears("hunter2");
    let line = process.hears(&reference);
    assert!(
        line.contains("tool panicked") && line.contains("explode"),
        "{line}"
    );
    assert_eq!(
        answer(&mut process, "print"),
        "printed",
        "the server goes on"
    );
}

#[test]
fn a_private_error_is_logged_as_a_chain_under_its_reference() {
    let mut process = Process::stdio();
    let text = answer(&mut process, "fail");
    let reference = text
        .split("reference ")
        .nth(1)
        .unwrap()
        .trim_end_matches(')')
        .to_owned();
    let line = process.hears(&reference);
    assert!(
        line.contains("cannot load: no disk") && line.contains("fail"),
        "{line}"
    );
}
