//! Reloading a running server: on SIGHUP, and when the file has changed.

use rustix::process::Signal;
use serde_json::{Value, json};

use super::child::{Process, call, probe, request};
use super::config::Folder;
use super::http::Listening;

/// The text of a response over stdio.
fn answer(process: &mut Process, message: &str) -> Value {
    process.send(message);
    loop {
        let message = process.receive().unwrap();
        if message.get("id").is_some() {
            return message;
        }
    }
}

/// A process that serves, and handles signals.
fn serving(folder: &Folder) -> Process {
    let mut process = Process::start(&mut folder.probe());
    answer(&mut process, &call("0", "add", json!({ "a": 1, "b": 2 })));
    process
}

fn metrics(server: &Listening) -> String {
    let mut connection = server.connect();
    connection.get("/metrics", &[]);
    let head = connection.head();
    connection.body(&head)
}

/// Writes the settings, triggers a reload, and returns its log line.
fn reload(server: &Listening, folder: &Folder, text: &str) -> String {
    folder.write(text);
    server.process.signal(Signal::HUP);
    server.process.hears("is reloaded")
}

fn names(list: &Value) -> Vec<&str> {
    let tools = list["result"]["tools"].as_array().unwrap();
    let names = tools.iter().map(|tool| tool["name"].as_str().unwrap());
    names.collect()
}

#[test]
fn t21_a_bad_file_at_reload_changes_nothing() {
    let folder = Folder::new("t21", "[tools.print]\nenabled = false\n");
    let server = Listening::with_flags(&mut folder.probe(), &[]);
    folder.write("[tools.print]\nenabled = true\n[tools.echo]\ntimeot = \"5s\"\n");
    server.process.signal(Signal::HUP);
    let line = server.process.hears("is refused");
    assert!(
        line.contains("unknown key `timeot` in [tools.echo]"),
        "{line}"
    );
    server.process.hears("mcp.toml:4:1");
    let mut connection = server.connect();
    connection.list();
    let head = connection.head();
    let list: Value = serde_json::from_str(&connection.body(&head)).unwrap();
    assert!(!names(&list).contains(&"print"), "{list}");
    let text = metrics(&server);
    for series in [
        "mcp_config_reloads_total{outcome=\"refused\"} 1",
        "mcp_config_reloads_total{outcome=\"applied\"} 0",
    ] {
        assert!(text.contains(series), "{text}");
    }
    folder.write("[tools.print]\nenabled = true\n");
    server.process.signal(Signal::HUP);
    server.process.hears("is reloaded");
    assert!(metrics(&server).contains("mcp_config_reloads_total{outcome=\"applied\"} 1"));
}

#[test]
fn subscribers_are_notified_of_a_tool_that_is_disabled_and_enabled() {
    let folder = Folder::new("switch", "");
    let mut process = Process::start(&mut folder.probe());
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } });
    let initialize =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }).to_string();
    answer(&mut process, &initialize);
    process.send(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string());
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }).to_string();
    let call = json!({ "jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": { "name": "add", "arguments": { "a": 1, "b": 2 } } }).to_string();
    for (enabled, is_there) in [(false, false), (true, true)] {
        folder.write(&format!("[tools.add]\nenabled = {enabled}\n"));
        process.signal(Signal::HUP);
        let told = process.receive().unwrap();
        assert_eq!(told["method"], "notifications/tools/list_changed");
        let listed = answer(&mut process, &list);
        assert_eq!(names(&listed).contains(&"add"), is_there, "{listed}");
        let answered = answer(&mut process, &call);
        assert_eq!(answered.get("error").is_none(), is_there, "{answered}");
    }
}

#[test]
fn a_reload_does_not_reset_a_limit() {
    let folder = Folder::new("round", "[tools.echo]\nrate_limit = \"1/h\"\n");
    let mut process = Process::start(&mut folder.probe());
    let refused = |process: &mut Process| {
        let answer = answer(process, &call("1", "echo", json!({ "text": "a" })));
        answer.to_string().contains("rate limit of")
    };
    assert!(!refused(&mut process));
    assert!(refused(&mut process));
    folder.write("[tools.echo]\nrate_limit = \"1/h\"\ntimeout = \"9s\"\n");
    process.signal(Signal::HUP);
    let line = process.hears("is reloaded");
    assert!(line.contains("tools.echo"), "{line}");
    assert!(refused(&mut process), "its bucket is as empty as before");
    folder.write("[tools.echo]\nrate_limit = \"2/h\"\n");
    process.signal(Signal::HUP);
    process.hears("is reloaded");
    assert!(!refused(&mut process), "another limit has another bucket");
}

#[test]
fn a_changed_file_is_read_without_a_signal() {
    let folder = Folder::new("watched", "");
    let process = serving(&folder);
    folder.write("[log]\nlevel = \"debug\"\n");
    let line = process.hears("is reloaded");
    assert!(
        line.contains("a file has changed") && line.contains("log.level"),
        "{line}"
    );
}

#[test]
fn the_level_of_the_log_changes_while_the_server_runs() {
    let folder = Folder::new("level", "[log]\nlevel = \"info\"\n");
    let mut process = serving(&folder);
    folder.write("[log]\nlevel = \"debug\"\n");
    process.signal(Signal::HUP);
    process.hears("is reloaded");
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;
    process.send(list);
    process.hears("method=\"tools/list\"");
}

