//! `package`: entries of clients' configurations, bundles, `server.json`.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::child::{Folder, probe, run};

impl Folder {
    /// `probe package ..` in this folder, which is the user's home too.
    fn package(&self, args: &[&str]) -> Command {
        let mut command = probe();
        command.arg("package").args(args).current_dir(&self.0);
        command
            .env("HOME", &self.0)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("CODEX_HOME");
        command
    }

    /// The exit code, stdout and stderr of that.
    fn package_to_end(&self, args: &[&str]) -> (Option<i32>, String, String) {
        run(&mut self.package(args))
    }
}

#[test]
fn an_entry_names_the_program_by_its_path_and_the_file_of_settings() {
    let folder = Folder::new("entry");
    let (code, stdout, stderr) = folder.package_to_end(&["client-config", "claude-code"]);
    assert_eq!(code, Some(0), "{stderr}");
    let entry: Value = serde_json::from_str(&stdout).unwrap();
    let entry = &entry["mcpServers"]["probe"];
    assert_eq!(entry["command"], env!("CARGO_BIN_EXE_probe"));
    assert_eq!(entry["args"], serde_json::json!([]));
    assert!(
        stderr.contains("command: claude mcp add probe -- "),
        "{stderr}"
    );
    assert!(stderr.contains("that of a build"), "{stderr}");
    fs::write(folder.0.join("mcp.toml"), "[log]\nlevel = \"warn\"\n").unwrap();
    let (_, stdout, _) = folder.package_to_end(&["client-config", "claude-code"]);
    let entry: Value = serde_json::from_str(&stdout).unwrap();
    let file = folder.0.join("mcp.toml").display().to_string();
    assert_eq!(
        entry["mcpServers"]["probe"]["args"],
        serde_json::json!(["--config", file])
    );
}

#[test]
fn every_client_is_shown_with_its_file() {
    let folder = Folder::new("all");
    let (code, stdout, stderr) =
        folder.package_to_end(&["client-config", "--http", "--name", "mine"]);
    assert_eq!(code, Some(0), "{stderr}");
    for part in [
        "# Claude Desktop\nfile: ",
        "# Codex CLI\nfile: ",
        "[mcp_servers.mine]\nurl = \"http://127.0.0.1:8080/mcp\"",
        "# Goose",
        "link: cursor://",
        "link: vscode:mcp/install?",
        "npx @modelcontextprotocol/inspector",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    let (_, stdout, _) =
        folder.package_to_end(&["client-config", "cursor", "--url", "https://x.com/mcp"]);
    assert!(
        stdout.contains("\"url\": \"https://x.com/mcp\""),
        "{stdout}"
    );
    let (code, _, stderr) = folder.package_to_end(&["client-config", "curser"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("cursor"), "{stderr}");
}

#[test]
fn an_entry_is_written_after_its_difference_was_shown_and_the_rest_stays() {
    let folder = Folder::new("write");
    let file = folder.0.join(".codex/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let mine = "# mine\nmodel = \"o\"\n";
    fs::write(&file, mine).unwrap();
    let (code, stdout, stderr) = folder.package_to_end(&["client-config", "codex", "--write"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stdout.contains("+ [mcp_servers.probe]") && stdout.contains("  model"),
        "{stdout}"
    );
    let written = fs::read_to_string(&file).unwrap();
    assert!(
        written.starts_with(mine) && written.contains("[mcp_servers.probe]\ncommand = "),
        "{written}"
    );
    let (_, stdout, _) = folder.package_to_end(&["client-config", "codex", "--write"]);
    assert!(stdout.contains("already"), "{stdout}");
    assert_eq!(fs::read_to_string(&file).unwrap(), written);
    let (code, _, stderr) = folder.package_to_end(&["client-config", "vscode", "--write"]);
    assert_eq!(code, Some(0), "{stderr}");
    let written = fs::read_to_string(folder.0.join(".vscode/mcp.json")).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&written).unwrap()["servers"]["probe"]["type"],
        "stdio"
    );
}

#[test]
fn a_file_that_cannot_be_edited_is_unchanged() {
    let folder = Folder::new("refuse");
    let file = folder.0.join("mcp.json");
    fs::write(&file, "{ \"mcpServers\": [] }").unwrap();
    let (code, stdout, stderr) = folder.package_to_end(&["client-config", "inspector", "--write"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(
        stderr.contains("mcp.json stays as it is: `mcpServers` is not an object"),
        "{stderr}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "{ \"mcpServers\": [] }");
    assert_eq!(
        fs::read_dir(&folder.0).unwrap().count(),
        1,
        "nothing else is left there"
    );
}

#[test]
fn a_bundle_has_its_manifest_and_the_program() {
    let folder = Folder::new("bundle");
    let (code, stdout, stderr) = folder.package_to_end(&["mcpb", "--author", "Ann"]);
    assert_eq!(code, Some(0), "{stderr}");
    let bundle = fs::read(folder.0.join("probe.mcpb")).unwrap();
    let program = fs::read(env!("CARGO_BIN_EXE_probe")).unwrap();
    assert!(bundle.starts_with(b"PK\x03\x04") && bundle.len() > program.len());
    assert!(stdout.contains("SHA-256 "), "{stdout}");
    let text = String::from_utf8_lossy(&bundle[..4096]).into_owned();
    for part in [
        "manifest.json",
        "\"manifest_version\": \"0.3\"",
        "\"entry_point\": \"server/probe\"",
        "\"Ann\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let url = "https://github.com/ann/probe/releases/download/v1/probe.mcpb";
    let name = ["server-json", "--name", "io.github.ann/probe"];
    let bundled = [&name[..], &["--bundle", "probe.mcpb", "--bundle-url", url]].concat();
    let (code, listing, stderr) = folder.package_to_end(&bundled);
    assert_eq!(code, Some(0), "{stderr}");
    let listing: Value = serde_json::from_str(&listing).unwrap();
    let digest = listing["packages"][0]["fileSha256"].as_str().unwrap();
    assert!(stdout.contains(digest), "{stdout}");
}
