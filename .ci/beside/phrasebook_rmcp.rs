// The same with rmcp 3.9, following its examples/servers (counter_streamhttp.rs, common/counter.rs).
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rmcp::handler::server::{router::tool::ToolRouter, wrapper::Parameters};
use rmcp::model::{CallToolResult, ContentBlock, Implementation, ServerCapabilities, ServerInfo};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
};
use rmcp::{ErrorData, ServerHandler, schemars, tool, tool_handler, tool_router};
use tokio::sync::Mutex;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct TranslateRequest {
    word: String,
}

#[derive(Clone)]
struct Phrasebook {
    words: Arc<BTreeMap<String, String>>,
    calls: Arc<Mutex<Vec<Instant>>>,
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Phrasebook {
    #[tool(description = "Translates a word")]
    async fn translate(
        &self,
        Parameters(TranslateRequest { word }): Parameters<TranslateRequest>,
    ) -> Result<CallToolResult, ErrorData> {
        let failed = |text: String| Ok(CallToolResult::error(vec![ContentBlock::text(text)]));
        let mut calls = self.calls.lock().await;
        calls.retain(|at| at.elapsed() < Duration::from_secs(60));
        if calls.len() >= 10 {
            return failed("rate limit of 10/min reached".to_owned());
        }
        calls.push(Instant::now());
        drop(calls);
        let lookup = async { self.words.get(&word).cloned() };
        match tokio::time::timeout(Duration::from_secs(5), lookup).await {
            Ok(Some(text)) => Ok(CallToolResult::success(vec![ContentBlock::text(text)])),
            Ok(None) => failed(format!("there is no word `{word}` here")),
            Err(_) => failed("timed out after 5s".to_owned()),
        }
    }
}

#[tool_handler]
impl ServerHandler for Phrasebook {
    fn get_info(&self) -> ServerInfo {
        ServerInfo::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::from_build_env())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let ended = tokio_util::sync::CancellationToken::new();
    let phrasebook = Phrasebook {
        words: Arc::new(BTreeMap::from([("bread".to_owned(), "brauð".to_owned())])),
        calls: Arc::default(),
        tool_router: Phrasebook::tool_router(),
    };
    let service = StreamableHttpService::new(
        move || Ok(phrasebook.clone()),
        LocalSessionManager::default().into(),
        StreamableHttpServerConfig::default().with_cancellation_token(ended.child_token()),
    );
    let router = axum::Router::new()
        .route("/health", axum::routing::get(|| async { "ok" }))
        .nest_service("/mcp", service);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            let _ = tokio::signal::ctrl_c().await;
            ended.cancel();
        })
        .await?;
    Ok(())
}
