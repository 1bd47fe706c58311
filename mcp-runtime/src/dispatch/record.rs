//! The log line of each request, and the span around it, which contains the lines of the function.
//!
//! Invariants: no line or span is computed unless it is recorded; texts of a caller are cut.
//!
//! The span is named `mcp`, under the target of requests; log lines of a function have its fields. Routine requests
//! such as lists and pings are logged at `debug`, so that `info` shows calls. Names and ids are cut as everywhere
//! (`excerpt.rs`); a URI is logged as the name of its resource, since its variables may be values that `redact` hides.

#[cfg(feature = "otel")]
mod export;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use tokio::time::Instant;
use tracing::Span;

use crate::answer::Answer;
use crate::excerpt::{Excerpt, excerpt};
use crate::handler::{Context, Principal};
use crate::ops::REQUESTS;
use crate::protocol::trace::TraceParent;
use crate::protocol::{Members, Method, Request, RpcError, Version};
use crate::registry::Entry;
use crate::service::Service;

/// Writes an event or a span with the fields of a request; the macro of `tracing` comes first, then its arguments.
macro_rules! emit {
    ($macro:ident, ($($before:tt)*), $subject:expr, ($($after:tt)*)) => {{
        let subject: &Subject<'_> = $subject;
        tracing::$macro!(
            target: REQUESTS,
            $($before)*
            id = %excerpt(&subject.request.id.to_string()),
            method = subject.request.method.label(),
            tool = subject.details().tool.as_deref(),
            resource = subject.details().resource.as_ref().map(|it| &*it.name),
            prompt = subject.details().prompt.as_deref(),
            principal = subject.principal.subject().map(excerpt).as_deref(),
            client = subject.details().client.as_deref(),
            era = subject.version.as_str(),
            trace_id = subject.trace_id(),
            $($after)*
        )
    }};
}

/// A request as the log describes it.
pub(super) struct Subject<'a> {
    service: &'a Service,
    request: &'a Request,
    principal: &'a Principal,
    version: Version,
    /// The call, for a request that runs.
    cx: Option<&'a Context>,
    /// Read when the first span or line needs them.
    details: OnceCell<Details<'a>>,
    /// Likewise, and not before the span is exported, which may begin the trace.
    trace_id: OnceCell<Option<Cow<'a, str>>>,
    /// Its span and its metric, where they are exported.
    #[cfg(feature = "otel")]
    exported: Option<export::Exported>,
}

impl<'a> Subject<'a> {
    /// The request of the call `cx`.
    pub(super) fn of(service: &'a Service, request: &'a Request, cx: &'a Context) -> Self {
        let who = (cx.principal(), cx.version());
        Self::new(service, request, who, Some(cx))
    }

    /// A request of `principal` that gets its response without a call.
    pub(super) fn at_once(
        service: &'a Service,
        request: &'a Request,
        principal: &'a Principal,
        version: Version,
    ) -> Self {
        Self::new(service, request, (principal, version), None)
    }

    fn new(
        service: &'a Service,
        request: &'a Request,
        (principal, version): (&'a Principal, Version),
        cx: Option<&'a Context>,
    ) -> Self {
        let subject = Self {
            service,
            request,
            principal,
            version,
            cx,
            details: OnceCell::new(),
            trace_id: OnceCell::new(),
            #[cfg(feature = "otel")]
            exported: None,
        };
        #[cfg(feature = "otel")]
        let subject = Self {
            exported: export::Exported::begin(&subject),
            ..subject
        };
        subject
    }

    fn details(&self) -> &Details<'a> {
        self.details.get_or_init(|| Details::read(self))
    }

    /// Makes the span around the request.
    pub(super) fn span(&self) -> Span {
        emit!(info_span, ("mcp",), self, ())
    }

    /// Begins a request; the record writes a line when dropped.
    pub(super) fn begin(self) -> Record<'a> {
        Record {
            begun: self.cx.map_or_else(Instant::now, Context::begin),
            subject: self,
            end: End::Dropped,
        }
    }

    /// Returns true for the requests that clients send routinely; those are logged at `debug`.
    fn is_routine(&self) -> bool {
        matches!(
            self.request.method,
            Method::Ping
                | Method::ServerDiscover
                | Method::ToolsList
                | Method::ResourcesList
                | Method::ResourcesTemplatesList
                | Method::ResourcesDirectoryRead
                | Method::PromptsList
                | Method::SkillsList
                | Method::CompletionComplete
                | Method::TasksGet
        )
    }

    /// The self-reported client: its name, and its version after a slash.
    fn client(&self) -> Option<String> {
        let client = self.cx?.client();
        let name = client.name()?;
        Some(match client.version() {
            Some(version) => excerpt(&format!("{name}/{version}")).into_owned(),
            None => excerpt(name).into_owned(),
        })
    }

    /// The trace, by `_meta`, by the HTTP header, or as it is exported.
    fn trace_id(&self) -> Option<&str> {
        let read = || {
            let named = self.named_trace();
            #[cfg(feature = "otel")]
            let named = named.or_else(|| Some(self.exported.as_ref()?.trace_id()?.into()));
            named
        };
        self.trace_id.get_or_init(read).as_deref()
    }

    fn named_trace(&self) -> Option<Cow<'a, str>> {
        let meta = self.request.params.as_deref().and_then(Members::meta);
        let own = meta.and_then(|meta| meta.ok()?.text("traceparent")?.ok());
        if let Some(trace) = own.as_ref().and_then(|text| TraceParent::parse(text)) {
            return Some(trace.trace_id.to_owned().into());
        }
        let header = self.cx?.header("traceparent")?;
        Some(TraceParent::parse(header)?.trace_id.into())
    }
}

