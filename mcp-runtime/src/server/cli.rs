//! The command line of a server: serving, listing its declarations, and calling them as a person.

use std::borrow::Cow;
use std::sync::Arc;

use clap::ArgMatches;
use futures_util::future::BoxFuture;

use super::builder::{Parts, Server};
use super::reload::Configuration;
use super::serve::serve_http;
use crate::config::layers::{Layers, Sources};
use crate::config::overrides::Declared;
use crate::config::watch::FileStates;
use crate::config::{self, LogFormat};
use crate::error::Result;
use crate::handler::call::inject::State;
#[cfg(feature = "otel")]
use crate::ops::otel::{self, endpoints::Endpoints};
use crate::ops::{REQUESTS, log, logging, signal};
use crate::registry::Descriptor;
use crate::service::Service;

mod arguments;
mod call;
mod check;
mod command;
mod exit;
mod field;
mod health;
mod help;
mod json;
mod package;
mod progress;
mod request;
mod show;
mod table;
mod task;
mod terminal;

use command::command;

impl<S: State> Server<S> {
    /// Makes the binary its own command line, and runs the command in its arguments.
    ///
    /// ```text
    /// calculator                       stdio (what an MCP client starts)
    /// calculator http --bind ADDR      Streamable HTTP at /mcp, with /health /healthz /ready /metrics
    ///                                  and a page at / to try it: in debug builds, and with --page
    /// calculator tools                 a table: name, description, limits in force and where each came from
    /// calculator resources             the same for resources and templates
    /// calculator prompts               the same for prompts, with their arguments
    /// calculator call add a=1 b=2      calls a tool and prints the result; `call add --help` lists its arguments
    /// calculator read URI              reads a resource and prints its contents
    /// calculator prompt pitch who=Ann  gets a prompt and prints its messages
    /// calculator config                every setting with its origin; `--docs` describes all of them
    /// calculator health [URL]          checks that the server at this address is ready; for containers
    /// calculator check                 checks that it can start, and that no client rejects a tool
    /// calculator package ..            an entry of a client's configuration, a bundle, `server.json`
    /// ```
    ///
    /// Input requests of a tool, resource or prompt are shown in the terminal. Arguments are `NAME=VALUE`, where a
    /// repeated name makes a list and `NAME=@FILE` reads the value from a file, a JSON object, `@FILE` or `-` (stdin).
    /// `--json` prints lists and whole results as JSON.
    ///
    /// | exit code | |
    /// |---|---|
    /// | 0 | success |
    /// | 1 | the server cannot start, or `check` or `health` has findings; returned as an error |
    /// | 2 | a mistake on the command line, or arguments that are not valid |
    /// | 3 | the call was refused: by a limit, for missing access, or as there is no user to ask |
    /// | 4 | the function failed, or was stopped |
    ///
    /// With 2, 3 and 4 the process ends here. Logs go to stderr; as JSON, a start that fails is one record, and the process
    /// ends with 1.
    ///
    #[doc = include_str!("../../docs/configuration.md")]
    pub async fn run(self) -> Result<()> {
        self.into_parts().run().await
    }
}

impl Parts {
    /// Runs the command in the arguments of the process.
    #[inline(never)]
    fn run(self) -> BoxFuture<'static, Result<()>> {
        Box::pin(self.run_arguments())
    }

    async fn run_arguments(mut self) -> Result<()> {
        let matches = match command(&self.info).try_get_matches() {
            Ok(matches) => matches,
            // clap has the text, the stream and the exit code; nothing runs yet.
            Err(error) => error.exit(),
        };
        let serves = matches!(matches.subcommand_name(), None | Some("stdio" | "http"));
        if serves {
            signal::survive_early_hang_ups();
        }
        let sources = command::sources(&matches);
        let mut json = sources.wants_json();
        let ended = match self.configure(sources) {
            Ok(configuration) => {
                json = self.settings.log_format == LogFormat::Json;
                self.run_command(&matches, configuration).await
            }
            Err(error) => Err(error),
        };
        match ended {
            Err(error) if serves && json => {
                log::announce(true, "ERROR", &format!("{error:?}"));
                log::flush(log::FLUSH);
                std::process::exit(1);
            }
            Err(error) if error.exit_code() > 1 => {
                log::write(format!("Error: {error:?}\n").as_bytes());
                log::flush(log::FLUSH);
                std::process::exit(error.exit_code().into());
            }
            ended => ended,
        }
    }

    /// Runs the command of the arguments.
    async fn run_command(
        mut self,
        matches: &ArgMatches,
        configuration: Box<Configuration>,
    ) -> Result<()> {
        let json = self.settings.log_format == LogFormat::Json;
        #[cfg(feature = "otel")]
        self.begin_telemetry_of(matches.subcommand_name())?;
        let level = log_level(&self.settings.log_level, matches.subcommand_name());
        let _flushed = logging::init(&level, json, std::mem::take(&mut self.layers));
        match matches.subcommand() {
            Some(("http", _)) => {
                name_foreign(&configuration.layers);
                let address = self.settings.bind.to_string();
                serve_http(self, address, Some(configuration)).await
            }
            Some(("config", matches)) => {
                if matches.get_flag("docs") {
                    show::print(config::show::docs().trim_end());
                } else {
                    show::print(&config::show::values(&configuration.layers));
                }
                Ok(())
            }
            Some(("check", matches)) => {
                let service = self.build_http()?;
                check::callers(&service).await?;
                check::machine(&service)?;
                let client = matches.get_one::<String>("client").map(String::as_str);
                check::report(&service, client)
            }
            Some(("health", matches)) => {
                let url = matches.get_one::<String>("url").map(String::as_str);
                health::check(url, &self.settings).await
            }
            Some(("package", package)) => {
                let service = self.build()?;
                let file = configuration.sources.present_file();
                package::run(&service, file.as_deref(), package)
            }
            Some((command, matches)) if command != "stdio" => {
                print_result(self.build()?, command, matches).await
            }
            _ => {
                name_foreign(&configuration.layers);
                self.serve_stdio(Some(configuration)).await
            }
        }
    }

    /// Begins to export if the command serves, including the spans of the program; other commands export nothing.
    #[cfg(feature = "otel")]
    fn begin_telemetry_of(&mut self, command: Option<&str>) -> Result<()> {
        if !matches!(command, None | Some("http" | "stdio")) {
            self.settings.telemetry = Endpoints::default();
        }
        let telemetry = self.begin_telemetry()?;
        let layer = telemetry.and_then(|it| otel::layer(it));
        self.layers.extend(layer);
        Ok(())
    }

    /// Applies the settings of `sources` over those of the program.
    fn configure(&mut self, sources: Sources) -> Result<Box<Configuration>> {
        let declared = self.items.with_entries(|entries| {
            let declared = entries.iter();
            let declared = declared.map(|entry| (entry.name.clone(), entry.spec.clone()));
            declared.collect()
        });
        let declared = Declared {
            functions: declared,
            is_open: self.items.is_held(),
        };
        let states = FileStates::now(sources.files());
        let layers = sources.over(&self.settings, &declared)?;
        let program = std::mem::replace(&mut self.settings, layers.settings.clone());
        Ok(Box::new(Configuration {
            sources,
            program,
            declared,
            layers,
            states,
        }))
    }
}