#[test]
fn a_setting_that_needs_a_restart_is_named() {
    let folder = Folder::new("restart", "");
    let process = serving(&folder);
    folder.write(
        "[limits]\nflood = 7\n[ops]\nbind = \"127.0.0.1:0\"\n[server]\nbind = \"127.0.0.1:0\"\n",
    );
    process.signal(Signal::HUP);
    let line = process.hears("restart the server to apply them");
    assert!(line.contains("\"server.bind, ops.bind\""), "{line}");
}

#[test]
fn a_public_url_is_allowed_from_the_reload_on() {
    let folder = Folder::new("url", "");
    let server = Listening::with_flags(&mut folder.probe(), &[]);
    let status = || {
        let mut connection = server.connect();
        connection.get("/mcp", &[("origin", "https://mcp.example.com")]);
        connection.head().status
    };
    assert_eq!(status(), 403);
    folder.write("[server]\npublic_url = \"https://mcp.example.com\"\n");
    server.process.signal(Signal::HUP);
    server.process.hears("is reloaded");
    assert_eq!(status(), 405);
}

#[test]
fn a_hang_up_ends_nothing() {
    let mut process = Process::start(&mut probe());
    answer(&mut process, &call("0", "add", json!({ "a": 1, "b": 2 })));
    process.signal(Signal::HUP);
    process.hears("is reloaded");
    process.signal(Signal::HUP);
    process.hears("is reloaded");
    let answer = answer(&mut process, &call("1", "add", json!({ "a": 1, "b": 2 })));
    assert_eq!(answer["result"]["content"][0]["text"], "3", "{answer}");
    process.close();
    process.assert_success();
}

#[test]
fn limits_of_connections_and_pages_change_while_the_server_runs() {
    let folder = Folder::new("limits", "");
    let server = Listening::with(&mut folder.probe());
    let reload = |text: &str| reload(&server, &folder, text);
    let mut connection = server.connect();
    connection.list();
    let head = connection.head();
    let list: Value = serde_json::from_str(&connection.body(&head)).unwrap();
    assert!(list["result"].get("nextCursor").is_none());
    let line = reload("[server]\npage_size = 2\n");
    assert!(line.contains("server.page_size"), "{line}");
    connection.list();
    let head = connection.head();
    let list: Value = serde_json::from_str(&connection.body(&head)).unwrap();
    assert_eq!(names(&list).len(), 2);
    reload("[limits]\nconnections_per_ip = 1\n");
    let mut second = server.connect();
    assert_eq!(second.head().status, 429, "the first one is open");
    reload("[limits]\nidle_timeout = \"200ms\"\n");
    let mut slow = server.connect();
    assert!(slow.is_closed(), "it says nothing");
}

#[test]
fn limits_of_held_resources_change_at_run_time() {
    let folder = Folder::new("held", "");
    let server = Listening::with(&mut folder.probe());
    let reload = |name: &str, value: &str| {
        let line = reload(&server, &folder, &format!("[limits]\n{name} = {value}\n"));
        assert!(line.contains(&format!("limits.{name}")), "{line}");
    };
    let ask = |message: &str| {
        let mut connection = server.connect();
        connection.send(message);
        connection
    };
    let large = call("1", "echo", json!({ "text": "a".repeat(20_000) }));
    assert_eq!(ask(&large).answer().0, 200);
    reload("bodies", "\"17KiB\"");
    let (status, text) = ask(&large).answer();
    assert_eq!(status, 503, "{text}");
    reload("calls", "1");
    let mut running = ask(&call("1", "stuck", json!({})));
    assert_eq!(running.head().status, 200);
    running.event().unwrap();
    let (status, text) = ask(&call("2", "add", json!({ "a": 1, "b": 2 }))).answer();
    assert_eq!(status, 503, "{text}");
    reload("listeners", "1");
    let filter = json!({ "notifications": { "toolsListChanged": true } });
    let listen = request("1", "subscriptions/listen", filter);
    let mut first = ask(&listen);
    assert_eq!(first.head().status, 200);
    first.event().unwrap();
    let (status, text) = ask(&listen).answer();
    assert_eq!(status, 429, "{text}");
    reload("held", "\"4KiB\"");
    let (_, text) = ask(&listen).answer();
    assert!(text.contains("bytes of them"), "{text}");
}

#[test]
fn limits_of_sessions_change_while_the_server_runs() {
    let folder = Folder::new("sessions", "");
    let server = Listening::with(&mut folder.probe());
    let reload = |text: &str| reload(&server, &folder, text);
    let reads = |session: &str| {
        let headers = [("mcp-session-id", session), ("accept", "text/event-stream")];
        let mut connection = server.connect();
        connection.get("/mcp", &headers);
        (connection.head().status, connection)
    };
    let idle = server.initialize();
    reload("[limits]\nsession_idle = \"1ms\"\n");
    assert_eq!(reads(&idle).0, 404);
    reload("[limits]\nsessions = 1\n");
    let session = server.initialize();
    let (status, _read) = reads(&session);
    assert_eq!(status, 200);
    let (status, text) = server.try_initialize();
    assert_eq!(status, 503, "{text}");
    assert!(text.contains("all 1 are in use"), "{text}");
}

#[test]
fn a_shutdown_has_the_deadline_of_the_last_reload() {
    let folder = Folder::new("deadline", "[server]\nshutdown_deadline = \"10m\"\n");
    let mut process = serving(&folder);
    process.send(call("1", "slow", json!({})));
    folder.write("[server]\nshutdown_deadline = \"100ms\"\n");
    process.signal(Signal::HUP);
    process.hears("is reloaded");
    process.send(call("2", "stuck", json!({})));
    process.terminate();
    let (_, took) = process.ends();
    assert!(took.as_secs() < 30, "{took:?}");
}
