//! Responses: their head, their events, or their single message.

use std::collections::VecDeque;

use http_body_util::BodyExt as _;
use mcp_runtime::axum::body::Body;
use mcp_runtime::axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::support::patience::soon;

/// The head of a response, with its body unread.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    events: Events,
}

impl Reply {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Body) -> Self {
        Self {
            status,
            headers,
            events: Events {
                body,
                ready: VecDeque::new(),
            },
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("no header {name} in {:#?}", self.headers))
            .to_str()
            .unwrap()
    }

    /// Returns the whole body.
    pub(crate) async fn bytes(self) -> Vec<u8> {
        let body = soon(self.events.body.collect()).await.unwrap();
        body.to_bytes().to_vec()
    }

    pub(crate) async fn text(self) -> String {
        String::from_utf8(self.bytes().await).unwrap()
    }

    pub(crate) async fn answer(self) -> Answer {
        let status = self.status;
        let text = self.text().await;
        let message = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        Answer { status, message }
    }

    /// Returns the body, to be read in pieces.
    pub(crate) fn pieces(self) -> Events {
        self.events
    }

    /// Returns the event stream of the response.
    pub(crate) fn stream(self) -> Events {
        assert_eq!(
            (self.status, self.header("content-type")),
            (200, "text/event-stream")
        );
        self.events
    }
}

/// A stream of events.
pub(crate) struct Events {
    body: Body,
    ready: VecDeque<Value>,
}

impl Events {
    /// Returns the next piece of the body unchanged.
    pub(crate) async fn frame(&mut self) -> Option<String> {
        soon(self.piece()).await
    }

    async fn piece(&mut self) -> Option<String> {
        let frame = self.body.frame().await?.unwrap();
        Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
    }

    /// Returns the next message, skipping comments; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        soon(async {
            while self.ready.is_empty() {
                let frame = self.piece().await?;
                let lines = frame.lines().filter_map(|line| line.strip_prefix("data: "));
                self.ready
                    .extend(lines.map(|data| serde_json::from_str::<Value>(data).unwrap()));
            }
            self.ready.pop_front()
        })
        .await
    }

    /// Returns the next event with its id, skipping comments.
    pub(crate) async fn event(&mut self) -> Option<Event> {
        soon(self.identified()).await
    }

    async fn identified(&mut self) -> Option<Event> {
        loop {
            let frame = self.piece().await?;
            let field = |name: &str| {
                frame
                    .lines()
                    .find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
            };
            if !frame.starts_with(':') {
                let data = field("data:").filter(|data| !data.is_empty());
                let message = data.map_or(Value::Null, |data| serde_json::from_str(&data).unwrap());
                return Some(Event {
                    id: field("id:"),
                    retry: field("retry:"),
                    message,
                });
            }
        }
    }

    /// Returns all messages until the end.
    pub(crate) async fn rest(mut self) -> Vec<Value> {
        let mut messages = Vec::new();
        while let Some(message) = self.next().await {
            messages.push(message);
        }
        messages
    }
}

/// One event, with the id for resuming after it.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: Option<String>,
    pub(crate) retry: Option<String>,
    /// `null` if it has no data.
    pub(crate) message: Value,
}

impl Event {
    /// Returns its id, which is required.
    pub(crate) fn id(&self) -> &str {
        self.id
            .as_deref()
            .unwrap_or_else(|| panic!("an event without an id: {self:?}"))
    }
}

/// A complete JSON response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) message: Value,
}

impl Answer {
    #[track_caller]
    pub(crate) fn result(&self) -> &Value {
        self.message
            .get("result")
            .unwrap_or_else(|| panic!("expected a result: {self:#?}"))
    }

    /// Returns the text of a tool's result.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        self.result()["content"][0]["text"]
            .as_str()
            .unwrap_or_else(|| panic!("expected a text: {self:#?}"))
    }

    /// Asserts a JSON-RPC error with this status and code; returns its text.
    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: i64) -> &str {
        assert_eq!(
            (self.status, &self.message["error"]["code"]),
            (status, &json!(code)),
            "{self:#?}"
        );
        self.message["error"]["message"].as_str().unwrap()
    }

    /// Asserts a tool's result with status 200 and this text.
    #[track_caller]
    pub(crate) fn assert_text(&self, text: &str) {
        assert_eq!((self.status, self.text()), (200, text), "{self:#?}");
    }
}
