//! `package server-json`: documents that the registry takes, and refusals of what it does not take.
//!
//! The documents are validated against the registry's schema (`registry/`).

use std::process::Command;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use super::child::{Folder, probe, run};

const NAME: &str = "io.github.ann/probe";
const URL: &str = "https://mcp.example.com/mcp";
const RELEASE: &str = "https://github.com/ann/probe/releases/download/v1.2.3/probe.mcpb";

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema = include_str!("registry/server.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    let options = jsonschema::draft7::options().should_validate_formats(true);
    options.build(&schema).unwrap()
});

/// `probe package server-json ..`.
fn listing(args: &[&str]) -> Command {
    let mut command = probe();
    command.args(["package", "server-json"]).args(args);
    command
}

/// The document that the command prints, which conforms to the schema.
#[track_caller]
fn valid(command: &mut Command) -> Value {
    let (code, stdout, stderr) = run(command);
    assert_eq!(code, Some(0), "{stderr}");
    let document = serde_json::from_str(&stdout).unwrap();
    let problems: Vec<_> = SCHEMA
        .iter_errors(&document)
        .map(|it| it.to_string())
        .collect();
    assert!(problems.is_empty(), "{problems:?}: {stdout}");
    document
}

/// The error of the command, which prints no document.
#[track_caller]
fn refused(command: &mut Command) -> String {
    let (code, stdout, stderr) = run(command);
    assert_eq!((code, stdout.as_str()), (Some(2), ""), "{stderr}");
    stderr
}

#[test]
fn the_schema_refuses_what_the_registry_refuses() {
    let mut document = valid(&mut listing(&["--name", NAME, "--url", URL]));
    document["name"] = "no slash".into();
    assert!(!SCHEMA.is_valid(&document));
    document["name"] = NAME.into();
    document["websiteUrl"] = "not a URL".into();
    assert!(!SCHEMA.is_valid(&document), "formats are checked");
}

#[test]
fn every_option_makes_a_document_of_the_schema() {
    let folder = Folder::new("options");
    let (code, _, stderr) = run(probe().args(["package", "mcpb"]).current_dir(&folder.0));
    assert_eq!(code, Some(0), "{stderr}");
    let options = [
        "--name",
        NAME,
        "--bundle",
        "probe.mcpb",
        "--bundle-url",
        RELEASE,
    ];
    let bundled = valid(listing(&options).current_dir(&folder.0));
    assert!(bundled.get("remotes").is_none(), "{bundled}");
    let package = &bundled["packages"][0];
    assert_eq!(package["identifier"], RELEASE);
    // The registry refuses a bundle with a version of its own: its URL has it.
    assert!(package.get("version").is_none(), "{bundled}");
    let options = [
        &options[..],
        &["--url", URL, "--url", "https://b.example.com/mcp"],
    ]
    .concat();
    let both = valid(
        listing(&options)
            .current_dir(&folder.0)
            .env("PROBE_TITLE", "The probe")
            .env("PROBE_WEBSITE", "https://example.com/probe?a=b#c")
            .env("PROBE_INSTRUCTIONS", "  Says things back.  \nSecond line."),
    );
    assert_eq!(both["remotes"][1]["url"], "https://b.example.com/mcp");
    assert_eq!(both["title"], "The probe");
    assert_eq!(both["websiteUrl"], "https://example.com/probe?a=b#c");
    assert_eq!(both["description"], "Says things back.");
}

#[test]
fn long_and_empty_texts_are_those_of_the_schema() {
    let long = "ü".repeat(300);
    let document = valid(
        listing(&["--name", NAME, "--url", URL])
            .env("PROBE_TITLE", &long)
            .env("PROBE_INSTRUCTIONS", &long),
    );
    assert_eq!(document["title"].as_str().unwrap().chars().count(), 100);
    for empty in ["", "   ", "\n\nlater"] {
        let document = valid(
            listing(&["--name", NAME, "--url", URL])
                .env("PROBE_TITLE", empty)
                .env("PROBE_INSTRUCTIONS", empty),
        );
        assert!(document.get("title").is_none(), "{document}");
        assert_eq!(document["description"], "The MCP server probe");
    }
}

