//! Audit records in a separate file.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::process::child::{Process, call, probe};

/// The path of a file that is removed at the end.
struct Path(PathBuf);

impl Path {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("{name}-{}", std::process::id())))
    }

    fn records(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.0).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Drop for Path {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn calls_and_refusals_go_to_the_file_and_not_to_the_log() {
    let path = Path::new("probe-audit");
    let mut process = Process::start(probe().env("PROBE_AUDIT", &path.0));
    process.send(call("1", "hold", json!({ "ms": 0 })));
    process.receive();
    // 100 a minute: two are refused, and `echo` does not declare `audit`.
    for number in 0..102 {
        process.send(call(&number.to_string(), "echo", json!({ "text": "x" })));
        process.receive();
    }
    process.close();
    process.assert_success();
    let records = path.records();
    let of =
        |tool: &str| -> Vec<&Value> { records.iter().filter(|it| it["tool"] == tool).collect() };
    let held = of("hold");
    assert_eq!(held.len(), 1, "{records:?}");
    assert_eq!(
        [
            &held[0]["outcome"],
            &held[0]["message"],
            &held[0]["arguments"]
        ],
        ["ok", "tool called", r#"{"ms":0}"#]
    );
    assert!(held[0]["timestamp"].as_str().unwrap().ends_with('Z'));
    assert!(held[0]["duration_ms"].is_number());
    let outcomes: Vec<_> = of("echo").iter().map(|it| it["outcome"].clone()).collect();
    assert_eq!(outcomes, ["rate_limited", "rate_limited"]);
    while let Some(line) = process.says() {
        assert!(!line.contains("mcp_runtime::audit"), "{line}");
    }
}

#[test]
fn a_flood_of_refusals_does_not_become_a_flood_of_records() {
    let path = Path::new("probe-flood");
    let mut process = Process::start(probe().env("PROBE_AUDIT", &path.0));
    for number in 0..400 {
        process.send(call(&number.to_string(), "echo", json!({ "text": "x" })));
    }
    for _ in 0..400 {
        process.receive();
    }
    process.close();
    process.assert_success();
    let refused = path.records().len();
    assert!((1..=100).contains(&refused), "{refused} of 300");
}

#[test]
fn a_file_that_cannot_be_opened_stops_the_start() {
    let mut process = Process::start(probe().env("PROBE_AUDIT", "/no/such/folder/audit.log"));
    let line = process.hears("audit_file");
    assert!(line.contains("/no/such/folder/audit.log"), "{line}");
    assert_eq!(process.ends().0, Some(1));
}
