//! The commands and flags, with their help.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::config::environment::Environment;
use crate::config::kind::Kind;
use crate::config::layers::Sources;
use crate::config::setting;
use crate::handler::call::inject::State;
use crate::server::Server;

/// Describes the command line of `server`.
pub(super) fn command<S: State>(server: &Server<S>) -> Command {
    let (name, version) = server.identity();
    Command::new(name.to_owned())
        .version(version.to_owned())
        .about(format!("The MCP server {name}. Without a command it serves stdio, which is what an MCP client starts."))
        .after_help(
            "Environment: MCP_SERVER_HOST, MCP_SERVER_PORT, MCP_PUBLIC_URL, MCP_LOG_LEVEL, MCP_LOG_FORMAT (text or json) \
             and more: `config --docs` has all of them. Flags win over it, and it wins over mcp.toml.",
        )
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .global(true)
                .help("The file of settings [default: mcp.toml, if it is there]"),
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
        .subcommands(operations())
}

/// The commands for whoever runs the server.
fn operations() -> [Command; 3] {
    [
        Command::new("config")
                .about("Print every setting with its value and its origin")
                .arg(
                    Arg::new("docs")
                        .long("docs")
                        .action(ArgAction::SetTrue)
                        .help("Describe the settings instead"),
                )
                .args(flags()),
        Command::new("health")
                .about("Ask the server that runs at this address whether it is ready; exits with 1 if it is not")
                .arg(
                    Arg::new("url")
                        .value_name("URL")
                        .help("A URL, unix:FILE, or a path such as /healthz [default: /ready at the address of `http`]"),
                )
                .args(flags()),
        Command::new("check").about(
                "Check that the server could start, and which clients would refuse which tool; exits with 1 if any",
            ).args(flags()),
    ]
}

fn http() -> Command {
    Command::new("http")
        .about("Serve Streamable HTTP at /mcp, with /health, /healthz, /ready and /metrics")
        .args(flags())
}

/// The flags of the table of settings.
fn flags() -> impl Iterator<Item = Arg> {
    setting::present().filter_map(|setting| {
        let flag = Arg::new(setting.name)
            .long(setting.flag?)
            .value_name("VALUE");
        let flag = match setting.bare {
            Some(bare) => flag
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value(bare),
            None => flag,
        };
        let flag = match setting.kind {
            Kind::Texts(..) => flag.action(ArgAction::Append),
            _ => flag,
        };
        Some(flag.help(setting.help))
    })
}

/// Returns what the command line sets, and what else there is to read.
pub(super) fn sources(matches: &ArgMatches) -> Sources {
    let of_command = matches.subcommand().map(|(_, matches)| matches);
    let flags = setting::present().filter_map(|setting| {
        setting.flag?;
        let values = of_command?.try_get_many::<String>(setting.name).ok()??;
        Some((setting, values.cloned().collect()))
    });
    Sources {
        file: matches.get_one::<String>("config").map(PathBuf::from),
        environment: Environment::of_process(),
        flags: flags.collect(),
    }
}

fn pairs(help: &'static str) -> Arg {
    Arg::new("arguments")
        .value_name("NAME=VALUE")
        .action(ArgAction::Append)
        .help(help)
}
