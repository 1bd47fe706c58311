//! The span and the metric of a request, as OpenTelemetry names them.

use std::borrow::Cow;
use std::future::poll_fn;
use std::time::Duration;

use futures_util::future::Either;
use opentelemetry::trace::{Link, SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context as TraceContext, KeyValue};

use super::{End, Subject};
use crate::digest::sha256_hex;
use crate::excerpt::excerpt;
use crate::handler::Context;
use crate::ops::otel::{names, parent};
use crate::protocol::{Members, Method};

/// A request that is exported.
pub(super) struct Exported {
    /// The span of the request; empty where only metrics are exported.
    span: TraceContext,
    /// The attributes of its span and its metric, of closed sets.
    identity: Vec<KeyValue>,
}

impl Exported {
    /// Begins the span of a request, of kind SERVER and in the trace of its client; `None` if it is not exported.
    pub(super) fn begin(subject: &Subject<'_>) -> Option<Self> {
        let telemetry = subject.service.drain.telemetry()?;
        let item = Item::of(subject);
        let identity = identity(subject, &item);
        let Some(tracer) = telemetry.tracer() else {
            let span = TraceContext::new();
            return Some(Self { span, identity });
        };
        let mut attributes = identity.clone();
        attributes.extend(details(subject, &item));
        let mut builder = tracer
            .span_builder(item.span_name(subject))
            .with_kind(SpanKind::Server)
            .with_attributes(attributes);
        let (within, around) = parents(subject);
        if let Some(around) = around {
            let around = around.span().span_context().clone();
            builder = builder.with_links(vec![Link::with_context(around)]);
        }
        let parent = within.unwrap_or_default();
        let span = parent.with_span(builder.start_with_context(tracer, &parent));
        Some(Self { span, identity })
    }

    /// Returns the id of its trace, if it is exported.
    pub(super) fn trace_id(&self) -> Option<String> {
        let span = self.span.span();
        let context = span.span_context();
        context.is_sampled().then(|| context.trace_id().to_string())
    }

    /// Runs `answer` within the span, so that the spans of the program are its children.
    ///
    /// Boxed only if exported: an `async` block around `answer` would reserve its size twice.
    pub(super) fn around<F: Future>(
        this: Option<&Self>,
        answer: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        let Some(span) = this.map(|exported| exported.span.clone()) else {
            return Either::Left(answer);
        };
        let mut answer = Box::pin(answer);
        Either::Right(poll_fn(move |task| {
            let _current = span.clone().attach();
            answer.as_mut().poll(task)
        }))
    }

    /// Ends the span, and records the duration of the request.
    pub(super) fn end(self, subject: &Subject<'_>, end: &End, took: Duration) {
        let mut identity = self.identity;
        if let Some(error) = error(subject, end) {
            let error = KeyValue::new(names::ERROR_TYPE, error);
            let span = self.span.span();
            span.set_attribute(error.clone());
            identity.push(error);
            if let End::Refused(code, _) = end {
                let code = KeyValue::new(names::STATUS_CODE, code.to_string());
                span.set_attribute(code.clone());
                identity.push(code);
            }
            span.set_status(Status::error(""));
        }
        self.span.span().end();
        if let Some(telemetry) = subject.service.drain.telemetry() {
            telemetry.operation(took, || identity);
        }
    }
}

/// The declared function that a request is about: a tool or a prompt by its name, a resource by its URI.
struct Item {
    name: Option<String>,
    uri: Option<String>,
}

impl Item {
    fn of(subject: &Subject<'_>) -> Self {
        let (details, registry) = (subject.details(), subject.service.registry.read());
        let (list, name) = match subject.request.method {
            Method::ToolsCall => (&registry.tools, details.tool.as_deref()),
            Method::PromptsGet => (&registry.prompts, details.prompt.as_deref()),
            _ => (&registry.resources, None),
        };
        let named = name.and_then(|it| list.get(it));
        Self {
            name: named.map(|entry| entry.name.clone()),
            uri: details.resource.as_ref().map(|it| it.uri().to_owned()),
        }
    }

    /// `{method} {tool or prompt}`, of names that are declared.
    fn span_name(&self, subject: &Subject<'_>) -> Cow<'static, str> {
        let method = subject.request.method.label();
        match &self.name {
            Some(name) => format!("{method} {name}").into(),
            None => method.into(),
        }
    }
}

/// The attributes of spans and metrics.
fn identity(subject: &Subject<'_>, item: &Item) -> Vec<KeyValue> {
    let method = &subject.request.method;
    let mut attributes = vec![
        KeyValue::new(names::METHOD, method.label()),
        KeyValue::new(names::PROTOCOL_VERSION, subject.version.as_str()),
    ];
    match &item.name {
        Some(name) if *method == Method::ToolsCall => {
            attributes.push(KeyValue::new(names::TOOL, name.clone()));
            attributes.push(KeyValue::new(names::OPERATION, names::EXECUTE_TOOL));
        }
        Some(name) => attributes.push(KeyValue::new(names::PROMPT, name.clone())),
        None => {}
    }
    let Some(cx) = subject.cx else {
        return attributes;
    };
    // A Unix socket has HTTP but no address, as has a router whose listener is unknown.
    if cx.is_http() {
        attributes.push(KeyValue::new(names::NETWORK_PROTOCOL, "http"));
        let tcp = cx.peer().map(|_| KeyValue::new(names::TRANSPORT, "tcp"));
        attributes.extend(tcp);
    } else {
        attributes.push(KeyValue::new(names::TRANSPORT, "pipe"));
    }
    attributes
}

/// The attributes of spans alone.
fn details(subject: &Subject<'_>, item: &Item) -> impl Iterator<Item = KeyValue> + use<> {
    let id = subject.request.id.to_string();
    let id = excerpt(id.trim_matches('"')).into_owned();
    let session = subject.cx.and_then(Context::session_id).map(digest);
    let address = subject.cx.and_then(Context::peer).map(|it| it.to_string());
    let attributes = [
        (names::REQUEST_ID, Some(id)),
        (names::RESOURCE_URI, item.uri.clone()),
        (names::SESSION_ID, session),
        (names::CLIENT_ADDRESS, address),
    ];
    let set = |(name, value): (_, Option<String>)| Some(KeyValue::new(name, value?));
    attributes.into_iter().filter_map(set)
}

/// The beginning of the digest of a session's id, which is a secret.
fn digest(id: &str) -> String {
    let mut digest = sha256_hex(id.as_bytes());
    digest.truncate(16);
    digest
}

/// The parent span of a request, by its `_meta` or else by its HTTP header; and the span by the header if both name
/// one.
fn parents(subject: &Subject<'_>) -> (Option<TraceContext>, Option<TraceContext>) {
    let meta = subject.request.params.as_deref().and_then(Members::meta);
    let meta = meta.and_then(Result::ok);
    let in_meta = parent(|key| meta.as_ref()?.text(key)?.ok());
    let in_header = parent(|key| Some(subject.cx?.header(key)?.into()));
    match in_meta {
        Some(within) => (Some(within), in_header),
        None => (in_header, None),
    }
}

/// The type of a request's error: a code, `tool_error`, or the outcome.
fn error(subject: &Subject<'_>, end: &End) -> Option<Cow<'static, str>> {
    match end {
        End::Answered("ok" | "task" | "input_required") => None,
        End::Answered(_) if subject.request.method == Method::ToolsCall => {
            Some(names::TOOL_ERROR.into())
        }
        End::Answered(outcome) => Some((*outcome).into()),
        End::Refused(code, _) => Some(code.to_string().into()),
        End::Dropped => Some("cancelled".into()),
    }
}
