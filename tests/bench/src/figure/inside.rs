//! A server in this process, without a socket. Times are processor times of this thread, so that other programs do not affect them.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, header},
    routing::MethodRouter,
};
use http_body_util::BodyExt as _;
use mcp_runtime::{Principal, Server};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::{contender::runtime, cpu, error::Error};

/// A server and the runtime that it runs on.
pub(super) struct Inside {
    service: MethodRouter,
    runtime: Runtime,
}

impl Inside {
    /// Starts a server.
    pub(super) fn new(server: Server) -> Result<Self, Error> {
        let runtime = runtime()?;
        let service = {
            let _entered = runtime.enter();
            server.into_service()
        };
        Ok(Self { service, runtime })
    }

    /// Measures one call, until its response has been read.
    pub(super) fn call(&self, tool: &str, caller: &str) -> Result<Duration, Error> {
        let request = request(tool, caller)?;
        let service = self.service.clone();
        self.runtime.block_on(async {
            let before = cpu::used_here();
            let Ok(response) = service.oneshot(request).await;
            let body = response.into_body().collect().await;
            let used = cpu::used_here().saturating_sub(before);
            let body = body.map_err(|error| Error::Ours(error.into()))?.to_bytes();
            let is_right = memchr::memmem::find(&body, br#""isError":true"#).is_none()
                && memchr::memmem::find(&body, br#""content":[{"#).is_some();
            if is_right {
                Ok(used)
            } else {
                Err(Error::wrong("not the result of a call", &body))
            }
        })
    }
}

fn request(tool: &str, caller: &str) -> Result<Request<Body>, Error> {
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{{}},"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
    );
    Request::post("/mcp")
        .header(header::HOST, "127.0.0.1")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", tool)
        .extension(Principal::new(caller, [""; 0]))
        .body(body.into())
        .map_err(|error| Error::Ours(error.into()))
}
