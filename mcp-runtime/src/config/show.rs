//! The commands `config` and `config --docs`: the values in force with their origins, and the reference page.
//!
//! Secrets are shown as `[set]`. The reference page is compared with
//! `mcp-runtime/docs/configuration.md` by a test, so that a setting cannot be added without its
//! documentation.

use std::fmt::Write as _;

use super::Settings;
use super::layers::Layers;
use super::setting::{self, Setting};

/// Renders every value with its origin, by table.
pub(crate) fn values(layers: &Layers) -> String {
    let rows = layers.values();
    let line = |(setting, value, _): &(&Setting, String, _)| {
        let key = setting.name.rsplit('.').next().unwrap_or(setting.name);
        format!("{key} = {value}")
    };
    let width = rows.iter().map(|row| line(row).chars().count()).max();
    let width = width.unwrap_or_default().min(60);
    let (mut text, mut table) = (String::new(), "");
    for row in &rows {
        let (setting, _, origin) = row;
        let of = setting.table();
        if of != table {
            let between = if table.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{between}[{of}]");
            table = of;
        }
        let _ = writeln!(text, "{:width$}  # {origin}", line(row));
    }
    text.trim_end().to_owned()
}

/// Renders the reference page.
pub(crate) fn docs() -> String {
    let mut defaults = Settings::default();
    let mut text = PREFACE.to_owned();
    let mut table = "";
    for setting in setting::present() {
        if setting.table() != table {
            table = setting.table();
            let head = "| key | environment | default | reload | |\n|---|---|---|---|---|";
            let _ = writeln!(text, "\n### `[{table}]`\n\n{head}");
        }
        let key = setting.name.rsplit('.').next().unwrap_or(setting.name);
        text += &row(setting, key, &setting.kind.show(&mut defaults));
    }
    text
}

/// One line of a table of the page.
fn row(setting: &Setting, key: &str, default: &str) -> String {
    let code = |text: &str| format!("`{text}`");
    let mut names = vec![code(setting.env)];
    if setting.kind.is_secret() {
        names.push(code(&format!("{}_FILE", setting.env)));
    }
    names.extend(setting.parts.iter().map(|part| code(part.env)));
    names.extend(setting.flag.map(|flag| code(&format!("--{flag}"))));
    let reload = if setting.live { "live" } else { "restart" };
    format!(
        "| `{key}` | {} | {} | {reload} | {} |\n",
        names.join(", "),
        code(default),
        setting.help
    )
}

/// The part of the page before the tables.
const PREFACE: &str = "\
# Settings

The settings of a server run by `Server::run`.

Layers, each over the one before: the program (the methods of `Server`), the file `mcp.toml` in the working directory \
or the one in `--config`, the environment, flags. The command `config` prints every value with its origin. An invalid \
value and an unknown name stop the start, with an error that lists all of them.

A size is written with its unit (`64KiB`, `1MB`), and so is a duration (`500ms`, `1m30s`). In the environment the \
entries of a list are separated by commas. A secret can be in a file named by the variable with `_FILE`, or in a \
credential of systemd with the name of the setting.
";