#[test]
fn names_are_those_that_the_registry_takes() {
    let longest = format!("io.github.ann/{}", "x".repeat(186));
    for name in ["aa/bb", "io.github.ann/my_probe.v-2", "I9/X0", &longest] {
        assert_eq!(
            valid(&mut listing(&["--name", name, "--url", URL]))["name"],
            name
        );
    }
    let longer = format!("{longest}x");
    for name in [
        "", "probe", "/", "a/b", "aa/b", "aa/bb/cc", "aa/bb/", ".aa/bb", "aa-/bb", "aa/_bb",
        "aa/bb.", "a_a/bb", "aa/b b", "aa/bü", &longer,
    ] {
        let error = refused(&mut listing(&["--name", name, "--url", URL]));
        assert!(
            error.contains("io.github.ann/calculator"),
            "{name}: {error}"
        );
        assert!(error.len() < 1_000, "{error}");
    }
}

#[test]
fn versions_are_those_that_the_registry_takes() {
    let at = |version: &str| {
        let mut command = listing(&["--name", NAME, "--url", URL]);
        command.env("PROBE_VERSION", version);
        command
    };
    for version in [
        "0.1.0",
        "1.2.3-beta.1+x86",
        "2026-07-28",
        "v7",
        "1.0.0-x",
        "next",
    ] {
        assert_eq!(valid(&mut at(version))["version"], version);
    }
    for version in [
        "latest",
        "^1.2",
        "~1",
        ">=1.0",
        "=1.0.0",
        "1.x",
        "1.2.X",
        "1.*",
        "1 - 2",
        "1.0 || 2.0",
    ] {
        let error = refused(&mut at(version));
        assert!(
            error.contains("version") && error.contains("1.0.2"),
            "{version}: {error}"
        );
    }
    let error = refused(&mut at(&"1".repeat(256)));
    assert!(error.contains("version") && error.len() < 1_000, "{error}");
}

#[test]
fn urls_are_those_that_the_registry_takes() {
    for url in [
        "https://[2001:db8::1]:8443/mcp",
        "https://EXAMPLE.com",
        "https://example.com/a%20b?c=d",
    ] {
        valid(&mut listing(&["--name", NAME, "--url", url]));
    }
    for url in [
        "",
        "example.com/mcp",
        "https://",
        "https:///mcp",
        "http://example.com/mcp",
        "ftp://example.com",
        "https://example.com/m cp",
        "https://example.com/{tenant}/mcp",
        "https://exämple.com/mcp",
    ] {
        let error = refused(&mut listing(&["--name", NAME, "--url", url]));
        assert!(error.contains("https URL"), "{url}: {error}");
        let error = refused(listing(&["--name", NAME, "--url", URL]).env("PROBE_WEBSITE", url));
        assert!(error.contains("https URL"), "{url}: {error}");
    }
    for url in [
        "https://localhost/mcp",
        "https://127.0.0.1:8443/mcp",
        "https://a.localhost/mcp",
    ] {
        let error = refused(&mut listing(&["--name", NAME, "--url", url]));
        assert!(error.contains("its own machine"), "{url}: {error}");
    }
    let document =
        valid(listing(&["--name", NAME]).env("MCP_PUBLIC_URL", "https://mcp.example.com/"));
    assert_eq!(document["remotes"][0]["url"], URL);
    let error = refused(listing(&["--name", NAME]).env("MCP_PUBLIC_URL", "http://localhost:8080"));
    assert!(error.contains("https URL"), "{error}");
}

#[test]
fn bundles_are_where_the_registry_takes_them_from() {
    let program = env!("CARGO_BIN_EXE_probe");
    let at = |url| listing(&["--name", NAME, "--bundle", program, "--bundle-url", url]);
    for url in [
        RELEASE,
        "https://gitlab.com/group/team/probe/-/releases/v1/downloads/probe.mcpb",
        "https://gitlab.com/ann/probe/-/package_files/7/download?mcp",
    ] {
        valid(&mut at(url));
    }
    for url in [
        "https://example.com/releases/download/v1/probe.mcpb",
        "https://github.com/ann/probe/raw/main/probe.mcpb",
        "https://github.com.example.com/ann/probe/releases/download/v1/probe.mcpb",
        "https://github.com/ann/probe/releases/download/v1/probe.zip",
    ] {
        let error = refused(&mut at(url));
        assert!(error.contains("attach it to a release"), "{url}: {error}");
    }
    for args in [["--bundle", program], ["--bundle-url", RELEASE]] {
        refused(&mut listing(&[&["--name", NAME], &args[..]].concat()));
    }
    let error = refused(&mut listing(&["--name", NAME]));
    assert!(error.contains("--url"), "{error}");
}
