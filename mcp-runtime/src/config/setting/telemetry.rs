//! `[telemetry]`.

use super::{Part, Setting};
use crate::config::kind::Kind;
use crate::config::problem::Problem;
use crate::config::url::is_web;

pub(super) const ROWS: &[Setting] = &[Setting::new(
    "telemetry.otlp",
    "MCP_TELEMETRY_OTLP",
    Kind::Text(
        |it| it.telemetry.base.clone(),
        |it, text| set(&mut it.telemetry.base, text),
    ),
    "The collector of spans and metrics by OTLP over HTTP, such as `http://localhost:4318`; without one nothing is exported. The variables of OpenTelemetry take precedence.",
)
.parts(&[
    Part {
        env: "OTEL_EXPORTER_OTLP_ENDPOINT",
        read: |it, text| set(&mut it.telemetry.base, text),
    },
    Part {
        env: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        read: |it, text| set(&mut it.telemetry.traces, text),
    },
    Part {
        env: "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        read: |it, text| set(&mut it.telemetry.metrics, text),
    },
])
.code("telemetry")];

/// Sets an endpoint; an empty one is none.
fn set(endpoint: &mut String, text: &str) -> Result<(), Problem> {
    if !text.is_empty() && !is_web(text) {
        let help = "write an absolute URL such as http://localhost:4318";
        return Err(Problem::new(text, "it is not a URL of http or https", help));
    }
    text.clone_into(endpoint);
    Ok(())
}
