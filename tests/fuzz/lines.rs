//! Whole lines: the envelope, `_meta`, params, cursors and sealed states.

use mcp_runtime::Version;
use mcp_testkit::TestClient;

use super::Inputs;
use super::wire::Wire;
use crate::support::everything;

#[tokio::test(start_paused = true)]
async fn no_line_prevents_the_next_one() {
    let mut inputs = Inputs::new("lines");
    for version in [None, Some(Version::V2025_11_25), Some(Version::V2025_03_26)] {
        let client = match version {
            None => TestClient::raw(everything::server().page_size(2), Version::LATEST),
            Some(version) => {
                TestClient::with_version(everything::server().page_size(2), version).await
            }
        };
        let mut wire = Wire::new(&client);
        for _ in 0..500 {
            let Some(line) = inputs.next() else { return };
            wire.feed(&line).await;
        }
    }
    let client = TestClient::raw(everything::server(), Version::LATEST);
    let mut wire = Wire::new(&client);
    while let Some(line) = inputs.next() {
        wire.feed(&line).await;
    }
}
