//! The tools in a file, and their differences from the current ones.

use std::ffi::OsStr;
use std::path::Path;
use std::{fs, io};

use serde_json::{Map, Value};

use super::change::{Change, Direction};
use super::compare::compare;

/// The visible part of each tool, by its name.
#[derive(Debug, PartialEq)]
pub(super) struct Snapshot(Map<String, Value>);

/// The treatment of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Writes a missing file, and compares an existing one.
    Keep,
    /// Compares the file.
    Compare,
    /// Writes the file.
    Overwrite,
}

impl Mode {
    /// The mode in the environment variables `MCP_SCHEMAS` and `CI`.
    pub(super) fn wanted(schemas: Option<&OsStr>, ci: Option<&OsStr>) -> Self {
        match schemas {
            Some(wanted) if wanted == "overwrite" => Self::Overwrite,
            _ if ci.is_some() => Self::Compare,
            _ => Self::Keep,
        }
    }
}

/// The result of reading the file.
#[derive(Debug)]
pub(super) enum Outcome {
    Same,
    Written,
    Missing,
    Changed(Vec<Change>),
}

/// The members of a tool that callers rely on or that their models read.
const KEPT: [&str; 4] = ["description", "inputSchema", "outputSchema", "annotations"];

impl Snapshot {
    pub(super) fn new(tools: &[Value]) -> Self {
        let kept = |tool: &Value| {
            let kept = KEPT
                .iter()
                .filter_map(|key| Some(((*key).to_owned(), tool.get(*key)?.clone())));
            Value::Object(kept.collect())
        };
        let name = |tool: &Value| tool["name"].as_str().unwrap_or_default().to_owned();
        Self(tools.iter().map(|tool| (name(tool), kept(tool))).collect())
    }

    /// Compares the tools with the file, or writes it.
    pub(super) fn check(&self, path: &Path, mode: Mode) -> Outcome {
        let before = Self::read(path);
        match (before, mode) {
            (Some(before), _) if before == *self => Outcome::Same,
            (Some(before), Mode::Keep | Mode::Compare) => Outcome::Changed(before.changes(self)),
            (None, Mode::Compare) => Outcome::Missing,
            _ => {
                self.write(path);
                Outcome::Written
            }
        }
    }

