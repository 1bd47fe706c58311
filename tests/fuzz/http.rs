//! Headers and bodies of HTTP requests.

use super::{Inputs, shown};
use crate::http::client::{Call, Client};
use crate::support::everything;

const HEADERS: [&str; 10] = [
    "content-type",
    "accept",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "mcp-session-id",
    "last-event-id",
    "origin",
    "host",
    "mcp-param-region",
];

#[tokio::test(start_paused = true)]
async fn no_header_is_answered_by_an_internal_error() {
    let client = Client::new(everything::server());
    let session = client.initialize("2025-11-25").await;
    let mut inputs = Inputs::new("headers");
    while let Some(input) = inputs.next() {
        let name = *inputs.choose(&HEADERS);
        let value: Vec<u8> = input
            .into_iter()
            .filter(|byte| *byte >= b' ' && *byte != 0x7f)
            .collect();
        for call in [
            Call::modern("tools/list", serde_json::json!({})),
            Call::legacy(&session, "tools/list", serde_json::json!({})),
        ] {
            let status = client.open(call.bytes(name, &value)).await.status;
            assert!(status < 500, "{status} for {name}: {}", shown(&value));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_body_is_answered_by_an_internal_error() {
    let client = Client::new(everything::server());
    let session = client.initialize("2025-03-26").await;
    let mut inputs = Inputs::new("lines");
    while let Some(input) = inputs.next() {
        for call in [
            Call::post(input.clone()),
            Call::post(input.clone()).header("mcp-session-id", &session),
        ] {
            let status = client.open(call).await.status;
            assert!(status < 500, "{status} for {}", shown(&input));
        }
    }
}
