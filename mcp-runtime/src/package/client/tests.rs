use std::path::Path;

use serde_json::json;

use super::*;

fn program() -> Launch {
    Launch::Command {
        path: "/opt/it".to_owned(),
        args: vec!["--config".to_owned(), "/etc/my it.toml".to_owned()],
    }
}

fn url() -> Launch {
    Launch::Url("http://127.0.0.1:8080/mcp".to_owned())
}

fn snippet(key: &str, launch: &Launch) -> String {
    Client::find(key).unwrap().snippet("it", launch).unwrap()
}

fn json_of(key: &str, launch: &Launch) -> Value {
    serde_json::from_str(&snippet(key, launch)).unwrap()
}

#[test]
fn each_client_starts_the_program_in_its_own_form() {
    let args = json!(["--config", "/etc/my it.toml"]);
    let plain = json!({ "command": "/opt/it", "args": args });
    for key in [
        "claude-desktop",
        "claude-code",
        "cursor",
        "gemini",
        "inspector",
    ] {
        let entry = json_of(key, &program());
        assert_eq!(entry, json!({ "mcpServers": { "it": plain } }), "{key}");
    }
    assert_eq!(
        json_of("zed", &program()),
        json!({ "context_servers": { "it": plain } })
    );
    assert_eq!(
        json_of("vscode", &program()),
        json!({ "servers": { "it": { "type": "stdio", "command": "/opt/it", "args": args } } })
    );
    assert_eq!(
        snippet("codex", &program()),
        "[mcp_servers.it]\ncommand = \"/opt/it\"\nargs = [\"--config\",\"/etc/my it.toml\"]\n"
    );
    assert_eq!(
        snippet("goose", &program()),
        "extensions:\n  it:\n    type: \"stdio\"\n    name: \"it\"\n    enabled: true\n    cmd: \"/opt/it\"\n    \
         args: [\"--config\",\"/etc/my it.toml\"]\n    timeout: 300\n"
    );
}

#[test]
fn each_client_reaches_a_url_in_its_own_form() {
    let at = "http://127.0.0.1:8080/mcp";
    let servers = |entry: Value| json!({ "mcpServers": { "it": entry } });
    for (key, entry) in [
        (
            "claude-desktop",
            json!({ "command": "npx", "args": ["-y", "mcp-remote", at, "--allow-http"] }),
        ),
        ("claude-code", json!({ "type": "http", "url": at })),
        ("cursor", json!({ "url": at })),
        ("gemini", json!({ "httpUrl": at })),
        ("inspector", json!({ "type": "streamable-http", "url": at })),
    ] {
        assert_eq!(json_of(key, &url()), servers(entry), "{key}");
    }
    assert_eq!(
        json_of("zed", &url()),
        json!({ "context_servers": { "it": { "url": at } } })
    );
    assert_eq!(
        json_of("vscode", &url()),
        json!({ "servers": { "it": { "type": "http", "url": at } } })
    );
    assert_eq!(
        snippet("codex", &url()),
        format!("[mcp_servers.it]\nurl = \"{at}\"\n")
    );
    assert!(snippet("goose", &url()).contains(&format!("    uri: \"{at}\"\n")));
    let secure = Launch::Url("https://x.com/mcp".to_owned());
    assert!(!snippet("claude-desktop", &secure).contains("--allow-http"));
}

#[test]
fn links_and_commands_name_the_same_server() {
    let of = |key: &str| Client::find(key).unwrap();
    let link = of("vscode").link("it", &url()).unwrap();
    let entry = link.strip_prefix("vscode:mcp/install?").unwrap();
    let entry = percent_encoding::percent_decode_str(entry)
        .decode_utf8()
        .unwrap();
    let entry: Value = serde_json::from_str(&entry).unwrap();
    assert_eq!(
        entry,
        json!({ "name": "it", "type": "http", "url": "http://127.0.0.1:8080/mcp" })
    );
    let link = of("cursor").link("my it", &url()).unwrap();
    assert!(
        link.starts_with("cursor://anysphere.cursor-deeplink/mcp/install?name=my%20it&config="),
        "{link}"
    );
    assert_eq!(
        of("claude-code").command("it", &program()).unwrap(),
        "claude mcp add it -- /opt/it --config '/etc/my it.toml'"
    );
    assert_eq!(
        of("codex").command("it", &url()).unwrap(),
        "codex mcp add it --url http://127.0.0.1:8080/mcp"
    );
    assert_eq!(of("goose").link("it", &program()), None);
}

#[test]
fn files_are_those_of_the_project_or_of_the_user() {
    let places = Places {
        project: "/project".into(),
        home: Some("/home/ann".into()),
        settings: Some("/home/ann/.config".into()),
    };
    let file = |key: &str| Client::find(key).unwrap().file(&places).unwrap();
    assert_eq!(file("claude-code"), Path::new("/project/.mcp.json"));
    assert_eq!(file("vscode"), Path::new("/project/.vscode/mcp.json"));
    assert!(file("claude-desktop").ends_with("Claude/claude_desktop_config.json"));
    let nowhere = Places {
        home: None,
        settings: None,
        ..places
    };
    assert_eq!(Client::find("claude-desktop").unwrap().file(&nowhere), None);
}
