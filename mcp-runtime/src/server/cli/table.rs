//! The tables of tools, resources and prompts, with the limits in force and where each was declared.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::handler::spec::Spec;
use crate::handler::spec::policy::{Breaker, Source};
use crate::policy::max_output::Size;
use crate::policy::timeout::Written;
use crate::protocol::resource::Place;
use crate::registry::{Descriptor, Entry, Registry};

/// The table of the tools.
pub(super) fn tools(registry: &Registry, file: &str) -> String {
    let rows = registry.tools.entries().iter();
    let rows = rows.map(|tool| [tool.name.clone(), in_force(tool, file), summary(tool)]);
    table(["NAME", "LIMITS", "DESCRIPTION"], rows)
}

/// The table of the resources, the templates and the files.
pub(super) fn resources(registry: &Registry, file: &str) -> String {
    let declared = registry.resources.entries().iter();
    let declared = declared.chain(registry.templates.entries()).map(|entry| {
        [
            entry.uri().to_owned(),
            entry.name.clone(),
            in_force(entry, file),
            summary(entry),
        ]
    });
    let files = registry.files.listed.iter().map(|file| {
        let (Place::Uri(uri) | Place::Template(uri)) = &file.place;
        [
            uri.clone(),
            file.name.clone(),
            NONE.to_owned(),
            first_line(&file.description),
        ]
    });
    let rows = declared.chain(files);
    table(["URI", "NAME", "LIMITS", "DESCRIPTION"], rows)
}

/// The table of the prompts; an argument in brackets may be left out.
pub(super) fn prompts(registry: &Registry, file: &str) -> String {
    let rows = registry.prompts.entries().iter();
    let rows = rows.map(|prompt| {
        [
            prompt.name.clone(),
            arguments(prompt),
            in_force(prompt, file),
            summary(prompt),
        ]
    });
    table(["NAME", "ARGUMENTS", "LIMITS", "DESCRIPTION"], rows)
}

/// An empty cell.
pub(super) const NONE: &str = "-";

fn arguments(entry: &Entry) -> String {
    let Descriptor::Prompt(prompt) = &entry.descriptor else {
        return NONE.to_owned();
    };
    let arguments = prompt.arguments.iter().map(|argument| {
        if argument.required {
            argument.name.clone()
        } else {
            format!("[{}]", argument.name)
        }
    });
    or_none(&arguments.collect::<Vec<_>>(), " ")
}

fn summary(entry: &Entry) -> String {
    first_line(&entry.spec.description)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn or_none(parts: &[String], between: &str) -> String {
    if parts.is_empty() {
        return NONE.to_owned();
    }
    parts.join(between)
}

/// The rows under their titles.
fn table<const N: usize>(titles: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let titles = std::iter::once(titles.map(str::to_owned));
    aligned(&titles.chain(rows).collect::<Vec<_>>())
}

/// Aligns the columns.
pub(super) fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    });
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths);
        let cells = cells.map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The entries as their lists describe them, as JSON, each with its `limits` and whether it is `enabled`.
pub(super) fn json<'e>(entries: impl Iterator<Item = &'e Arc<Entry>>, file: &str) -> String {
    let rows = entries.map(|entry| {
        let mut row = serde_json::to_value(&entry.descriptor).unwrap_or_default();
        let policies = entry.policies();
        let limits = limits(&policies.spec, file).into_iter();
        let limits = limits.map(|it| (it.key.to_owned(), it.to_json()));
        row["limits"] = limits.collect::<Map<_, _>>().into();
        row["enabled"] = policies.access.is_enabled().into();
        row
    });
    format!("{:#}", rows.collect::<Value>())
}

/// The limits that are in force, or that the function is switched off.
pub(super) fn in_force(entry: &Entry, file: &str) -> String {
    let policies = entry.policies();
    if !policies.access.is_enabled() {
        return format!("off ({file})");
    }
    joined(&limits(&policies.spec, file))
}

