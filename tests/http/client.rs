//! Requests to a server's router in this process, with the defaults that tests change.

use mcp_runtime::axum::Router;
use mcp_runtime::axum::body::Body;
use mcp_runtime::axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use mcp_runtime::{Server, Version};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::reply::{Answer, Reply};
use crate::support::patience::soon;

pub(crate) const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
pub(crate) const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
pub(crate) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";
pub(crate) const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";
pub(crate) const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";

/// A server behind its router.
#[derive(Clone)]
pub(crate) struct Client(Router);

impl Client {
    pub(crate) fn new<S: Send + Sync + 'static>(server: Server<S>) -> Self {
        Self(server.into_router())
    }

    /// Sends a request; returns the response with its body unread.
    pub(crate) async fn open(&self, call: Call) -> Reply {
        let response = soon(self.0.clone().oneshot(call.into_request()))
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        Reply::new(parts.status.as_u16(), parts.headers, body)
    }

    /// Sends a request; returns its status and the one JSON message of its body (`null` if there is none).
    pub(crate) async fn send(&self, call: Call) -> Answer {
        self.open(call).await.answer().await
    }

    /// Returns the text of a plain `GET`.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let reply = self.open(Call::get().at(path)).await;
        (reply.status, reply.text().await)
    }

    /// Opens a legacy session; returns its id.
    pub(crate) async fn initialize(&self, version: &str) -> String {
        let reply = self.open(Call::initialize(version)).await;
        let session = reply.header("mcp-session-id").to_owned();
        assert_eq!(reply.answer().await.result()["protocolVersion"], version);
        session
    }
}

impl From<Router> for Client {
    fn from(router: Router) -> Self {
        Self(router)
    }
}

/// One HTTP request.
#[derive(Clone)]
pub(crate) struct Call {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Call {
    fn new(method: Method) -> Self {
        Self {
            method,
            path: "/mcp".to_owned(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get() -> Self {
        Self::new(Method::GET)
    }

    pub(crate) fn delete(session: &str) -> Self {
        Self::new(Method::DELETE).header("mcp-session-id", session)
    }

    pub(crate) fn of(method: Method) -> Self {
        Self::new(method)
    }

    /// A POST with this body and no era.
    pub(crate) fn post(body: impl Into<Vec<u8>>) -> Self {
        let call = Self::new(Method::POST)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        Self {
            body: body.into(),
            ..call
        }
    }

    /// A complete request of the current revision, with the headers that mirror it.
    pub(crate) fn modern(method: &str, mut params: Value) -> Self {
        let meta = json!({ VERSION: Version::LATEST.as_str(), CAPABILITIES: {} });
        params["_meta"] = meta;
        let name = params["name"].as_str().map(str::to_owned);
        let call = Self::post(request(json!(1), method, params))
            .header("mcp-protocol-version", Version::LATEST.as_str())
            .header("mcp-method", method);
        match name {
            Some(name) => call.header("mcp-name", &name),
            None => call,
        }
    }

    /// `tools/call` of the current revision.
    pub(crate) fn tool(name: &str, arguments: Value) -> Self {
        Self::modern(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        )
    }

    /// `initialize` of an older revision.
    pub(crate) fn initialize(version: &str) -> Self {
        let params = json!({
            "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "test", "version": "1" },
        });
        Self::post(request(json!(1), "initialize", params))
    }

    /// A request in a legacy session.
    pub(crate) fn legacy(session: &str, method: &str, params: Value) -> Self {
        Self::post(request(json!(1), method, params)).header("mcp-session-id", session)
    }

    /// The stream of a legacy session.
    pub(crate) fn stream(session: &str) -> Self {
        Self::get()
            .header("mcp-session-id", session)
            .header("accept", "text/event-stream")
    }

    /// Resumes the stream of the event with this id.
    pub(crate) fn resume(session: &str, event: &str) -> Self {
        Self::stream(session).header("last-event-id", event)
    }

    /// Sets a header, replacing an existing one.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers
            .insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    /// Sets a header to bytes; removes it if they are not a valid value.
    pub(crate) fn bytes(mut self, name: &str, value: &[u8]) -> Self {
        let name: HeaderName = name.parse().unwrap();
        if let Ok(value) = HeaderValue::from_bytes(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a header to those of its name.
    pub(crate) fn also(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers
            .append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Returns the message.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Replaces the body, with the same headers.
    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Changes the message.
    pub(crate) fn edit(mut self, change: impl FnOnce(&mut Value)) -> Self {
        let mut message = serde_json::from_slice(&self.body).unwrap();
        change(&mut message);
        self.body = message.to_string().into();
        self
    }

    pub(crate) fn id(self, id: Value) -> Self {
        self.edit(|message| message["id"] = id)
    }

    pub(crate) fn meta(self, key: &str, value: Value) -> Self {
        self.edit(|message| message["params"]["_meta"][key] = value)
    }

    pub(crate) fn progress_token(self, token: Value) -> Self {
        self.meta("progressToken", token)
    }

    pub(super) fn into_request(self) -> Request<Body> {
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().unwrap();
        *request.headers_mut() = self.headers;
        request
    }
}

/// A JSON-RPC request.
pub(crate) fn request(id: Value, method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

/// A JSON-RPC notification.
pub(crate) fn notification(method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string()
}
