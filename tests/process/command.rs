//! The command line: its commands, flags, environment; texts and exit codes.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::child::{Process, probe, run, run_with};
use super::http::Listening;

fn args(args: &[&str]) -> (Option<i32>, String, String) {
    run(probe().args(args))
}

/// Asserts a failure with this code; returns stderr.
#[track_caller]
fn fails(command: &mut Command, code: i32) -> String {
    let (exit, stdout, stderr) = run(command);
    assert_eq!((exit, stdout.as_str()), (Some(code), ""), "{stderr}");
    stderr
}

/// Runs it to the end in a terminal with these input lines.
fn typed(args: &[&str], lines: &str) -> (Option<i32>, String, String) {
    let (mut person, terminal) = terminal();
    person.write_all(lines.as_bytes()).unwrap();
    run_with(probe().args(args), terminal.into())
}

/// Runs to the end with a terminal for its stderr: stdout, and the bytes that the terminal was sent.
fn watched(args: &[&str]) -> (String, String) {
    let (mut person, terminal) = terminal();
    let mut command = probe();
    let output = command.args(args).stderr(terminal).output().unwrap();
    drop(command);
    let mut shown = Vec::new();
    // A terminal that all have closed ends with an error.
    let _ = person.read_to_end(&mut shown);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(shown))
}

/// A terminal: the end of the person, and that of the program.
fn terminal() -> (File, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let terminal = File::options()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap());
    (File::from(master), terminal.unwrap())
}

#[test]
fn tools_are_listed_with_their_limits_and_the_origin_of_each() {
    let (code, stdout, _) = args(&["tools"]);
    assert_eq!(code, Some(0));
    let lines: Vec<_> = stdout
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(lines[0], "NAME LIMITS DESCRIPTION");
    assert_eq!(
        lines[1],
        "echo rate_limit 100/min (attribute), timeout 30s (attribute) Says something back."
    );
    assert_eq!(lines[2], "add - Adds two numbers.");
}

#[test]
fn a_call_prints_its_result() {
    assert_eq!(
        args(&["call", "add", "a=1", "b=2"]),
        (Some(0), "3\n".to_owned(), String::new())
    );
    let (_, stdout, _) = args(&["call", "echo", "text=two words = three"]);
    assert_eq!(stdout, "two words = three\n");
    let (_, stdout, _) = args(&["call", "echo", "text=5"]);
    assert_eq!(stdout, "5\n", "a text that looks like a number is a text");
}

#[test]
fn numbers_keep_their_digits() {
    let (_, stdout, stderr) = args(&["call", "add", "a=9223372036854775806", "b=1"]);
    assert_eq!(stdout, "9223372036854775807\n", "{stderr}");
    let stderr = fails(
        probe().args(["call", "add", "a=123456789012345678901234567890", "b=1"]),
        2,
    );
    assert!(
        stderr.contains("123456789012345678901234567890"),
        "{stderr}"
    );
}

#[test]
fn a_repeated_name_makes_a_list() {
    let words = ["call", "join", "words=a", "words=b", "between=-"];
    let (_, stdout, stderr) = run(probe().args(words).env("PROBE_RULES", "1"));
    assert_eq!(stdout, "a-b\n", "{stderr}");
    let stderr = fails(probe().args(["call", "add", "a=1", "a=2", "b=3"]), 2);
    assert!(stderr.contains("`a` is given twice"), "{stderr}");
}

