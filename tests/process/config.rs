//! The configuration of a process: its layers, their origins, and mistakes in them.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::child::{self, Process, call, probe};
use super::http::Listening;

/// A folder with an `mcp.toml`, deleted at the end.
pub(super) struct Folder(child::Folder);

impl Folder {
    pub(super) fn new(name: &str, toml: &str) -> Self {
        let folder = Self(child::Folder::new(&format!("config-{name}")));
        folder.write(toml);
        folder
    }

    pub(super) fn write(&self, toml: &str) {
        fs::write(self.0.0.join("mcp.toml"), toml).unwrap();
    }

    pub(super) fn probe(&self) -> Command {
        let mut command = probe();
        command.current_dir(&self.0.0);
        command
    }
}

/// Runs it to the end: success, stdout, stderr.
fn run(command: &mut Command) -> (bool, String, String) {
    let (code, stdout, stderr) = child::run(command);
    (code == Some(0), stdout, stderr)
}

#[track_caller]
fn refused(command: &mut Command) -> String {
    let (ok, stdout, stderr) = run(command);
    assert!(!ok && stdout.is_empty(), "{stdout}{stderr}");
    stderr
}

/// The line of `config` for a key.
#[track_caller]
fn line(stdout: &str, key: &str) -> String {
    let found = stdout
        .lines()
        .find(|line| line.starts_with(&format!("{key} = ")));
    let line = found.unwrap_or_else(|| panic!("no {key}: {stdout}"));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn t19_config_prints_each_value_with_its_origin() {
    let folder = Folder::new(
        "t19",
        "[limits]\nconnections = 77\nidle_timeout = \"2m\"\n\n[state]\n  keys = \"0123456789abcdef0123456789abcdef\"\n",
    );
    let (ok, stdout, stderr) = run(folder
        .probe()
        .args(["config", "--bind", "localhost:81"])
        .env("MCP_LIMITS_IDLE_TIMEOUT", "3m"));
    assert!(ok, "{stderr}");
    assert_eq!(line(&stdout, "bind"), "bind = \"localhost:81\" # --bind");
    assert_eq!(
        line(&stdout, "connections"),
        "connections = 77 # mcp.toml:2:15"
    );
    assert_eq!(
        line(&stdout, "idle_timeout"),
        "idle_timeout = \"3m\" # MCP_LIMITS_IDLE_TIMEOUT"
    );
    assert_eq!(line(&stdout, "message"), "message = \"4MiB\" # default");
    assert_eq!(line(&stdout, "keys"), "keys = [set] # mcp.toml:6:10");
    assert!(!stdout.contains("0123456789"), "{stdout}");
}

#[test]
fn t20_three_mistakes_are_three_messages() {
    let folder = Folder::new(
        "t20",
        "[limits]\nconections = 5\nidle_timeout = \"5x\"\n\n[sever]\nbind = \"1\"\n",
    );
    let stderr = refused(folder.probe().env("MCP_LOG_LEVL", "debug"));
    assert_eq!(
        stderr,
        "Error: unknown key `conections` in [limits]\n --> mcp.toml:2:1\n  help: did you mean `connections`?\n\
         error: unknown table [sever]\n --> mcp.toml:5:2\n  help: did you mean `server`?\n\
         error: limits.idle_timeout is \"5x\": unknown unit `x` (units: ms, s, m, h)\n --> mcp.toml:3:16\n  help: write for example \"500ms\", \"5s\", \"1m30s\" or \"2h\"\n\
         error: MCP_LOG_LEVL is not a setting\n  help: did you mean `MCP_LOG_LEVEL`?\n"
    );
}

#[test]
fn the_url_of_a_store_that_cannot_be_read_stops_the_start_and_is_not_repeated() {
    for url in [
        "cache:6379",
        "redis://",
        "http://u:secret@cache",
        "redis+cluster://u:secret@cache/3",
        "redis+sentinel://u:secret@cache",
    ] {
        let stderr = refused(probe().env("MCP_REDIS_URL", url));
        assert!(
            stderr.contains("MCP_REDIS_URL") && stderr.contains("help: "),
            "{stderr}"
        );
        assert!(!stderr.contains("secret"), "{stderr}");
    }
    let folder = Folder::new("store", "[store]\nredis = \"http://u:secret@cache\"\n");
    let stderr = refused(&mut folder.probe());
    assert!(
        stderr.contains("store.redis") && stderr.contains("mcp.toml:2:9"),
        "{stderr}"
    );
    assert!(!stderr.contains("secret"), "{stderr}");
}

#[test]
fn a_variable_of_another_program_is_logged_once_and_ignored() {
    let process = super::child::Process::start(
        probe()
            .env("MCP_TIMEOUT", "5000")
            .env("MCP_TOOL_TIMEOUT", "1"),
    );
    let line = process.hears("are ignored");
    assert!(line.contains("MCP_TIMEOUT, MCP_TOOL_TIMEOUT"), "{line}");
}

#[test]
fn a_named_file_must_exist() {
    let stderr = refused(probe().args(["config", "--config", "nowhere.toml"]));
    assert!(stderr.contains("nowhere.toml cannot be read"), "{stderr}");
}

#[test]
fn a_secret_is_read_from_a_file_that_its_twin_names() {
    let folder = Folder::new("twin", "");
    let path = folder.0.0.join("secret");
    let config = |file: &Path, variable: Option<&str>| {
        let mut command = folder.probe();
        command.arg("config").env("MCP_STATE_KEYS_FILE", file);
        if let Some(value) = variable {
            command.env("MCP_STATE_KEYS", value);
        }
        run(&mut command)
    };
    fs::write(&path, "0123456789abcdef0123456789abcdef\n").unwrap();
    let (ok, stdout, stderr) = config(&path, None);
    assert!(ok, "{stderr}");
    assert_eq!(
        line(&stdout, "keys"),
        format!("keys = [set] # {}", path.display())
    );
    let (_, _, stderr) = config(&path, Some("0123456789abcdef0123456789abcdef"));
    assert!(
        stderr.contains("MCP_STATE_KEYS and MCP_STATE_KEYS_FILE are both set"),
        "{stderr}"
    );
    let (_, _, stderr) = config(Path::new("/nowhere/secret"), None);
    assert!(
        stderr.contains("MCP_STATE_KEYS_FILE is /nowhere/secret, which cannot be read"),
        "{stderr}"
    );
    fs::write(&path, "short").unwrap();
    let (_, _, stderr) = config(&path, None);
    assert!(
        stderr.contains("MCP_STATE_KEYS_FILE is \"[hidden]\": secret 1 has 5 bytes"),
        "{stderr}"
    );
}

#[test]
fn a_secret_is_read_from_a_credential_of_systemd() {
    let folder = Folder::new("credential", "");
    fs::write(
        folder.0.0.join("state.keys"),
        "0123456789abcdef0123456789abcdef",
    )
    .unwrap();
    let (ok, stdout, stderr) = run(folder
        .probe()
        .arg("config")
        .env("CREDENTIALS_DIRECTORY", &folder.0.0));
    assert!(ok, "{stderr}");
    assert!(line(&stdout, "keys").ends_with("state.keys"), "{stdout}");
}

#[test]
fn the_file_sets_the_address_and_the_limits() {
    let folder = Folder::new(
        "listen",
        "[server]\nbind = \"localhost:0\"\npublic_url = [\"https://mcp.example.com\"]\n",
    );
    let server = Listening::with_flags(&mut folder.probe(), &[]);
    let mut connection = server.connect();
    connection.get("/mcp", &[("origin", "https://mcp.example.com")]);
    assert_eq!(connection.head().status, 405);
}

#[test]
fn the_reference_page_matches_the_table() {
    let (ok, stdout, stderr) = run(probe().args(["config", "--docs"]));
    assert!(ok, "{stderr}");
    let page = include_str!("../../mcp-runtime/docs/configuration.md");
    assert!(
        stdout == page,
        "write the output of `config --docs` into mcp-runtime/docs/configuration.md:\n{stdout}"
    );
}

#[test]
fn the_limits_of_the_file_are_in_force_and_listed_with_their_place() {
    let folder = Folder::new(
        "limits",
        "[tools.echo]\ntimeout = \"7s\"\n[tools.print]\nenabled = false\n[prompts.greet]\nmax_output = \"1KiB\"\n",
    );
    let (ok, stdout, stderr) = run(folder.probe().arg("tools"));
    assert!(ok, "{stderr}");
    let lines: Vec<_> = stdout
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines[1],
        "echo rate_limit 100/min (attribute), timeout 7s (mcp.toml:2:11) Says something back."
    );
    let off = "print off (mcp.toml) Prints to stdout.";
    assert!(lines.iter().any(|line| line == off), "{stdout}");
    let (_, stdout, _) = run(folder.probe().arg("prompts"));
    assert!(
        stdout.contains("max_output 1 KiB (mcp.toml:6:14)"),
        "{stdout}"
    );
    let stderr = refused(folder.probe().args(["call", "print"]));
    assert!(stderr.contains("print"), "{stderr}");
}