/// The parts of a description that are read from the message. A tool and a prompt are named as in the request, a
/// resource as it is declared, since the URI may contain arguments that `redact` hides.
#[derive(Default)]
struct Details<'a> {
    tool: Option<Cow<'a, str>>,
    resource: Option<Arc<Entry>>,
    prompt: Option<Cow<'a, str>>,
    client: Option<String>,
}

/// The longest URI, in bytes, that is matched again for the log.
const LONGEST_MATCHED: usize = 8 * 1024;

impl<'a> Details<'a> {
    fn read(subject: &Subject<'a>) -> Self {
        let params = subject.request.params.as_deref();
        let text = |member| params?.text(member)?.ok();
        let name = || match text("name")? {
            Cow::Borrowed(name) => Some(excerpt(name)),
            Cow::Owned(name) => Some(excerpt(&name).into_owned().into()),
        };
        let mut details = Self {
            client: subject.client(),
            ..Self::default()
        };
        match subject.request.method {
            Method::ToolsCall => details.tool = name(),
            Method::PromptsGet => details.prompt = name(),
            Method::ResourcesRead => {
                let registry = subject.service.registry.read();
                let uri = text("uri").filter(|uri| uri.len() <= LONGEST_MATCHED);
                let found = uri.and_then(|uri| Some(Arc::clone(registry.resource(&uri)?.0)));
                details.resource = found;
            }
            _ => {}
        }
        details
    }
}

/// A request that has begun.
pub(super) struct Record<'a> {
    subject: Subject<'a>,
    begun: Instant,
    end: End,
}

/// The end of a request.
enum End {
    /// Without a response: it was cancelled, or its client has disconnected.
    Dropped,
    Answered(&'static str),
    Refused(i32, Cow<'static, str>),
}

impl Record<'_> {
    /// Runs `answer` within the exported span.
    #[cfg(feature = "otel")]
    pub(super) fn around<F: Future>(&self, answer: F) -> impl Future<Output = F::Output> + use<F> {
        export::Exported::around(self.subject.exported.as_ref(), answer)
    }

    /// Ends the request with its result.
    pub(super) fn end(mut self, answer: &Answer) {
        let known = self.subject.cx.and_then(Context::outcome);
        self.end = match answer {
            Answer::Error(error) => End::refused(error),
            Answer::Task(_) => End::Answered("task"),
            _ => End::Answered(known.unwrap_or("ok")),
        };
    }

    /// Ends the request with an error.
    pub(super) fn refuse(mut self, error: &RpcError) {
        self.end = End::refused(error);
    }
}

impl End {
    fn refused(error: &RpcError) -> Self {
        Self::Refused(error.code, error.message.clone())
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        let known = self.subject.cx.and_then(Context::outcome);
        let took = self
            .subject
            .cx
            .map_or_else(|| self.begun.elapsed(), Context::took);
        let duration_ms = took.as_secs_f64() * 1_000.0;
        #[cfg(feature = "otel")]
        if let Some(exported) = self.subject.exported.take() {
            exported.end(&self.subject, &self.end, took);
        }
        match &self.end {
            End::Dropped => {
                let outcome = "cancelled";
                emit!(
                    info,
                    (),
                    &self.subject,
                    (outcome, duration_ms, "request cancelled")
                );
            }
            End::Answered(outcome) if self.subject.is_routine() => {
                emit!(
                    debug,
                    (),
                    &self.subject,
                    (outcome, duration_ms, "request answered")
                );
            }
            End::Answered(outcome) => {
                emit!(
                    info,
                    (),
                    &self.subject,
                    (outcome, duration_ms, "request answered")
                );
            }
            End::Refused(code, error) => {
                let outcome = known.unwrap_or("error");
                let error = Excerpt::line(error);
                emit!(info, (), &self.subject, (outcome, duration_ms, code, %error, "request refused"));
            }
        }
    }
}