#[test]
fn arguments_are_read_as_json_from_a_file_and_from_stdin() {
    let path = std::env::temp_dir().join(format!("arguments-{}.json", std::process::id()));
    std::fs::write(&path, "{\"a\": 1, \"b\": 2}\n").unwrap();
    let file = format!("@{}", path.display());
    for words in [
        &[r#"{"a": 1, "b": 2}"#][..],
        &[&file],
        &[r#"{"a": 9, "b": 2}"#, "a=1"],
    ] {
        let words: Vec<_> = ["call", "add"].iter().chain(words).copied().collect();
        assert_eq!(args(&words).1, "3\n", "{words:?}");
    }
    let stdin = File::open(&path).unwrap();
    assert_eq!(
        run_with(probe().args(["call", "add", "-"]), stdin.into()).1,
        "3\n"
    );
    let text = format!("text=@{}", path.display());
    assert_eq!(args(&["call", "echo", &text]).1, "{\"a\": 1, \"b\": 2}\n");
    std::fs::remove_file(&path).unwrap();
    let stderr = fails(probe().args(["call", "add", &file]), 2);
    assert!(stderr.contains("cannot be read"), "{stderr}");
}

#[test]
fn a_tool_has_help_of_its_own() {
    let help = ["call", "join", "--help"];
    let (code, stdout, stderr) = run(probe().args(help).env("PROBE_RULES", "1"));
    assert_eq!(code, Some(0), "{stderr}");
    for part in [
        "Joins words, under rules that some clients ignore.",
        "Usage: probe call join words=TEXT .. [times=INTEGER] [between=TEXT]",
        "list of text, required",
        "From 1 to 3. Default: 1.",
        "Text between the words.",
        "NAME=@FILE",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    let (code, stdout, _) = args(&["call", "--help"]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("Exit codes: 0 success"), "{stdout}");
}

#[test]
fn results_and_lists_are_json_on_request() {
    let json = |words: &[&str]| -> serde_json::Value {
        let (code, stdout, stderr) = args(words);
        assert_eq!(code, Some(0), "{stderr}");
        serde_json::from_str(&stdout).unwrap()
    };
    let result = json(&["call", "add", "a=1", "b=2", "--json"]);
    assert_eq!(result["content"][0]["text"], "3");
    let tools = json(&["tools", "--json"]);
    assert_eq!(tools[0]["name"], "echo");
    assert_eq!(tools[0]["limits"]["timeout"]["value"], "30s");
    assert_eq!(tools[0]["limits"]["timeout"]["source"], "attribute");
    assert_eq!(tools[1]["inputSchema"]["type"], "object");
    assert_eq!(
        json(&["resources", "--json"])[1]["uriTemplate"],
        "note://{name}"
    );
    assert_eq!(
        json(&["prompts", "--json"])[0]["arguments"][0]["name"],
        "name"
    );
    let read = json(&["read", "note://red", "--json"]);
    assert_eq!(read["contents"][0]["text"], "note red");
    let (code, stdout, _) = args(&["call", "add", "--json"]);
    assert_eq!(code, Some(2));
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(result["isError"], true);
}

#[test]
fn a_server_at_a_terminal_prints_a_hint() {
    let (code, stdout, stderr) = typed(&[], "\u{4}");
    assert_eq!((code, stdout.as_str()), (Some(0), ""), "{stderr}");
    assert!(
        stderr
            .starts_with("probe serves MCP over stdio, and waits for a client's messages; Ctrl-C"),
        "{stderr}"
    );
    let (_, _, stderr) = args(&[]);
    assert!(!stderr.contains("waits for"), "{stderr}");
}

#[test]
fn the_log_is_json_from_its_first_line_to_its_last() {
    let json = |command: &mut Command| {
        let process = Process::start(command.arg("http").env("MCP_LOG_FORMAT", "json"));
        let line = process.says().unwrap();
        serde_json::from_str::<serde_json::Value>(&line).unwrap()
    };
    let first = json(probe().env("MCP_SERVER_PORT", "0"));
    assert!(
        first["fields"]["message"]
            .as_str()
            .unwrap()
            .starts_with("listening on http://127.0.0.1:"),
        "{first}"
    );
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (name, value) in [("MCP_SERVER_PORT", port.as_str()), ("MCP_LOG_LEVL", "info")] {
        let record = json(probe().env(name, value));
        assert_eq!(record["level"], "ERROR", "{record}");
    }
}

#[test]
fn a_check_looks_at_one_client_alone() {
    let dotted = |client: &str| {
        run(probe()
            .args(["check", "--client", client])
            .env("PROBE_DOTTED", "1"))
    };
    let (code, stdout, stderr) = dotted("gemini");
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        !stdout.contains("Claude") && stdout.contains("gemini takes them, with 1 note"),
        "{stdout}"
    );
    let (code, stdout, stderr) = dotted("Claude-Code");
    assert_eq!(code, Some(1), "{stdout}");
    assert!(
        stderr.contains("claude-code would reject 1 of 21 tools"),
        "{stderr}"
    );
    let stderr = fails(probe().args(["check", "--client", "cloud"]), 2);
    assert!(stderr.contains("claude"), "{stderr}");
}

#[test]
fn resources_and_prompts_are_listed_like_tools() {
    let table = |command: &str| -> Vec<String> {
        let (code, stdout, _) = args(&[command]);
        assert_eq!(code, Some(0), "{stdout}");
        let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        stdout.lines().map(line).collect()
    };
    assert_eq!(
        table("resources"),
        [
            "URI NAME LIMITS DESCRIPTION",
            "bytes://three three - Three bytes.",
            "note://{name} note cache 1m (attribute) A note.",
        ]
    );
    assert_eq!(
        table("prompts"),
        [
            "NAME ARGUMENTS LIMITS DESCRIPTION",
            "greet name [tone] timeout 5s (attribute) A greeting.",
        ]
    );
}

#[test]
fn a_resource_is_read_and_a_prompt_is_rendered() {
    assert_eq!(
        args(&["read", "note://red"]),
        (Some(0), "note red\n".to_owned(), String::new())
    );
    assert_eq!(
        args(&["prompt", "greet", "name=Ann", "tone=5"]),
        (Some(0), "user: Greet Ann, 5.\n".to_owned(), String::new())
    );
    let stderr = fails(probe().args(["prompt", "greet"]), 2);
    assert!(stderr.contains("`name` is missing"), "{stderr}");
}

#[test]
fn the_bytes_of_a_resource_are_written_unchanged() {
    let output = probe().args(["read", "bytes://three"]).output().unwrap();
    assert_eq!(
        (output.status.code(), output.stdout),
        (Some(0), vec![1, 255, 3])
    );
}

#[test]
fn an_unknown_resource_or_prompt_names_the_nearest() {
    for (args, says) in [
        (
            ["read", "bytes://tree"],
            "no resource `bytes://tree`; did you mean `bytes://three`?",
        ),
        (
            ["read", "x"],
            "the resources are bytes://three, note://{name}",
        ),
        (
            ["prompt", "gret"],
            "no prompt `gret`; did you mean `greet`?",
        ),
        (["prompt", "xyzzy"], "the prompts are greet"),
    ] {
        let stderr = fails(probe().args(args), 2);
        assert!(stderr.contains(says), "{stderr}");
    }
}

#[test]
fn a_tool_elicits_input_in_the_terminal() {
    let delete = ["call", "delete", "path=a"];
    let (code, stdout, stderr) = typed(&delete, "perhaps\ny\n");
    assert_eq!((code, stdout.as_str()), (Some(0), "deleted\n"), "{stderr}");
    assert!(stderr.contains("Really delete a?"), "{stderr}");
    assert_eq!(stderr.matches("(yes or no)").count(), 2, "{stderr}");
    assert_eq!(typed(&delete, "no\n").1, "kept\n");
    let (code, stdout, stderr) = typed(&delete, "!\n");
    assert_eq!((code, stdout.as_str()), (Some(4), ""));
    assert!(stderr.contains("declined"), "{stderr}");
    let (code, _, stderr) = typed(&delete, "\u{4}");
    assert_eq!(code, Some(4), "{stderr}");
}

#[test]
fn a_missing_argument_is_elicited_in_the_terminal() {
    let (code, stdout, stderr) = typed(&["call", "book"], "ten\n7\ny\n");
    assert_eq!((code, stdout.as_str()), (Some(0), "7 true\n"), "{stderr}");
    assert!(stderr.contains("How many seats?"), "{stderr}");
    let (_, stdout, stderr) = typed(&["call", "book", "seats=3"], "n\n");
    assert_eq!(stdout, "3 false\n", "{stderr}");
}

#[test]
fn a_tool_that_runs_only_as_a_task_is_waited_for() {
    let (code, stdout, stderr) = args(&["call", "reindex", "pages=3"]);
    assert_eq!((code, stdout.as_str()), (Some(0), "3 pages\n"), "{stderr}");
    let stderr = fails(probe().args(["call", "reindex", "pages=0"]), 4);
    assert!(stderr.contains("nothing to build"), "{stderr}");
    let stderr = fails(probe().args(["call", "reindex", "pages=x"]), 2);
    assert!(stderr.contains("pages"), "{stderr}");
}

#[test]
fn a_terminal_shows_the_status_of_a_task_until_it_ends() {
    let (stdout, shown) = watched(&["call", "reindex", "pages=80"]);
    assert_eq!(stdout, "80 pages\n", "{shown:?}");
    assert!(shown.contains("\r\x1b[Kpage "), "{shown:?}");
    assert!(shown.ends_with("\r\x1b[K"), "{shown:?}");
    let (_, _, unseen) = args(&["call", "reindex", "pages=80"]);
    assert_eq!(unseen, "", "without a terminal");
}

#[test]
fn a_task_elicits_input_in_the_terminal() {
    let (code, stdout, stderr) = typed(&["call", "empty"], "y\n");
    assert_eq!((code, stdout.as_str()), (Some(0), "emptied\n"), "{stderr}");
    assert_eq!(typed(&["call", "empty"], "n\n").1, "kept\n");
}

#[test]
fn a_url_is_opened_by_the_person_at_the_terminal() {
    let (code, stdout, stderr) = typed(&["call", "sign_in"], "\n");
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "signed in\n"),
        "{stderr}"
    );
    assert!(
        stderr.contains("open https://example.com/sign-in"),
        "{stderr}"
    );
}