#[test]
fn a_table_of_an_unknown_tool_stops_the_start() {
    let folder = Folder::new("unknown", "[tools.ehco]\ntimeout = \"7s\"\n");
    let stderr = refused(&mut folder.probe());
    assert_eq!(
        stderr,
        "Error: there is no tool `ehco`\n --> mcp.toml:1:8\n  help: did you mean `echo`?\n"
    );
}

#[test]
fn one_request_too_many_of_a_caller_is_refused() {
    let folder = Folder::new("rate", "[rate_limit]\nquota = \"2/min\"\n");
    let server = Listening::with_flags(&mut folder.probe(), &[]);
    let mut connection = server.connect();
    for status in [200, 200, 429] {
        connection.list();
        let head = connection.head();
        assert_eq!(head.status, status);
        if status == 429 {
            let wait: u64 = head.header("retry-after").parse().unwrap();
            assert!((1..=30).contains(&wait), "{wait}");
        }
        let text = connection.body(&head);
        assert_eq!(
            text.contains("rate limit of 2/min"),
            status == 429,
            "{text}"
        );
    }
    let mut probe = server.connect();
    probe.get("/metrics", &[]);
    let head = probe.head();
    let metrics = probe.body(&head);
    assert!(
        metrics.contains("mcp_requests_refused_total{limit=\"rate\"} 1"),
        "{metrics}"
    );
}

