//! The tables of tools, resources and prompts, with the limits in force and the origin of each.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::handler::spec::Spec;
use crate::handler::spec::policy::Source;
use crate::policy::in_force::{self, InForce};
use crate::protocol::resource::UriOrTemplate;
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
        let (UriOrTemplate::Uri(uri) | UriOrTemplate::Template(uri)) = &file.uri;
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

/// The table of the prompts; optional arguments are in brackets.
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

/// The rows below their titles.
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

/// The entries as in their lists, as JSON, each with its `limits` and `enabled`.
pub(super) fn json<'e>(entries: impl Iterator<Item = &'e Arc<Entry>>, file: &str) -> String {
    let rows = entries.map(|entry| {
        let mut row = serde_json::to_value(&entry.descriptor).unwrap_or_default();
        let policies = entry.policies();
        let limits = in_force::in_force(&policies.spec).into_iter();
        let limits = limits.map(|it| (it.key.to_owned(), described(&it, file)));
        row["limits"] = limits.collect::<Map<_, _>>().into();
        row["enabled"] = policies.access.is_enabled().into();
        row
    });
    format!("{:#}", rows.collect::<Value>())
}

/// The limits in force, or a note that the function is disabled.
pub(super) fn in_force(entry: &Entry, file: &str) -> String {
    let policies = entry.policies();
    if !policies.access.is_enabled() {
        return format!("off ({file})");
    }
    limits(&policies.spec, file)
}

/// A limit for display: its key, its value, and its origin.
fn shown(policy: &InForce, file: &str) -> String {
    let mut text = policy.key.to_owned();
    if !policy.value.is_empty() {
        let _ = write!(text, " {}", policy.value);
    }
    if let Some(source) = policy.source {
        let _ = write!(text, " ({})", place(source, file));
    }
    text
}

/// A limit as JSON: `true` for one without a value.
fn described(policy: &InForce, file: &str) -> Value {
    match policy.source {
        Some(source) => json!({ "value": policy.value, "source": place(source, file) }),
        None if policy.value.is_empty() => true.into(),
        None => policy.value.as_str().into(),
    }
}

fn place(source: Source, file: &str) -> String {
    match source {
        Source::Attribute => "attribute".to_owned(),
        Source::Defaults => "defaults".to_owned(),
        Source::File(line, column) => format!("{file}:{line}:{column}"),
    }
}

/// The limits in the order in which they apply, each with its origin.
fn limits(spec: &Spec, file: &str) -> String {
    let limits = in_force::in_force(spec).into_iter();
    let limits = limits.map(|policy| shown(&policy, file));
    or_none(&limits.collect::<Vec<_>>(), ", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::spec::policy::{Breaker, Cache, Concurrency, RateLimit, Retry};

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
            limits(&spec, "mcp.toml").split(", ").collect::<Vec<_>>(),
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
        assert_eq!(limits(&Spec::tool("none", "Nothing."), "mcp.toml"), "-");
    }
}
