//! Bounds the bytes of spans waiting for export: the queue bounds their number, and this their size.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::{Array, Context, KeyValue, StringValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

/// The maximum number of characters of a text in a span, as in a line of the log.
const LONGEST: usize = 1_000;

/// Cuts the texts of spans before they enter the queue of another processor.
#[derive(Debug)]
pub(super) struct Bounded<P>(pub P);

impl<P: SpanProcessor> SpanProcessor for Bounded<P> {
    fn on_start(&self, span: &mut Span, cx: &Context) {
        self.0.on_start(span, cx);
    }

    fn on_end(&self, mut span: SpanData) {
        cut(&mut span.attributes);
        for link in &mut span.links.links {
            cut(&mut link.attributes);
        }
        // Events of a span are in the log.
        span.events.events.clear();
        self.0.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn cut(attributes: &mut [KeyValue]) {
    for attribute in attributes {
        match &mut attribute.value {
            Value::String(text) => {
                if let Some(cut) = beginning(text.as_str()) {
                    *text = cut;
                }
            }
            // Numbers, or texts of the program.
            Value::Array(Array::String(texts)) => {
                for text in texts {
                    if let Some(cut) = beginning(text.as_str()) {
                        *text = cut;
                    }
                }
            }
            _ => {}
        }
    }
}

/// Returns the beginning of a text that is too long.
fn beginning(text: &str) -> Option<StringValue> {
    let (end, _) = text.char_indices().nth(LONGEST)?;
    Some(Arc::<str>::from(format!("{}…", &text[..end])).into())
}
