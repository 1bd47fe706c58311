//! The command line of a server: `stdio` (default), `http`, `tools`, `call`, `check`.

use std::net::SocketAddr;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value, json};

use super::builder::Server;
use crate::error::{Error, Result};
use crate::handler::call::inject::State;
use crate::handler::spec::Spec;
use crate::handler::spec::policy::Source;
use crate::ops::logging;
use crate::policy::max_output::Size;
use crate::policy::timeout::Written;
use crate::protocol::Version;
use crate::protocol::meta::{CLIENT_CAPABILITIES, PROTOCOL_VERSION};
use crate::seal::Secrets;
use crate::service::{Service, Setting};

mod check;

impl<S: State> Server<S> {
    /// Makes the binary its own command line, and does what its arguments say.
    ///
    /// ```text
    /// calculator                       stdio (what an MCP client starts)
    /// calculator http --bind ADDR      Streamable HTTP at /mcp, with /health /healthz /ready /metrics
    /// calculator tools                 a table: name, description, limits in force and where each came from
    /// calculator call add a=1 b=2      calls a tool and prints the result
    /// calculator check                 whether it could start, and which clients would refuse which tool
    /// ```
    ///
    /// Environment: `MCP_SERVER_HOST`, `MCP_SERVER_PORT`, `MCP_PUBLIC_URL`, `MCP_STATE_KEYS` (as
    /// [`Server::state_keys`], with commas between them), `MCP_LOG_LEVEL` (`info`), `MCP_LOG_FORMAT` (`text` or `json`). Flags win. Logs go to stderr.
    pub async fn run(mut self) -> Result<()> {
        let matches = match command(&self).try_get_matches() {
            Ok(matches) => matches,
            // clap has the text, the right stream and the exit code; nothing runs yet.
            Err(error) => error.exit(),
        };
        logging::init()?;
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
            Some(("tools", _)) => {
                print(&table(&*self.build()?));
                Ok(())
            }
            Some(("call", call)) => self.call(call).await,
            Some(("check", _)) => check::report(&*self.build()?),
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

    async fn call(self, matches: &ArgMatches) -> Result<()> {
        let name = matches
            .get_one::<String>("tool")
            .map_or("", String::as_str)
            .to_owned();
        let service = self.build()?;
        let arguments = arguments(&service, &name, matches)?;
        let request = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {
                "name": name, "arguments": arguments,
                "_meta": { PROTOCOL_VERSION: Version::LATEST.as_str(), CLIENT_CAPABILITIES: {} },
            },
        });
        let mut connection = super::memory::Connection::open(service);
        connection.send(request.to_string()).await;
        while let Some(line) = connection.receive().await {
            let message: Value = serde_json::from_str(&line).unwrap_or_default();
            if message.get("id").is_some() {
                return show(&message);
            }
        }
        Err(Error::usage("the server ended without an answer"))
    }
}

