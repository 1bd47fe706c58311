//! Event streams: one message, one event, one `data:` line; a comment at intervals keeps the connection alive.
//!
//! The format is that of the HTML standard, server-sent events, without event names. JSON has no line ends outside of
//! strings, so one `data:` line is enough for any message. Streams that a client can resume have ids; their first
//! event, from revision 2025-11-25 on, also sets the delay for reconnecting (`retry: 1000`). A comment every 15 s
//! shows proxies and idle timeouts that the stream is alive, and detects a dead connection.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream};
use tokio::time::{Instant, sleep_until};

use crate::dispatch::Pending;
use crate::handler::call::context::HEARTBEAT;
use crate::handler::input::outbox::Notes;
use crate::legacy::stream::{Event, Reader};
use crate::limits;
use crate::ops::metrics::Streams;
use crate::service::listen::Subscription;
use crate::share::kept_with;

/// The delay before a client reconnects after its connection was lost or released, in milliseconds.
const RETRY_MS: u32 = 1000;
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// The stream of a call: its notifications, then its response, after a comment if there is nothing else yet.
pub(super) fn call(
    first: Option<Bytes>,
    notes: Notes,
    call: Pending,
    streams: &Streams,
) -> Response {
    let first = first.map_or(COMMENT, |note| event(&note));
    let begun = CallState::Running {
        first: Some(first),
        notes,
        call,
    };
    response(stream::unfold(begun, next_of_call), streams)
}

/// The stream of a call that had completed when the stream began.
pub(super) fn call_done(first: Bytes, notes: Notes, answer: Bytes, streams: &Streams) -> Response {
    let done = CallState::Done {
        first: Some(first),
        notes,
        answer: Some(answer),
    };
    response(stream::unfold(done, next_of_call), streams)
}

/// The stream of a listen request.
pub(super) fn listen(subscription: Subscription, streams: &Streams) -> Response {
    let events = stream::unfold(subscription, |mut subscription| async move {
        let text = subscription.next().await?;
        Some((event(&text), subscription))
    });
    alive(events, Instant::now() + HEARTBEAT, streams)
}

/// The stream of a call in a session: events, or first a comment if there are none yet.
pub(super) fn call_in_session(reader: Reader, streams: &Streams) -> Response {
    use futures_util::StreamExt as _;
    let events = stream::unfold(reader, |mut reader| async move {
        reader.next().await.map(|event| (event, reader))
    });
    let events = events.map(|event| identified(&event));
    alive(events, Instant::now(), streams)
}

/// The events of a stream that a client can resume.
pub(super) fn kept(
    events: impl Stream<Item = Event> + Send + 'static,
    streams: &Streams,
) -> Response {
    use futures_util::StreamExt as _;
    let events = events.map(|event| identified(&event));
    alive(events, Instant::now() + HEARTBEAT, streams)
}

/// Sends events, and a comment if there was none by `heartbeat`, and then at each interval without one.
fn alive(
    events: impl Stream<Item = Bytes> + Send + 'static,
    heartbeat: Instant,
    streams: &Streams,
) -> Response {
    let state = (Box::pin(events), heartbeat);
    let frames = stream::unfold(state, |(mut events, heartbeat)| async move {
        use futures_util::StreamExt as _;
        let frame = tokio::select! {
            biased;
            event = events.next() => event?,
            () = sleep_until(heartbeat) => COMMENT,
        };
        Some((frame, (events, Instant::now() + HEARTBEAT)))
    });
    response(frames, streams)
}

/// The stream of a call that was cancelled before any notification: it ends without a response.
pub(super) fn empty(streams: &Streams) -> Response {
    response(stream::empty(), streams)
}

enum CallState {
    Running {
        first: Option<Bytes>,
        notes: Notes,
        call: Pending,
    },
    Done {
        first: Option<Bytes>,
        notes: Notes,
        answer: Option<Bytes>,
    },
}

async fn next_of_call(state: CallState) -> Option<(Bytes, CallState)> {
    match state {
        CallState::Running {
            first: Some(first),
            notes,
            call,
        } => Some((
            first,
            CallState::Running {
                first: None,
                notes,
                call,
            },
        )),
        CallState::Running {
            first: None,
            mut notes,
            mut call,
        } => {
            let heartbeat = sleep_until(Instant::now() + HEARTBEAT);
            tokio::select! {
                biased;
                Some(note) = notes.recv() => Some((event(&note), CallState::Running { first: None, notes, call })),
                (_, answer) = &mut call => {
                    let answer = Some(answer).filter(|answer| !answer.is_empty());
                    Box::pin(next_of_call(CallState::Done { first: None, notes, answer })).await
                }
                () = heartbeat => Some((notes.try_recv().map_or(COMMENT, |note| event(&note)), CallState::Running { first: None, notes, call })),
            }
        }
        CallState::Done {
            first,
            mut notes,
            answer,
        } => match (first.or_else(|| notes.try_recv()), answer) {
            (Some(note), answer) => Some((
                event(&note),
                CallState::Done {
                    first: None,
                    notes,
                    answer,
                },
            )),
            (None, Some(answer)) => Some((
                event(&answer),
                CallState::Done {
                    first: None,
                    notes,
                    answer: None,
                },
            )),
            (None, None) => None,
        },
    }
}

fn event(message: &Bytes) -> Bytes {
    let mut frame = BytesMut::with_capacity(message.len() + 8);
    frame.extend_from_slice(b"data: ");
    frame.extend_from_slice(message);
    frame.extend_from_slice(b"\n\n");
    counted(frame, message)
}

/// Returns the frame of `message`, which counts as unread while the frame is kept.
fn counted(frame: BytesMut, message: &Bytes) -> Bytes {
    if message.len() <= limits::UNTRACKED {
        return frame.freeze();
    }
    kept_with(frame.freeze(), message.clone())
}

/// An event that can be resumed after. The one without a message sets the delay for reconnecting.
fn identified(event: &Event) -> Bytes {
    let Event { id, message } = event;
    let Some(message) = message else {
        return format!("id: {id}\nretry: {RETRY_MS}\ndata:\n\n").into();
    };
    let mut frame = BytesMut::with_capacity(message.len() + id.len() + 16);
    for part in [b"id: ", id.as_bytes(), b"\ndata: ", message, b"\n\n"] {
        frame.extend_from_slice(part);
    }
    counted(frame, message)
}

fn response(frames: impl Stream<Item = Bytes> + Send + 'static, streams: &Streams) -> Response {
    use futures_util::StreamExt as _;
    let open = streams.open();
    let frames = frames.map(move |frame| {
        let _open = &open;
        Ok::<_, std::convert::Infallible>(frame)
    });
    let mut response = Response::new(Body::from_stream(frames));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