/// A limit as it is shown.
struct Limit {
    key: &'static str,
    value: String,
    /// Where it was declared; empty for what has no value that could be replaced.
    source: String,
}

impl Limit {
    fn to_json(&self) -> Value {
        if self.source.is_empty() && self.value.is_empty() {
            return true.into();
        }
        if self.source.is_empty() {
            return self.value.as_str().into();
        }
        json!({ "value": self.value, "source": self.source })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)?;
        if !self.value.is_empty() {
            write!(f, " {}", self.value)?;
        }
        if self.source.is_empty() {
            Ok(())
        } else {
            write!(f, " ({})", self.source)
        }
    }
}

fn joined(limits: &[Limit]) -> String {
    let limits = limits.iter().map(ToString::to_string);
    or_none(&limits.collect::<Vec<_>>(), ", ")
}

/// The limits in the order in which they apply, each with where it was declared.
fn limits(spec: &Spec, file: &str) -> Vec<Limit> {
    fn declared<T>(
        value: Option<(T, Source)>,
        show: impl Fn(T) -> String,
    ) -> Option<(String, Source)> {
        value.map(|(value, source)| (show(value), source))
    }
    let limit = |key: &'static str, declared: Option<(String, Source)>| {
        declared.map(|(value, source)| Limit {
            key,
            value,
            source: match source {
                Source::Attribute => "attribute".to_owned(),
                Source::Defaults => "defaults".to_owned(),
                Source::File(line, column) => format!("{file}:{line}:{column}"),
            },
        })
    };
    let plain = |key: &'static str, is_there: bool, value: String| {
        let source = String::new();
        is_there.then_some(Limit { key, value, source })
    };
    let failures = |it: Breaker| format!("{} failures, {}", it.failures, Written(it.cooldown));
    let limits = [
        plain("scopes", !spec.scopes.is_empty(), spec.scopes.join(" ")),
        plain("visible_if", spec.visible_if.is_some(), String::new()),
        limit("rate_limit", declared(spec.rate_limit, |it| it.to_string())),
        limit(
            "concurrency",
            declared(spec.concurrency, |it| it.to_string()),
        ),
        limit(
            "cache",
            declared(spec.cache, |it| Written(it.ttl).to_string()),
        ),
        limit(
            "timeout",
            declared(spec.timeout, |it| Written(it).to_string()),
        ),
        limit("retry", declared(spec.retry, |it| it.max.to_string())),
        limit("breaker", declared(spec.breaker, failures)),
        limit(
            "max_output",
            declared(spec.max_output, |it| Size(it).to_string()),
        ),
        plain("audit", spec.audit, String::new()),
    ];
    limits.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::spec::policy::{Cache, Concurrency, RateLimit, Retry};

    #[test]
    fn every_limit_is_shown_with_its_source() {
        let here = Source::Attribute;
        let spec = Spec::tool("all", "Everything at once.")
            .audit()
            .scopes(&["a", "b"])
            .visible_if(|_| true)
            .max_output(1024, Source::File(3, 9))
            .breaker(Breaker::new(5, 30_000), here)
            .retry(Retry::new(3), here)
            .timeout(5_000, Source::Defaults)
            .cache(Cache::new(60_000), here)
            .concurrency(Concurrency::new(4).queue(16), here)
            .rate_limit(RateLimit::new(10, 60_000), here);
        assert_eq!(
            joined(&limits(&spec, "mcp.toml"))
                .split(", ")
                .collect::<Vec<_>>(),
            [
                "scopes a b",
                "visible_if",
                "rate_limit 10/min (attribute)",
                "concurrency 4 + 16 waiting (attribute)",
                "cache 1m (attribute)",
                "timeout 5s (defaults)",
                "retry 3 (attribute)",
                "breaker 5 failures",
                "30s (attribute)",
                "max_output 1 KiB (mcp.toml:3:9)",
                "audit",
            ]
        );
        assert_eq!(
            joined(&limits(&Spec::tool("none", "Nothing."), "mcp.toml")),
            "-"
        );
    }
}