#[test]
fn without_a_terminal_an_elicitation_is_an_error_that_shows_it() {
    let stderr = fails(probe().args(["call", "delete", "path=a"]), 3);
    assert!(
        stderr.contains("stdin is no terminal") && stderr.contains("`confirm`: Really delete a?"),
        "{stderr}"
    );
}

#[test]
fn a_request_to_the_model_is_an_error() {
    let stderr = fails(probe().args(["call", "think"]), 3);
    assert!(stderr.contains("`sampling`"), "{stderr}");
}

#[test]
fn prints_of_a_called_tool_are_printed() {
    let (code, stdout, _) = args(&["call", "print"]);
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "printed by the tool\nprinted\n")
    );
}

#[test]
fn a_failed_call_prints_the_reason_and_has_a_separate_exit_code() {
    let stderr = fails(probe().args(["call", "add", "a=one", "c=2"]), 2);
    assert!(
        stderr.contains("- `a` must be an integer, was \"one\""),
        "{stderr}"
    );
    assert!(stderr.contains("- `b` is missing (an integer)"), "{stderr}");
    assert!(stderr.contains("- `c` is not an argument"), "{stderr}");
    let stderr = fails(probe().args(["call", "explode"]), 4);
    assert!(
        stderr.contains("tool `explode` failed (reference "),
        "{stderr}"
    );
    let stderr = fails(probe().args(["call", "guarded"]), 3);
    assert!(stderr.contains("admin"), "{stderr}");
}

