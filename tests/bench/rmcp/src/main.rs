//! The tools of the benchmark, written with rmcp after its own examples: no policies, its fastest settings.
//!
//! `rmcp-calculator serve-rmcp-stdio`, or `serve-rmcp-http 127.0.0.1:8080`: the words of the benchmark's own servers.

use std::{error::Error, io::Read as _, net::SocketAddr};

use axum::serve::ListenerExt as _;
use rmcp::{
    ServerHandler, ServiceExt as _,
    handler::server::{router::tool::ToolRouter, wrapper::Parameters},
    model::{Implementation, ServerCapabilities, ServerConfig},
    schemars, tool, tool_handler, tool_router,
    transport::{
        stdio_pipes,
        streamable_http_server::{
            StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
        },
    },
};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Addends {
    /// First addend.
    a: i64,
    /// Second addend.
    b: i64,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Text {
    /// The text.
    text: String,
}

#[derive(Clone)]
struct Calculator {
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Calculator {
    #[tool(description = "Adds two numbers.")]
    async fn add(&self, Parameters(Addends { a, b }): Parameters<Addends>) -> String {
        (a + b).to_string()
    }

    #[tool(description = "Returns a text.")]
    async fn echo(&self, Parameters(Text { text }): Parameters<Text>) -> String {
        text
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Calculator {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::from_build_env())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let transport = words.next().unwrap_or_default();
    let calculator = Calculator {
        tool_router: Calculator::tool_router(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match &*transport {
        "serve-rmcp-http" => {
            let addr = words.next().ok_or("an address is missing")?.parse()?;
            std::thread::spawn(end_with_input);
            runtime.block_on(http(calculator, addr))
        }
        "serve-rmcp-stdio" => runtime.block_on(async {
            calculator.serve(stdio_pipes()).await?.waiting().await?;
            Ok(())
        }),
        other => Err(format!("unknown transport `{other}`").into()),
    }
}

async fn http(calculator: Calculator, addr: SocketAddr) -> Result<(), Box<dyn Error>> {
    let service = StreamableHttpService::new(
        move || Ok(calculator.clone()),
        LocalSessionManager::default().into(),
        StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true),
    );
    let listener = tokio::net::TcpListener::bind(addr).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, axum::Router::new().nest_service("/mcp", service)).await?;
    Ok(())
}

/// Ends this process when the benchmark has gone, which holds the other end of the input.
fn end_with_input() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    std::process::exit(0);
}
