//! The endpoints of a collector, and the variables of OpenTelemetry that are not left to the SDK.

use crate::error::{Error, Result};

/// The URLs that telemetry is sent to; an empty one is not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Endpoints {
    /// The base of the other two, such as `http://localhost:4318`.
    pub base: String,
    /// The URL of traces, as it is.
    pub traces: String,
    /// The URL of metrics, as it is.
    pub metrics: String,
}

impl Endpoints {
    /// Returns the URL of traces, unless they are turned off.
    pub(super) fn traces(&self) -> Option<String> {
        self.of(&self.traces, "v1/traces", "OTEL_TRACES_EXPORTER")
    }

    /// Returns the URL of metrics, unless they are turned off.
    pub(super) fn metrics(&self) -> Option<String> {
        self.of(&self.metrics, "v1/metrics", "OTEL_METRICS_EXPORTER")
    }

    fn of(&self, own: &str, path: &str, switch: &str) -> Option<String> {
        if is(switch, "none") || is("OTEL_SDK_DISABLED", "true") {
            return None;
        }
        match (own, &*self.base) {
            ("", "") => None,
            ("", base) => Some(format!("{}/{path}", base.trim_end_matches('/'))),
            (own, _) => Some(own.to_owned()),
        }
    }
}

/// The samplers that the SDK has.
const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// Returns the error for a variable with an unsupported value, which the SDK would ignore silently.
pub(super) fn check_variables() -> Result<()> {
    for name in [
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
    ] {
        let help = "write http/protobuf, which is the only one here, and the port of that in the endpoint, which is 4318";
        check(name, help, |value| value == "http/protobuf")?;
    }
    let help = format!("write one of {}", SAMPLERS.join(", "));
    check("OTEL_TRACES_SAMPLER", &help, |it| SAMPLERS.contains(&it))?;
    let ends_in_ratio = variable("OTEL_TRACES_SAMPLER").is_some_and(|it| it.ends_with("ratio"));
    let is_ratio = |it: &str| it.parse().is_ok_and(|it| (0.0..=1.0).contains(&it));
    check(
        "OTEL_TRACES_SAMPLER_ARG",
        "write a number from 0 to 1",
        |it| !ends_in_ratio || is_ratio(it),
    )
}

fn check(name: &str, help: &str, is_good: impl Fn(&str) -> bool) -> Result<()> {
    match variable(name) {
        Some(value) if !is_good(&value) => Err(Error::setting(name, &value, help)),
        _ => Ok(()),
    }
}

/// Returns the value of a variable that is set and not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn is(name: &str, value: &str) -> bool {
    variable(name).is_some_and(|it| it.eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_has_its_own_url_or_one_under_the_base() {
        let endpoints = |base: &str, traces: &str| Endpoints {
            base: base.to_owned(),
            traces: traces.to_owned(),
            metrics: String::new(),
        };
        let under = endpoints("http://collector:4318/", "");
        assert_eq!(
            under.traces().as_deref(),
            Some("http://collector:4318/v1/traces")
        );
        assert_eq!(
            under.metrics().as_deref(),
            Some("http://collector:4318/v1/metrics")
        );
        let own = endpoints("", "http://traces:9/as/it/is/");
        assert_eq!(own.traces().as_deref(), Some("http://traces:9/as/it/is/"));
        assert_eq!(own.metrics(), None);
        assert_eq!(Endpoints::default().traces(), None);
    }
}
