//! The remote parent span of a request: [Trace Context](https://www.w3.org/TR/trace-context/).

use std::borrow::Cow;
use std::collections::HashMap;

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;

use crate::protocol::trace::TraceParent;

/// The longest `tracestate` that is propagated, the minimum of the recommendation.
const LONGEST: usize = 512;

/// Returns the parent context in `traceparent` and `tracestate`, read by `get`; `None` if there is none.
pub(crate) fn parent<'t>(get: impl Fn(&str) -> Option<Cow<'t, str>>) -> Option<Context> {
    let traceparent = get("traceparent")?;
    TraceParent::parse(&traceparent)?;
    let mut carrier = HashMap::from([("traceparent".to_owned(), traceparent.into_owned())]);
    if let Some(state) = get("tracestate").filter(|state| state.len() <= LONGEST) {
        carrier.insert("tracestate".to_owned(), state.into_owned());
    }
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
    context.span().span_context().is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_long_tracestate_is_not_kept() {
        let with = |state: String| {
            parent(|key| match key {
                "traceparent" => Some(PARENT.into()),
                _ => Some(state.clone().into()),
            })
        };
        let state = |context: Option<Context>| {
            let context = context.unwrap();
            context.span().span_context().trace_state().header()
        };
        assert_eq!(state(with("vendor=7".to_owned())), "vendor=7");
        assert_eq!(state(with(format!("vendor={}", "7".repeat(600)))), "");
        assert!(parent(|_| Some("nonsense".into())).is_none());
        assert!(parent(|_| None).is_none());
    }
}