    fn read(path: &Path) -> Option<Self> {
        match fs::read_to_string(path) {
            Ok(text) => {
                let read = serde_json::from_str(&text);
                Some(Self(read.unwrap_or_else(|error| {
                    panic!("{} is no snapshot: {error}", path.display())
                })))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => panic!("cannot read {}: {error}", path.display()),
        }
    }

    fn write(&self, path: &Path) {
        let text = serde_json::to_string_pretty(&self.0).unwrap_or_default();
        if let Err(error) = fs::write(path, text + "\n") {
            panic!("cannot write {}: {error}", path.display());
        }
    }

    /// Lists the differences in `after`, tool by tool in the order of the tools.
    fn changes(&self, after: &Self) -> Vec<Change> {
        let mut changes: Vec<Change> = self
            .0
            .iter()
            .flat_map(|(name, before)| tool_changes(name, before, after))
            .collect();
        let new = after.0.keys().filter(|name| !self.0.contains_key(*name));
        changes.extend(new.map(|name| change(name, "is new", false)));
        changes
    }
}

fn change(tool: &str, what: impl Into<String>, breaks: bool) -> Change {
    Change {
        tool: tool.to_owned(),
        what: what.into(),
        breaks,
    }
}

fn tool_changes(name: &str, before: &Value, after: &Snapshot) -> Vec<Change> {
    let Some(after) = after.0.get(name) else {
        return vec![change(name, "is gone", true)];
    };
    let mut changes = Vec::new();
    compare_tools(before, after, |what, breaks| {
        changes.push(change(name, what, breaks));
    });
    if changes.is_empty() && before != after {
        changes.push(change(name, "says the same in another way", false));
    }
    changes
}

fn compare_tools(before: &Value, after: &Value, mut note: impl FnMut(String, bool)) {
    for key in ["description", "annotations"] {
        if before.get(key) != after.get(key) {
            note(format!("has another {key}"), false);
        }
    }
    if let (Some(before), Some(after)) = (before.get("inputSchema"), after.get("inputSchema")) {
        for (what, effect) in compare(before, after) {
            note(what, Direction::Input.breaks(effect));
        }
    }
    match (before.get("outputSchema"), after.get("outputSchema")) {
        (Some(before), Some(after)) => {
            for (what, effect) in compare(before, after) {
                note(
                    format!("the output: {what}"),
                    Direction::Output.breaks(effect),
                );
            }
        }
        (Some(_), None) => note("the output has no schema any more".to_owned(), true),
        (None, Some(_)) => note("the output has a schema now".to_owned(), false),
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::env;

    use serde_json::json;

    use super::*;

    fn tool(name: &str, output: &Value) -> Value {
        json!({ "name": name, "description": "Adds.", "inputSchema": { "type": "object" }, "outputSchema": output })
    }

    fn changes(before: &[&Value], after: &[&Value]) -> Vec<(String, bool)> {
        let snapshot =
            |tools: &[&Value]| Snapshot::new(&tools.iter().copied().cloned().collect::<Vec<_>>());
        let changes = snapshot(before).changes(&snapshot(after));
        changes
            .into_iter()
            .map(|change| (change.to_string(), change.breaks))
            .collect()
    }

    #[test]
    fn the_environment_chooses_the_mode() {
        let given = |schemas: Option<&str>, ci: Option<&str>| {
            Mode::wanted(schemas.map(OsStr::new), ci.map(OsStr::new))
        };
        assert_eq!(given(None, None), Mode::Keep);
        assert_eq!(given(None, Some("true")), Mode::Compare);
        assert_eq!(given(None, Some("")), Mode::Compare);
        assert_eq!(given(Some("keep"), Some("true")), Mode::Compare);
        assert_eq!(given(Some("overwrite"), None), Mode::Overwrite);
        assert_eq!(given(Some("overwrite"), Some("true")), Mode::Overwrite);
    }

    #[test]
    fn the_file_is_written_once_and_then_only_on_demand() {
        let path = env::temp_dir().join(format!("mcp-testkit-{}.json", std::process::id()));
        let (old, new) = (
            Snapshot::new(&[tool("add", &json!({}))]),
            Snapshot::new(&[]),
        );
        assert!(matches!(old.check(&path, Mode::Compare), Outcome::Missing));
        assert!(matches!(old.check(&path, Mode::Keep), Outcome::Written));
        assert!(matches!(old.check(&path, Mode::Compare), Outcome::Same));
        assert!(
            matches!(new.check(&path, Mode::Keep), Outcome::Changed(changes) if changes.len() == 1)
        );
        assert!(matches!(
            new.check(&path, Mode::Overwrite),
            Outcome::Written
        ));
        assert!(matches!(new.check(&path, Mode::Compare), Outcome::Same));
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn tools_come_and_go() {
        let (add, sub) = (tool("add", &json!({})), tool("sub", &json!({})));
        assert_eq!(changes(&[&add], &[&add]), []);
        assert_eq!(
            changes(&[&add, &sub], &[&add]),
            [("`sub`: is gone".to_owned(), true)]
        );
        assert_eq!(
            changes(&[&add], &[&sub, &add]),
            [("`sub`: is new".to_owned(), false)]
        );
    }

    #[test]
    fn an_output_is_held_the_other_way_round() {
        let integer = tool("add", &json!({ "type": "integer" }));
        let number = tool("add", &json!({ "type": "number" }));
        let wider = changes(&[&integer], &[&number]);
        assert_eq!(
            wider,
            [("`add`: the output: was integer, is number".to_owned(), true)]
        );
        let narrower = changes(&[&number], &[&integer]);
        assert_eq!(
            narrower,
            [(
                "`add`: the output: was number, is integer".to_owned(),
                false
            )]
        );
    }

    #[test]
    fn an_equivalent_schema_is_reported_as_equivalent() {
        let union = |branches: Value| tool("add", &json!({ "anyOf": branches }));
        let (x, y) = (json!({ "type": "string" }), json!({ "type": "integer" }));
        let said = changes(&[&union(json!([x, y]))], &[&union(json!([y, x]))]);
        assert_eq!(
            said,
            [("`add`: says the same in another way".to_owned(), false)]
        );
    }
}
