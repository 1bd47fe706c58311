//! The transport of exports: sent by the server's runtime, awaited on the exporter's own thread, which has no reactor.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::Full;
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::client::Client;
use crate::excerpt::Excerpt;

/// The time between two log lines about failed exports.
const QUIET: Duration = Duration::from_mins(1);

/// Sends requests on a runtime.
#[derive(Clone, Debug)]
pub(super) struct Transport {
    runtime: Handle,
    failures: Arc<Mutex<Failures>>,
}

/// The failed exports since the last log line.
#[derive(Debug, Default)]
struct Failures {
    number: u64,
    logged: Option<Instant>,
}

impl Transport {
    /// Sends on the runtime that this is called in.
    pub(super) fn new(runtime: Handle) -> Self {
        Self {
            runtime,
            failures: Arc::default(),
        }
    }

    /// Sends one request, and logs its failure, at most once a minute.
    async fn send(self, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
        let sent = Client::shared().send(request.map(Full::new)).await;
        match &sent {
            Ok(response) if response.status.is_success() => {}
            Ok(response) => {
                self.failed(&format!("the collector responds with {}", response.status));
            }
            Err(error) => self.failed(error),
        }
        let received = sent?;
        let mut response = Response::new(received.body);
        *response.status_mut() = received.status;
        *response.headers_mut() = received.headers;
        Ok(response)
    }

    fn failed(&self, error: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.number += 1;
        if failures.logged.is_some_and(|at| at.elapsed() < QUIET) {
            return;
        }
        let exports = std::mem::take(&mut failures.number);
        failures.logged = Some(Instant::now());
        let error = Excerpt::line(error);
        tracing::warn!(exports, %error, "telemetry cannot be exported");
    }
}

type Sent<'t> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 't>>;

impl HttpClient for Transport {
    fn send_bytes<'s, 't>(&'s self, request: Request<Bytes>) -> Sent<'t>
    where
        's: 't,
        Self: 't,
    {
        let (mut answer, answered) = oneshot::channel();
        let transport = self.clone();
        self.runtime.spawn(async move {
            // An exporter that has given up drops its receiver.
            let sent = tokio::select! {
                sent = transport.send(request) => sent,
                () = answer.closed() => return,
            };
            let _ = answer.send(sent);
        });
        Box::pin(async move { Ok(answered.await??) })
    }
}