#[test]
fn a_burst_without_a_quota_is_a_mistake() {
    let stderr = refused(probe().arg("config").env("MCP_RATE_LIMIT_BURST", "5"));
    assert!(stderr.contains("and no quota"), "{stderr}");
    let (ok, stdout, stderr) = run(probe()
        .arg("config")
        .env("MCP_RATE_LIMIT_BURST", "5")
        .env("MCP_RATE_LIMIT_REQUESTS", "100")
        .env("MCP_RATE_LIMIT_WINDOW_SECS", "3600"));
    assert!(ok, "{stderr}");
    assert_eq!(
        line(&stdout, "quota"),
        "quota = \"100/h\" # MCP_RATE_LIMIT_WINDOW_SECS"
    );
}

#[test]
fn settings_of_the_file_override_those_of_the_program() {
    let folder = Folder::new("code", "");
    let shown = |folder: &Folder| {
        let (ok, stdout, stderr) = run(folder
            .probe()
            .arg("config")
            .env("PROBE_DEADLINE_MS", "1500"));
        assert!(ok, "{stderr}");
        line(&stdout, "shutdown_deadline")
    };
    assert_eq!(shown(&folder), "shutdown_deadline = \"1s500ms\" # code");
    folder.write("[server]\nshutdown_deadline = \"2s\"\n");
    assert_eq!(shown(&folder), "shutdown_deadline = \"2s\" # mcp.toml:2:21");
}

/// The response to a call of the tool `later`, which is added after the start.
fn call_later(folder: &str, toml: &str) -> (Process, Value) {
    let folder = Folder::new(folder, toml);
    let mut process = Process::start(folder.probe().env("PROBE_ADDS", "1"));
    process.send(call("1", "later", json!({})));
    let answer = process.receive().unwrap();
    (process, answer)
}

#[test]
fn a_tool_that_is_added_while_the_server_runs_has_the_limits_of_its_table() {
    let (mut process, answer) =
        call_later("later-limited", "[tools.later]\nrate_limit = \"1/h\"\n");
    process.hears("no function has these names");
    assert_eq!(answer["result"]["content"][0]["text"], "late");
    process.send(call("2", "later", json!({})));
    let refused = process.receive().unwrap().to_string();
    assert!(refused.contains("rate limit of 1/h"), "{refused}");
    let (_, answer) = call_later("later-disabled", "[tools.later]\nenabled = false\n");
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}

#[test]
fn a_tool_that_is_added_with_a_mistake_in_its_table_is_disabled() {
    let (process, answer) = call_later("later-mistaken", "[tools.later]\ncache = \"5s\"\n");
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    let line = process.hears("the function is disabled");
    assert!(line.contains("`cache` needs `read_only`"), "{line}");
}
