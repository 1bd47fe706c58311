//! The supported clients, one file each: the form of an entry, its file, links and commands.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::edit::{json, toml, yaml};
use super::{Launch, quoted};

mod claude_code;
mod claude_desktop;
mod codex;
mod cursor;
mod gemini;
mod goose;
mod inspector;
mod vscode;
mod zed;

/// All clients, in the order in which they are shown.
pub(crate) const ALL: [&Client; 9] = [
    &claude_desktop::CLIENT,
    &claude_code::CLIENT,
    &vscode::CLIENT,
    &cursor::CLIENT,
    &zed::CLIENT,
    &codex::CLIENT,
    &gemini::CLIENT,
    &goose::CLIENT,
    &inspector::CLIENT,
];

/// A client.
pub(crate) struct Client {
    /// The name on the command line.
    pub key: &'static str,
    /// The name for people.
    pub title: &'static str,
    format: Format,
    /// The name of its table of servers.
    table: &'static str,
    /// The file of its configuration: that of the project if there is one, otherwise that of the user.
    file: fn(&Places) -> Option<PathBuf>,
    /// The entry of a server with this name.
    entry: fn(&str, &Launch) -> Value,
    /// The link that adds the server.
    link: fn(&str, &Launch) -> Option<String>,
    /// The command that adds the server, or opens it.
    command: fn(&str, &Launch) -> Option<String>,
    /// The step that follows.
    pub then: &'static str,
}

/// The language of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    /// JSON with comments and trailing commas.
    JsonWithComments,
    Toml,
    Yaml,
}

/// The folders that configurations are in.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The project: the working directory.
    pub project: PathBuf,
    /// The user's home.
    pub home: Option<PathBuf>,
    /// The folder of the user's configurations, depending on the system.
    pub settings: Option<PathBuf>,
}

impl Places {
    /// Reads them from the process.
    pub(crate) fn of_process(project: PathBuf) -> Self {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let home = folder("HOME").or_else(|| folder("USERPROFILE"));
        let settings = if cfg!(target_os = "macos") {
            home.as_ref()
                .map(|it| it.join("Library/Application Support"))
        } else if cfg!(windows) {
            folder("APPDATA")
        } else {
            folder("XDG_CONFIG_HOME").or_else(|| home.as_ref().map(|it| it.join(".config")))
        };
        Self {
            project,
            home,
            settings,
        }
    }

    /// A file of the project.
    fn in_project(&self, path: &str) -> PathBuf {
        self.project.join(path)
    }

    /// The path under `~/.config`, which some programs use on every system but Windows.
    fn dot_config(&self, windows: &str, others: &str) -> Option<PathBuf> {
        if cfg!(windows) {
            return Some(self.settings.as_ref()?.join(windows));
        }
        if cfg!(target_os = "macos") {
            return Some(self.home.as_ref()?.join(".config").join(others));
        }
        Some(self.settings.as_ref()?.join(others))
    }
}

impl Client {
    /// Finds a client by its name on the command line.
    pub(crate) fn find(key: &str) -> Option<&'static Self> {
        ALL.into_iter().find(|it| it.key.eq_ignore_ascii_case(key))
    }

    /// Renders a configuration with this entry only.
    pub(crate) fn snippet(&self, name: &str, launch: &Launch) -> Result<String, String> {
        self.put("", name, launch)
    }

    /// Adds the entry to the text of a configuration.
    pub(crate) fn put(&self, text: &str, name: &str, launch: &Launch) -> Result<String, String> {
        let entry = (self.entry)(name, launch);
        let entry = entry.as_object().cloned().unwrap_or_default();
        match self.format {
            Format::Json => json::put(text, false, self.table, name, &entry),
            Format::JsonWithComments => json::put(text, true, self.table, name, &entry),
            Format::Toml => toml::put(text, self.table, name, &entry),
            Format::Yaml => yaml::put(text, self.table, name, &entry),
        }
    }

    pub(crate) fn file(&self, places: &Places) -> Option<PathBuf> {
        (self.file)(places)
    }

    pub(crate) fn link(&self, name: &str, launch: &Launch) -> Option<String> {
        (self.link)(name, launch)
    }

    pub(crate) fn command(&self, name: &str, launch: &Launch) -> Option<String> {
        (self.command)(name, launch)
    }
}

/// The entry of most clients: `command` and `args`, or the URL under `url_key` and with the rest of `remote`.
fn entry(launch: &Launch, url_key: &str, remote: &[(&str, &str)]) -> Value {
    let mut entry = Map::new();
    match launch {
        Launch::Command { path, args } => {
            entry.insert("command".to_owned(), path.as_str().into());
            entry.insert("args".to_owned(), json!(args));
        }
        Launch::Url(url) => {
            let rest = remote
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).into()));
            entry.extend(rest);
            entry.insert(url_key.to_owned(), url.as_str().into());
        }
    }
    entry.into()
}

/// For a client without links or commands.
fn none(_: &str, _: &Launch) -> Option<String> {
    None
}

#[cfg(test)]
mod tests;
