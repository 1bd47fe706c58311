//! The command line of a server: serving, listing what it offers, and calling it as a person.

use std::borrow::Cow;
use std::sync::Arc;

use clap::ArgMatches;

use super::builder::Server;
use super::reload::Configuration;
use crate::config::layers::{Layers, Sources};
use crate::config::overrides::Declared;
use crate::config::watch::Seen;
use crate::config::{self, LogFormat};
use crate::error::Result;
use crate::handler::call::inject::State;
#[cfg(feature = "otel")]
use crate::ops::otel::{self, endpoints::Endpoints};
use crate::ops::{REQUESTS, log, logging, signal};
use crate::service::Service;

mod call;
mod check;
mod command;
mod field;
mod health;
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
    ///                                  and a page at / to try it: in debug builds, and with --page
    /// calculator tools                 a table: name, description, limits in force and where each came from
    /// calculator resources             the same for resources and templates
    /// calculator prompts               the same for prompts, with their arguments
    /// calculator call add a=1 b=2      calls a tool and prints the result
    /// calculator read URI              reads a resource and prints its contents
    /// calculator prompt pitch who=Ann  gets a prompt and prints its messages
    /// calculator config                every setting with its origin; `--docs` describes all of them
    /// calculator health [URL]          whether the server that listens here is ready; for containers
    /// calculator check                 whether it could start, and which clients would refuse which tool
    /// ```
    ///
    /// A tool, resource or prompt that asks its user asks in the terminal. `call`, `read` and `prompt` exit with 1 on a
    /// failure, and a mistake on the command line with 2.
    ///
    /// Logs go to stderr.
    ///
    #[doc = include_str!("../../docs/configuration.md")]
    pub async fn run(mut self) -> Result<()> {
        let matches = match command(&self).try_get_matches() {
            Ok(matches) => matches,
            // clap has the text, the right stream and the exit code; nothing runs yet.
            Err(error) => error.exit(),
        };
        if matches!(matches.subcommand_name(), None | Some("stdio" | "http")) {
            signal::outlive_hang_ups();
        }
        let configuration = self.configure(command::sources(&matches))?;
        let json = self.parts.settings.log_format == LogFormat::Json;
        #[cfg(feature = "otel")]
        self.begin_telemetry(matches.subcommand_name())?;
        let level = log_level(&self.parts.settings.log_level, matches.subcommand_name());
        let _flushed = logging::init(&level, json, std::mem::take(&mut self.parts.layers));
        match matches.subcommand() {
            Some(("http", _)) => {
                name_foreign(&configuration.layers);
                let address = self.parts.settings.bind.to_string();
                self.serve_http_from(address, Some(configuration)).await
            }
            Some(("config", matches)) => {
                if matches.get_flag("docs") {
                    show::print(config::show::docs().trim_end());
                } else {
                    show::print(&config::show::values(&configuration.layers));
                }
                Ok(())
            }
            Some(("check", _)) => {
                let service = self.build_http()?;
                check::callers(&service).await?;
                check::machine(&service)?;
                check::report(&service)
            }
            Some(("health", matches)) => {
                let url = matches.get_one::<String>("url").map(String::as_str);
                health::check(url, &self.parts.settings).await
            }
            Some((command, matches)) if command != "stdio" => {
                print_result(self.build()?, command, matches).await
            }
            _ => {
                name_foreign(&configuration.layers);
                self.serve_stdio_from(Some(configuration)).await
            }
        }
    }

    /// Begins to export where the command serves, with the spans of the program; other commands export nothing.
    #[cfg(feature = "otel")]
    fn begin_telemetry(&mut self, command: Option<&str>) -> Result<()> {
        if !matches!(command, None | Some("http" | "stdio")) {
            self.parts.settings.telemetry = Endpoints::default();
        }
        let telemetry = self.parts.begin_telemetry()?;
        let layer = telemetry.and_then(|it| otel::layer(it));
        self.parts.layers.extend(layer);
        Ok(())
    }

    /// Puts the settings of `sources` over those of the program.
    fn configure(&mut self, sources: Sources) -> Result<Box<Configuration>> {
        let declared = self.parts.items.with_entries(|entries| {
            let declared = entries.iter();
            let declared = declared.map(|entry| (entry.name.clone(), entry.spec.clone()));
            declared.collect()
        });
        let declared = Declared {
            functions: declared,
            is_open: self.parts.items.is_held(),
        };
        let seen = Seen::now(sources.files());
        let layers = sources.over(&self.parts.settings, &declared)?;
        let program = std::mem::replace(&mut self.parts.settings, layers.settings.clone());
        Ok(Box::new(Configuration {
            sources,
            program,
            declared,
            layers,
            seen,
        }))
    }
}

/// Logs the variables that look like settings and are none, which hosts have too, and the tables of functions that are
/// not there.
fn name_foreign(layers: &Layers) {
    let awaited = layers.settings.overrides.awaited();
    if !awaited.is_empty() {
        let tables = awaited.join(", ");
        tracing::warn!(
            tables,
            "these functions are not there yet; their tables hold when they are added"
        );
    }
    if !layers.foreign.is_empty() {
        let names = layers.foreign.join(", ");
        tracing::info!(
            names,
            "variables that are no settings of this server are left alone"
        );
    }
}

/// Carries out a command that prints its result.
async fn print_result(service: Arc<Service>, command: &str, matches: &ArgMatches) -> Result<()> {
    let registry = &*service.registry.read();
    let file = &service.settings.overrides.file.clone();
    match command {
        "tools" => show::print(&table::tools(registry, file)),
        "resources" => show::print(&table::resources(registry, file)),
        "prompts" => show::print(&table::prompts(registry, file)),
        "call" => show::tool(&ended(&service, call::tool(Arc::clone(&service), matches)).await?)?,
        "read" => {
            let call = call::resource(Arc::clone(&service), matches);
            show::contents(&ended(&service, call).await?)?;
        }
        _ => {
            let call = call::prompt(Arc::clone(&service), matches);
            show::messages(&ended(&service, call).await?);
        }
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

/// The level of the log. A command that only prints a result says nothing about the request that it makes, unless a level
/// is set.
fn log_level<'l>(level: &'l str, command: Option<&str>) -> Cow<'l, str> {
    let serves = matches!(command, None | Some("http" | "stdio"));
    if serves || level != "info" {
        return level.into();
    }
    format!("{level},{REQUESTS}=warn").into()
}