fn command<S: State>(server: &Server<S>) -> Command {
    let (name, version) = server.identity();
    Command::new(name.to_owned())
        .version(version.to_owned())
        .about(format!("The MCP server {name}. Without a command it serves stdio, which is what an MCP client starts."))
        .after_help(
            "Environment: MCP_SERVER_HOST, MCP_SERVER_PORT, MCP_PUBLIC_URL, \
             MCP_STATE_KEYS, MCP_LOG_LEVEL (info), MCP_LOG_FORMAT (text or json). Flags win over it.",
        )
        .disable_help_subcommand(true)
        .subcommand(Command::new("stdio").about("Serve stdin and stdout (the default)"))
        .subcommand(
            Command::new("http")
                .about("Serve Streamable HTTP at /mcp, with /health, /healthz, /ready and /metrics")
                .arg(
                    Arg::new("bind")
                        .long("bind")
                        .value_name("ADDR")
                        .value_parser(clap::value_parser!(SocketAddr))
                        .help("Where to listen [default: 127.0.0.1:8080]; port 0 takes one that is free"),
                )
                .arg(
                    Arg::new("public-url")
                        .long("public-url")
                        .value_name("URL")
                        .action(ArgAction::Append)
                        .help("A URL that clients use, when it is not this address; may be repeated"),
                ),
        )
        .subcommand(Command::new("tools").about("List the tools, with the limits in force and where each came from"))
        .subcommand(
            Command::new("call")
                .about("Call a tool and print its result")
                .arg(Arg::new("tool").value_name("TOOL").required(true).help("The tool's name"))
                .arg(
                    Arg::new("arguments")
                        .value_name("NAME=VALUE")
                        .action(ArgAction::Append)
                        .help("Arguments; a value is JSON, or text where the tool wants text"),
                ),
        )
        .subcommand(
            Command::new("check").about(
                "Check that the server could start, and which clients would refuse which tool; exits with 1 if any",
            ),
        )
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

/// `a=1 b=two` as the tool's arguments: text where its schema wants a string, JSON elsewhere.
fn arguments(service: &Service, tool: &str, matches: &ArgMatches) -> Result<Map<String, Value>> {
    let Some(entry) = service.registry.tools.get(tool) else {
        let known: Vec<&str> = service
            .registry
            .tools
            .entries()
            .iter()
            .map(|entry| entry.name.as_str())
            .collect();
        let hint = crate::handler::argument::problem::nearest(tool, &known).map_or_else(
            || format!("the tools are {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Error::usage(format!("there is no tool `{tool}`; {hint}")));
    };
    let mut arguments = Map::new();
    for pair in matches
        .get_many::<String>("arguments")
        .into_iter()
        .flatten()
    {
        let Some((name, text)) = pair.split_once('=') else {
            return Err(Error::usage(format!(
                "`{pair}` is not an argument: write NAME=VALUE"
            )));
        };
        let is_text = entry.input().properties().any(|(property, schema)| {
            property == name && schema.get("type").is_some_and(|kind| kind == "string")
        });
        let value = if is_text {
            None
        } else {
            serde_json::from_str(text).ok()
        };
        arguments.insert(name.to_owned(), value.unwrap_or_else(|| text.into()));
    }
    Ok(arguments)
}

/// Prints what a result holds: its structured content, or else its text; a failure is an error.
fn show(message: &Value) -> Result<()> {
    if let Some(error) = message.get("error") {
        return Err(Error::usage(
            error["message"].as_str().unwrap_or("the call was refused"),
        ));
    }
    let result = &message["result"];
    if let (Some(structured), false) = (result.get("structuredContent"), result["isError"] == true)
    {
        print(&format!("{structured:#}"));
        return Ok(());
    }
    let blocks = result["content"].as_array().into_iter().flatten();
    let text: Vec<String> = blocks
        .map(|block| {
            block["text"]
                .as_str()
                .map_or_else(|| block.to_string(), str::to_owned)
        })
        .collect();
    let text = text.join("\n");
    if result["isError"] == true {
        return Err(Error::usage(text));
    }
    print(&text);
    Ok(())
}

/// The tools, one per line, with the limits in force and where each was declared.
fn table(service: &Service) -> String {
    let rows: Vec<[String; 3]> = service
        .registry
        .tools
        .entries()
        .iter()
        .map(|entry| {
            let spec = &entry.spec;
            let limits = limits(spec);
            let limits = if limits.is_empty() {
                "-".to_owned()
            } else {
                limits.join(", ")
            };
            let summary = spec
                .description
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned();
            [entry.name.clone(), limits, summary]
        })
        .collect();
    let width = |column: usize, title: &str| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .chain([title.len()])
            .max()
            .unwrap_or_default()
    };
    let (names, limits) = (width(0, "NAME"), width(1, "LIMITS"));
    let line = |row: [&str; 3]| {
        format!("{:names$}  {:limits$}  {}", row[0], row[1], row[2])
            .trim_end()
            .to_owned()
    };
    std::iter::once(line(["NAME", "LIMITS", "DESCRIPTION"]))
        .chain(
            rows.iter()
                .map(|[name, limits, text]| line([name, limits, text])),
        )
        .collect::<Vec<_>>()
        .join("\n")
}

/// The limits of a tool in the order in which they apply, each with where it was declared.
fn limits(spec: &Spec) -> Vec<String> {
    fn limit<T>(
        key: &str,
        declared: Option<(T, Source)>,
        show: impl Fn(T) -> String,
    ) -> Option<String> {
        declared.map(|(value, source)| format!("{key} {} ({})", show(value), source.as_str()))
    }
    let scopes = (!spec.scopes.is_empty()).then(|| format!("scopes {}", spec.scopes.join(" ")));
    let limits = [
        scopes,
        spec.visible_if.map(|_| "visible_if".to_owned()),
        limit("rate_limit", spec.rate_limit, |limit| limit.to_string()),
        limit("concurrency", spec.concurrency, |limit| limit.to_string()),
        limit("cache", spec.cache, |cache| Written(cache.ttl).to_string()),
        limit("timeout", spec.timeout, |limit| Written(limit).to_string()),
        limit("retry", spec.retry, |retry| retry.max.to_string()),
        limit("breaker", spec.breaker, |limit| {
            format!("{} failures, {}", limit.failures, Written(limit.cooldown))
        }),
        limit("max_output", spec.max_output, |bytes| {
            Size(bytes).to_string()
        }),
        spec.audit.then(|| "audit".to_owned()),
    ];
    limits.into_iter().flatten().collect()
}

#[expect(
    clippy::print_stdout,
    reason = "the output of a command that a person ran; no protocol is spoken then"
)]
fn print(text: &str) {
    println!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::spec::policy::{Breaker, Cache, Concurrency, RateLimit, Retry};

    #[test]
    fn every_limit_is_shown_with_its_source() {
        let here = Source::Attribute;
        let spec = Spec::tool("all", "Everything at once.")
            .audit()
            .scopes(&["a", "b"])
            .visible_if(|_| true)
            .max_output(1024, Source::Defaults)
            .breaker(Breaker::new(5, 30_000), here)
            .retry(Retry::new(3), here)
            .timeout(5_000, Source::Defaults)
            .cache(Cache::new(60_000), here)
            .concurrency(Concurrency::new(4).queue(16), here)
            .rate_limit(RateLimit::new(10, 60_000), here);
        assert_eq!(
            limits(&spec),
            [
                "scopes a b",
                "visible_if",
                "rate_limit 10/min (attribute)",
                "concurrency 4 + 16 waiting (attribute)",
                "cache 1m (attribute)",
                "timeout 5s (defaults)",
                "retry 3 (attribute)",
                "breaker 5 failures, 30s (attribute)",
                "max_output 1 KiB (defaults)",
                "audit",
            ]
        );
    }
}
