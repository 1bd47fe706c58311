//! A bundle (`.mcpb`) that Claude Desktop installs: the program and its manifest, in a ZIP archive.
//!
//! The format is that of <https://github.com/anthropics/mcpb/blob/main/MANIFEST.md>, version 0.3.

use serde_json::{Value, json};

use super::Subject;
use super::zip::{File, archive};

/// Describes a program for this system, which is called `program` in the bundle.
pub(crate) fn manifest(subject: &Subject, author: &str, program: &str) -> Value {
    let entry_point = format!("server/{program}");
    let tools = subject.tools.iter();
    let tools =
        tools.map(|(name, description)| json!({ "name": name, "description": description }));
    let mut manifest = json!({
        "manifest_version": "0.3",
        "name": subject.name,
        "version": subject.version,
        "description": subject.description,
        "author": { "name": author },
        "server": {
            "type": "binary",
            "entry_point": entry_point,
            "mcp_config": {
                "command": format!("${{__dirname}}/{entry_point}"),
                "args": [],
                "env": {},
            },
        },
        "tools": tools.collect::<Value>(),
        "compatibility": { "platforms": [platform()] },
    });
    if let Some(title) = &subject.title {
        manifest["display_name"] = title.as_str().into();
    }
    if let Some(website) = &subject.website {
        manifest["homepage"] = website.as_str().into();
    }
    manifest
}

/// Packs a program with its manifest; `None` if it is larger than 4 GiB.
pub(crate) fn pack(manifest: &Value, program: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let manifest = format!("{manifest:#}\n");
    archive(&[
        File {
            path: "manifest.json",
            bytes: manifest.as_bytes(),
            is_executable: false,
        },
        File {
            path: &format!("server/{program}"),
            bytes,
            is_executable: true,
        },
    ])
}

/// The system, as named in manifests.
fn platform() -> &'static str {
    if cfg!(target_os = "macos") {
        "darwin"
    } else if cfg!(windows) {
        "win32"
    } else {
        "linux"
    }
}
