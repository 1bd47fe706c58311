//! Tests of schemas: the clients that refuse them, and the changes that break callers.
//!
//! Invariant: the compared tools are those that the client sees; a tool hidden from it does not exist.

use std::env;
use std::path::Path;

use mcp_runtime::lint::{self, Finding, Verdict};

use crate::client::TestClient;

pub(crate) mod change;
mod compare;
mod snapshot;

use self::change::Change;
use self::snapshot::{Mode, Outcome, Snapshot};

impl TestClient {
    /// Lists the findings of Claude, OpenAI, Gemini, VS Code and llama.cpp about the tools that this client sees.
    ///
    /// # Panics
    ///
    /// Panics if the tools cannot be listed.
    pub async fn lint(&self) -> Vec<Finding> {
        self.tools().await.iter().flat_map(lint::tool).collect()
    }

    /// Asserts that no client rejects a tool; keywords that some of them ignore pass.
    ///
    /// # Panics
    ///
    /// Panics if a client does: with the tool, the client, the reason, the remedy, and the source of the rule.
    pub async fn assert_accepted(&self) {
        let found = self.lint().await;
        let rejected: Vec<String> = found
            .iter()
            .filter(|finding| finding.verdict == Verdict::Rejects)
            .map(|finding| format!("- {finding}\n  {}", finding.source))
            .collect();
        assert!(
            rejected.is_empty(),
            "expected tools that every client accepts\n\n{}",
            rejected.join("\n")
        );
    }

    /// Asserts that the tools are those of the file at `path`, which is relative to the package.
    ///
    /// Without the file it is written, and the test passes, unless `CI` is set. Every difference fails, so that the
    /// file is never outdated, and the text says which of them break callers. `MCP_SCHEMAS=overwrite` writes the
    /// current tools.
    ///
    /// A change breaks callers if a valid call is refused, or a response no longer matches its schema: a removed tool
    /// or parameter, a new required parameter, a narrower type or limit, an output that loses a part or may contain
    /// more than before.
    ///
    /// # Panics
    ///
    /// Panics if there is a difference, or the file cannot be read or written.
    pub async fn assert_schemas(&self, path: impl AsRef<Path>) {
        let now = Snapshot::new(&self.tools().await);
        let mode = Mode::wanted(
            env::var_os("MCP_SCHEMAS").as_deref(),
            env::var_os("CI").as_deref(),
        );
        match now.check(path.as_ref(), mode) {
            Outcome::Same | Outcome::Written => {}
            Outcome::Missing => panic!(
                "there is no {}: run the test once without `CI`",
                path.as_ref().display()
            ),
            Outcome::Changed(changes) => panic!("{}", failure_text(path.as_ref(), &changes)),
        }
    }
}

/// The text of the changes: the breaking ones first, then the rest, then the remedy.
fn failure_text(path: &Path, changes: &[Change]) -> String {
    let (breaking, compatible): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.breaks);
    let must_follow = !breaking.is_empty();
    let mut paragraphs = vec![format!("the tools are not those of {}", path.display())];
    for (title, changes) in [
        ("breaks callers", breaking),
        ("safe for callers", compatible),
    ] {
        if !changes.is_empty() {
            let lines: Vec<String> = changes.iter().map(|change| format!("- {change}")).collect();
            paragraphs.push(format!("{title}:\n{}", lines.join("\n")));
        }
    }
    let advice = if must_follow {
        "keep the old form in addition to the new one, or, if every caller can follow, accept it"
    } else {
        "no caller has to follow; accept it"
    };
    paragraphs.push(format!("{advice} with MCP_SCHEMAS=overwrite cargo test"));
    paragraphs.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaking_changes_come_first_with_the_remedy() {
        let change = |what: &str, breaks| Change {
            tool: "add".to_owned(),
            what: what.to_owned(),
            breaks,
        };
        let text = failure_text(
            Path::new("a.json"),
            &[change("`b` is new", false), change("`a` is gone", true)],
        );
        let expected = "the tools are not those of a.json\n\nbreaks callers:\n- `add`: `a` is gone\n\nsafe for callers:\n\
            - `add`: `b` is new\n\nkeep the old form";
        assert!(text.starts_with(expected), "{text}");
        let text = failure_text(Path::new("a.json"), &[change("`b` is new", false)]);
        assert!(
            text.contains("no caller has to follow; accept it with MCP_SCHEMAS=overwrite"),
            "{text}"
        );
    }
}
