//! The command line of a server: serving, listing what it offers, and calling it as a person.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::ArgMatches;

use super::builder::Server;
use crate::error::{Error, Result};
use crate::handler::call::inject::State;
use crate::ops::{log, logging};
use crate::seal::Secrets;
use crate::service::{Service, Setting};

mod call;
mod check;
mod command;
mod field;
mod show;
mod table;
mod terminal;

use command::command;

impl<S: State> Server<S> {
    /// Makes the binary its own command line, and runs the command of its arguments.
    ///
    /// ```text
    /// calculator                       stdio (what an MCP client starts)
    /// calculator http --bind ADDR      Streamable HTTP at /mcp, with /health /healthz /ready /metrics
    /// calculator tools                 a table: name, description, limits in force and where each came from
    /// calculator resources             the same for resources and templates
    /// calculator prompts               the same for prompts, with their arguments
    /// calculator call add a=1 b=2      calls a tool and prints the result
    /// calculator read URI              reads a resource and prints its contents
    /// calculator prompt pitch who=Ann  gets a prompt and prints its messages
    /// calculator check                 whether it could start, and which clients would refuse which tool
    /// ```
    ///
    /// A tool, resource or prompt that asks its user asks in the terminal. `call`, `read` and `prompt` exit with 1 on a
    /// failure, and a mistake on the command line with 2.
    ///
    /// Environment: `MCP_SERVER_HOST`, `MCP_SERVER_PORT`, `MCP_PUBLIC_URL` and `MCP_STATE_KEYS` (as
    /// [`Server::public_url`] and [`Server::state_keys`], with commas between several), `MCP_LOG_LEVEL` (`info`),
    /// `MCP_LOG_FORMAT` (`text` or `json`). Flags win. Logs go to stderr.
    pub async fn run(mut self) -> Result<()> {
        let matches = match command(&self).try_get_matches() {
            Ok(matches) => matches,
            // clap has the text, the right stream and the exit code; nothing runs yet.
            Err(error) => error.exit(),
        };
        let serves = matches!(matches.subcommand_name(), None | Some("http" | "stdio"));
        let _flushed = logging::init(std::mem::take(&mut self.layers), serves)?;
        self.read_environment();
        match matches.subcommand() {
            Some(("http", http)) => {
                if let Some(urls) = http.get_many::<String>("public-url") {
                    self.settings.public_urls = Setting {
                        name: "--public-url",
                        value: urls.cloned().collect(),
                    };
                }
                let address = bind_address(http)?;
                self.serve_http(address).await
            }
            Some((command, matches)) if command != "stdio" => {
                print_result(self.build()?, command, matches).await
            }
            _ => self.serve_stdio().await,
        }
    }

    /// Takes the settings of the environment in the place of the program's own.
    fn read_environment(&mut self) {
        let list = |name| {
            let list = std::env::var(name).ok()?;
            let entries = list.split(',').map(str::trim).map(str::to_owned);
            Some(entries.collect::<Vec<_>>())
        };
        if let Some(value) = list("MCP_PUBLIC_URL") {
            let name = "MCP_PUBLIC_URL";
            self.settings.public_urls = Setting { name, value };
        }
        if let Some(secrets) = list("MCP_STATE_KEYS") {
            let value = Secrets(secrets.into_iter().map(String::into_bytes).collect());
            let name = "MCP_STATE_KEYS";
            self.settings.state_keys = Setting { name, value };
        }
    }
}

/// Carries out a command that prints its result.
async fn print_result(service: Arc<Service>, command: &str, matches: &ArgMatches) -> Result<()> {
    let registry = &service.registry;
    match command {
        "tools" => show::print(&table::tools(registry)),
        "resources" => show::print(&table::resources(registry)),
        "prompts" => show::print(&table::prompts(registry)),
        "call" => show::tool(&ended(&service, call::tool(Arc::clone(&service), matches)).await?)?,
        "read" => {
            let call = call::resource(Arc::clone(&service), matches);
            show::contents(&ended(&service, call).await?)?;
        }
        "prompt" => {
            let call = call::prompt(Arc::clone(&service), matches);
            show::messages(&ended(&service, call).await?);
        }
        _ => check::report(&service)?,
    }
    Ok(())
}

/// Carries out a call, and then the shutdown, with the hooks of the author's.
async fn ended<T>(service: &Service, call: impl Future<Output = T>) -> T {
    let result = call.await;
    service.drain.finish(service.drain.deadline()).await;
    service.audit.flush(log::FLUSH);
    result
}

fn bind_address(matches: &ArgMatches) -> Result<SocketAddr> {
    if let Some(address) = matches.get_one::<SocketAddr>("bind") {
        return Ok(*address);
    }
    let host = std::env::var("MCP_SERVER_HOST").unwrap_or_else(|_| "127.0.0.1".to_owned());
    let port = std::env::var("MCP_SERVER_PORT").unwrap_or_else(|_| "8080".to_owned());
    let host = host.parse().map_err(|_| {
        Error::setting(
            "MCP_SERVER_HOST",
            &host,
            "write an IP address, such as 127.0.0.1 or 0.0.0.0",
        )
    })?;
    let port = port
        .parse()
        .map_err(|_| Error::setting("MCP_SERVER_PORT", &port, "write a number from 0 to 65535"))?;
    Ok(SocketAddr::new(host, port))
}