#[test]
fn a_call_of_an_unknown_tool_names_the_nearest() {
    let stderr = fails(probe().args(["call", "ad"]), 2);
    assert!(
        stderr.contains("there is no tool `ad`; did you mean `add`?"),
        "{stderr}"
    );
    let stderr = fails(probe().args(["call", "xyzzy"]), 2);
    assert!(
        stderr.contains("the tools are echo, add, guarded"),
        "{stderr}"
    );
}

#[test]
fn an_argument_without_a_value_is_explained() {
    let stderr = fails(probe().args(["call", "add", "a"]), 2);
    assert!(stderr.contains("`a`") && stderr.contains('='), "{stderr}");
}

#[test]
fn a_check_passes_if_every_client_accepts_every_tool() {
    assert_eq!(
        args(&["check"]),
        (
            Some(0),
            "20 tools checked: every client takes them\n".to_owned(),
            String::new()
        )
    );
}

#[test]
fn a_check_names_the_client_that_would_refuse_a_tool() {
    let (code, stdout, stderr) = run(probe().arg("check").env("PROBE_DOTTED", "1"));
    assert_eq!(
        (code, stderr.as_str()),
        (Some(1), "Error: some client would reject 1 of 21 tools\n")
    );
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines.len(), 5, "{stdout}");
    assert!(lines[0].starts_with(
        "error: `shop.search`: Claude rejects the name; use 1 to 64 of `A-Z a-z 0-9 _ -` (https://github.com/"
    ));
    assert!(
        lines[1].starts_with("error: `shop.search`: OpenAI rejects the name; "),
        "{stdout}"
    );
    assert!(
        lines[2].starts_with("note: `shop.search`: Codex ignores `format` of `mail`; "),
        "{stdout}"
    );
    assert!(
        lines[3].starts_with("note: `shop.search`: Gemini ignores the format `email` of `mail`; "),
        "{stdout}"
    );
}

