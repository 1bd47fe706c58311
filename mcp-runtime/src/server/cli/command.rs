//! The commands and flags, with their help.

use std::net::SocketAddr;

use clap::{Arg, ArgAction, Command};

use crate::handler::call::inject::State;
use crate::server::Server;

/// Describes the command line of `server`.
pub(super) fn command<S: State>(server: &Server<S>) -> Command {
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
        .subcommand(http())
        .subcommand(Command::new("tools").about("List the tools, with the limits in force and where each came from"))
        .subcommand(Command::new("resources").about("List the resources and their templates, likewise"))
        .subcommand(Command::new("prompts").about("List the prompts with their arguments, likewise"))
        .subcommand(
            Command::new("call")
                .about("Call a tool and print its result; asks in the terminal what the tool asks its user")
                .arg(Arg::new("name").value_name("TOOL").required(true).help("The tool's name"))
                .arg(pairs("Arguments; a value is JSON, or text where the tool wants text")),
        )
        .subcommand(
            Command::new("read")
                .about("Read a resource and print its contents")
                .arg(Arg::new("name").value_name("URI").required(true).help("The resource's URI")),
        )
        .subcommand(
            Command::new("prompt")
                .about("Get a prompt and print its messages")
                .arg(Arg::new("name").value_name("PROMPT").required(true).help("The prompt's name"))
                .arg(pairs("Arguments; each value is text")),
        )
        .subcommand(
            Command::new("check").about(
                "Check that the server could start, and which clients would refuse which tool; exits with 1 if any",
            ),
        )
}

fn http() -> Command {
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
        )
}

fn pairs(help: &'static str) -> Arg {
    Arg::new("arguments")
        .value_name("NAME=VALUE")
        .action(ArgAction::Append)
        .help(help)
}
