//! A `tracing` layer that reports each error with the fields of its request.

use std::fmt::Debug;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The maximum number of queued reports; more are dropped, so that an unavailable tracker delays no call.
const MOST: usize = 64;

/// Reports errors.
#[derive(Debug)]
pub(crate) struct Tracker(SyncSender<Value>);

impl Tracker {
    /// Reports through `send`, which runs on its own thread and may block.
    pub(crate) fn new(mut send: impl FnMut(Value) + Send + 'static) -> Self {
        let (reports, waiting) = sync_channel(MOST);
        thread::spawn(move || {
            while let Ok(report) = waiting.recv() {
                send(report);
            }
        });
        Self(reports)
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Tracker {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = cx.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, cx: Context<'_, S>) {
        if let Some(span) = cx.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        if *event.metadata().level() != Level::ERROR {
            return;
        }
        let mut report = Fields::default();
        // From the outermost span inwards: the span `mcp` has the request, the tool and the caller.
        for span in cx.event_scope(event).into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<Fields>() {
                report.0.extend(fields.0.clone());
            }
        }
        event.record(&mut report);
        let _ = self.0.try_send(Value::Object(report.0));
    }
}

/// The fields of an event or a span.
#[derive(Debug, Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.set(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }
}