#[test]
fn a_check_fails_where_the_server_could_not_start() {
    let stderr = fails(probe().arg("check").env("MCP_PUBLIC_URL", "nowhere"), 1);
    assert!(stderr.contains("MCP_PUBLIC_URL"), "{stderr}");
}

#[test]
fn unknown_commands_and_flags_exit_2_with_a_hint() {
    let stderr = fails(probe().arg("htp"), 2);
    assert!(
        stderr.contains("'htp'") && stderr.contains("http"),
        "{stderr}"
    );
    let stderr = fails(probe().args(["http", "--bnd", "127.0.0.1:0"]), 2);
    assert!(
        stderr.contains("--bnd") && stderr.contains("--bind"),
        "{stderr}"
    );
    let stderr = fails(probe().args(["http", "--bind", "nowhere"]), 1);
    assert!(
        stderr.contains("nowhere") && stderr.contains("--bind"),
        "{stderr}"
    );
    let stderr = fails(probe().arg("call"), 2);
    assert!(stderr.contains("TOOL"), "{stderr}");
}

#[test]
fn help_and_version_are_printed() {
    let (code, stdout, _) = args(&["--version"]);
    assert_eq!((code, stdout.as_str()), (Some(0), "probe 1.2.3\n"));
    let (code, stdout, _) = args(&["--help"]);
    assert_eq!(code, Some(0));
    for word in [
        "stdio",
        "http",
        "tools",
        "resources",
        "prompts",
        "call",
        "read",
        "prompt",
        "check",
        "MCP_SERVER_HOST",
        "MCP_LOG_FORMAT",
    ] {
        assert!(stdout.contains(word), "{word}: {stdout}");
    }
}