/// Logs unknown variables that look like settings, which hosts may have too, and the tables of unknown functions.
fn name_foreign(layers: &Layers) {
    let awaited = layers.settings.overrides.awaited();
    if !awaited.is_empty() {
        let tables = awaited.join(", ");
        tracing::warn!(
            tables,
            "no function has these names; their tables apply to functions that are added later"
        );
    }
    if !layers.foreign.is_empty() {
        let names = layers.foreign.join(", ");
        tracing::info!(
            names,
            "variables that are not settings of this server are ignored"
        );
    }
}

/// Runs a command that prints its result.
async fn print_result(service: Arc<Service>, command: &str, matches: &ArgMatches) -> Result<()> {
    let is_json = matches.get_flag("json");
    let show = match command {
        "call" if matches.get_flag("help") => return help_of_tool(&service, matches),
        "call" => show::tool,
        "read" => show::contents,
        "prompt" => show::messages,
        _ => {
            list(&service, command, is_json);
            return Ok(());
        }
    };
    let this = Arc::clone(&service);
    let called = match command {
        "call" => ended(&service, call::tool(this, matches)).await?,
        "read" => ended(&service, call::resource(this, matches)).await?,
        _ => ended(&service, call::prompt(this, matches)).await?,
    };
    if is_json {
        show::whole(&called)
    } else {
        show(&called)
    }
}

/// Prints the arguments of a tool, or those of `call` itself.
fn help_of_tool(service: &Service, matches: &ArgMatches) -> Result<()> {
    let program = &service.identity.info.name;
    let Some(name) = matches.get_one::<String>("name") else {
        show::print(command::help_of_call().trim_end());
        return Ok(());
    };
    let entry = call::declared_tool(service, name)?;
    if let Descriptor::Tool(tool) = &entry.descriptor {
        let file = &service.settings.overrides.file;
        show::print(&help::tool(program, &entry, tool, file));
    }
    Ok(())
}

/// Prints a list, as a table or as JSON.
fn list(service: &Service, command: &str, is_json: bool) {
    let registry = &*service.registry.read();
    let file = &service.settings.overrides.file;
    let text = match (command, is_json) {
        ("tools", true) => table::json(registry.tools.entries().iter(), file),
        ("resources", true) => {
            let entries = registry.resources.entries().iter();
            table::json(entries.chain(registry.templates.entries()), file)
        }
        (_, true) => table::json(registry.prompts.entries().iter(), file),
        ("tools", false) => table::tools(registry, file),
        ("resources", false) => table::resources(registry, file),
        (_, false) => table::prompts(registry, file),
    };
    show::print(&text);
}

/// Runs a call, and then the shutdown with the author's hooks.
async fn ended<T>(service: &Service, call: impl Future<Output = T>) -> T {
    let result = call.await;
    service.drain.finish(service.drain.deadline()).await;
    result
}

/// The level of the log. A command that only prints a result does not log its own request, unless a level is set.
fn log_level<'l>(level: &'l str, command: Option<&str>) -> Cow<'l, str> {
    let serves = matches!(command, None | Some("http" | "stdio"));
    if serves || level != "info" {
        return level.into();
    }
    format!("{level},{REQUESTS}=warn").into()
}
