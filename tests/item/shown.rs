//! `visible_if` with the state, hints set to false, and `_meta` of declarations.

use std::sync::atomic::{AtomicBool, Ordering};

use mcp_runtime::{Principal, Server, server};
use mcp_testkit::{TestClient, era};
use serde_json::json;

const TIER: u8 = 2;

struct Shop {
    is_open: AtomicBool,
}

/// A shop.
#[server]
impl Shop {
    /// Buys something, while the shop is open to the caller.
    #[tool(visible_if = Self::may_buy, read_only = false, idempotent = false, meta(owner = "shop", "com.example/tier" = TIER))]
    async fn buy(&self) {}

    /// Opens the shop, for the staff.
    #[tool(visible_if = Self::is_staff, read_only, idempotent = true)]
    async fn open(&self) {
        self.is_open.store(true, Ordering::Relaxed);
    }

    /// Praises the shop.
    #[prompt(visible_if = Self::may_buy, meta("com.example/kind" = "praise"))]
    async fn praise(&self) -> &'static str {
        "Praise the shop."
    }

    fn may_buy(&self, who: &Principal) -> bool {
        self.is_open.load(Ordering::Relaxed) && who.subject() != Some("bob")
    }

    fn is_staff(who: &Principal) -> bool {
        who.subject() == Some("staff")
    }
}

fn server() -> Server<Shop> {
    Shop {
        is_open: AtomicBool::new(false),
    }
    .into_server()
}

#[tokio::test(start_paused = true)]
async fn a_rule_may_use_the_state_and_the_caller() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let staff = client.clone().principal(Principal::new("staff", [""; 0]));
        let bob = client.clone().principal(Principal::new("bob", [""; 0]));
        assert_eq!(client.tools().await.len(), 0);
        client.call("buy", json!({})).await.assert_rpc_error(-32602);
        staff.call("open", json!({})).await.assert_ok();
        assert_eq!(client.tools().await.len(), 1);
        client.call("buy", json!({})).await.assert_ok();
        assert_eq!(client.prompts().await.len(), 1);
        bob.call("buy", json!({})).await.assert_rpc_error(-32602);
        assert_eq!(bob.prompts().await.len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn hints_may_be_set_to_false_and_meta_is_listed() {
    let client = TestClient::new(server()).await;
    let staff = client.principal(Principal::new("staff", [""; 0]));
    staff.call("open", json!({})).await.assert_ok();
    let buy = staff.tool("buy").await;
    assert_eq!(
        buy["annotations"],
        json!({ "readOnlyHint": false, "idempotentHint": false })
    );
    assert_eq!(
        buy["_meta"],
        json!({ "owner": "shop", "com.example/tier": 2 })
    );
    let open = staff.tool("open").await;
    let hints = json!({ "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true });
    assert_eq!(open["annotations"], hints);
    let praise = staff.prompts().await.remove(0);
    assert_eq!(praise["_meta"], json!({ "com.example/kind": "praise" }));
}