#[test]
fn a_bad_environment_stops_the_start_and_names_the_variable() {
    for (name, value, hint) in [
        ("MCP_SERVER_HOST", "localhost:80", "127.0.0.1"),
        ("MCP_SERVER_PORT", "99999", "65535"),
        ("MCP_SERVER_PORT", "http", "65535"),
        ("MCP_PUBLIC_URL", "mcp.example.com", "https://"),
        ("MCP_LOG_LEVEL", "app=loud", "debug"),
        ("MCP_LOG_FORMAT", "xml", "json"),
    ] {
        let stderr = fails(probe().arg("http").env(name, value), 1);
        assert!(
            stderr.contains(name) && stderr.contains(value) && stderr.contains(hint),
            "{name}: {stderr}"
        );
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let stderr = fails(probe().args(["http", "--bind", &address]), 1);
    assert!(
        stderr.contains(&format!("cannot listen on {address}: the port is taken")),
        "{stderr}"
    );
}

#[test]
fn the_environment_sets_the_address_and_a_flag_overrides_it() {
    let process = Process::start(
        probe()
            .arg("http")
            .envs([("MCP_SERVER_HOST", "127.0.0.1"), ("MCP_SERVER_PORT", "0")]),
    );
    process.hears("listening on http://127.0.0.1:");
    drop(process);
    let server = Listening::with(probe().env("MCP_SERVER_PORT", "1"));
    assert_ne!(server.address.port(), 1);
}

#[test]
fn the_public_url_of_the_environment_or_a_flag_is_allowed() {
    for command in [
        probe().env("MCP_PUBLIC_URL", "https://mcp.example.com"),
        &mut probe(),
    ] {
        let allowed = command
            .get_envs()
            .any(|(name, value)| name == "MCP_PUBLIC_URL" && value.is_some());
        let server = Listening::with(command);
        let mut connection = server.connect();
        connection.get("/mcp", &[("origin", "https://mcp.example.com")]);
        assert_eq!(connection.head().status, if allowed { 405 } else { 403 });
    }
}

#[test]
fn several_public_urls_are_separated_by_commas_or_repeated() {
    let urls = "https://mcp.example.com, http://world:8080";
    let flags = [
        "--public-url",
        "https://mcp.example.com",
        "--public-url",
        "http://world:8080",
    ];
    for (environment, flags) in [(urls, &[][..]), ("https://other.example.com", &flags)] {
        let command = &mut probe();
        let server = Listening::with_flags(command.env("MCP_PUBLIC_URL", environment), flags);
        for (origin, status) in [
            ("https://mcp.example.com", 405),
            ("http://world:8080", 405),
            ("https://other.example.com", 403),
        ] {
            let mut connection = server.connect();
            connection.get("/mcp", &[("origin", origin)]);
            assert_eq!(connection.head().status, status, "{origin}");
        }
    }
    let wrong = "https://mcp.example.com,https://*.example.com";
    let stderr = fails(probe().arg("http").env("MCP_PUBLIC_URL", wrong), 1);
    assert!(
        stderr.contains("MCP_PUBLIC_URL is \"https://*.example.com\": wildcards"),
        "{stderr}"
    );
}

#[test]
fn a_text_of_a_caller_is_one_line_in_the_log() {
    let mut process = Process::start(probe().envs([("MCP_LOG_LEVEL", "info")]));
    process.send(super::child::call(
        "1",
        "x\nforged line",
        serde_json::json!({}),
    ));
    let line = process.hears("request refused");
    assert!(line.contains(r"x\nforged line"), "{line}");
}

#[test]
fn logs_are_json_on_request() {
    let mut process =
        Process::start(probe().envs([("MCP_LOG_FORMAT", "json"), ("MCP_LOG_LEVEL", "debug")]));
    process.send(super::child::call(
        "1",
        "add",
        serde_json::json!({ "a": 1, "b": 2 }),
    ));
    let line = process.hears("request answered");
    let record: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&record["fields"]["tool"], &record["fields"]["outcome"]),
        (&"add".into(), &"ok".into()),
        "{line}"
    );
}

#[test]
fn a_log_level_silences_lower_levels() {
    let mut process = Process::start(probe().env("MCP_LOG_LEVEL", "error"));
    process.send("{");
    assert_eq!(process.receive().unwrap()["error"]["code"], -32700);
    process.terminate();
    let mut said = String::new();
    while let Some(line) = process.says() {
        said.push_str(&line);
    }
    assert_eq!(said, "");
}
