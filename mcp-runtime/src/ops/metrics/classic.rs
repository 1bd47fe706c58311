//! The [classic text format](https://prometheus.io/docs/instrumenting/exposition_formats/) of Prometheus, version 0.0.4,
//! made from OpenMetrics text of `prometheus-client`.

/// Converts OpenMetrics text: a counter's family has the name of its samples, and there are no units and no end mark.
pub(super) fn of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // The help text comes before the type, which determines the name of the family.
    let mut help = None;
    for line in text.lines() {
        let comment = line.strip_prefix("# ");
        match comment.map(|it| it.split_once(' ').unwrap_or((it, ""))) {
            Some(("EOF" | "UNIT", _)) => {}
            Some(("HELP", rest)) => help = rest.split_once(' '),
            Some(("TYPE", rest)) => family(&mut out, rest, help.take()),
            _ => out.extend([line, "\n"]),
        }
    }
    out
}

/// Writes the help and the type of a family.
fn family(out: &mut String, declared: &str, help: Option<(&str, &str)>) {
    let (name, kind) = declared.split_once(' ').unwrap_or((declared, "unknown"));
    let (end, kind) = match kind {
        "counter" => ("_total", "counter"),
        "unknown" | "info" | "stateset" => ("", "untyped"),
        kind => ("", kind),
    };
    if let Some((_, text)) = help.filter(|(of, _)| *of == name) {
        out.extend(["# HELP ", name, end, " ", text, "\n"]);
    }
    out.extend(["# TYPE ", name, end, " ", kind, "\n"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_called_like_their_samples() {
        let text = "# HELP a Counts a. And b.\n# TYPE a counter\n# UNIT a seconds\na_total{x=\"# EOF\"} 1\n\
                    # HELP b Is b.\n# TYPE b gauge\nb 2\n# EOF\n";
        let classic = "# HELP a_total Counts a. And b.\n# TYPE a_total counter\na_total{x=\"# EOF\"} 1\n\
                       # HELP b Is b.\n# TYPE b gauge\nb 2\n";
        assert_eq!(of(text), classic);
    }
}
