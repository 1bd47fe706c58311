//! The commands and flags, with their help.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{check, package};
use crate::config::environment::Environment;
use crate::config::kind::Kind;
use crate::config::layers::Sources;
use crate::config::setting;
use crate::protocol::Implementation;

/// Describes the command line of a server.
pub(super) fn command(server: &Implementation) -> Command {
    let (name, version) = (&*server.name, &*server.version);
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
        .subcommand(list("tools", "List the tools, with the limits in force and where each came from"))
        .subcommand(list("resources", "List the resources and their templates, likewise"))
        .subcommand(list("prompts", "List the prompts with their arguments, likewise"))
        .subcommands(calls())
        .subcommand(package::command())
        .subcommands(operations())
}

fn list(name: &'static str, about: &'static str) -> Command {
    Command::new(name).about(about).arg(json(
        "Print the descriptions as JSON, as clients get them, with the limits",
    ))
}

fn json(help: &'static str) -> Arg {
    Arg::new("json")
        .long("json")
        .action(ArgAction::SetTrue)
        .help(help)
}

/// The commands that send one request.
fn calls() -> [Command; 3] {
    let whole = || json("Print the whole result as JSON");
    let name = |value: &'static str, help: &'static str| {
        Arg::new("name").value_name(value).required(true).help(help)
    };
    [
        Command::new("call")
            .about("Call a tool and print its result; input requests are answered in the terminal")
            .disable_help_flag(true)
            .arg(name("TOOL", "The tool's name").required_unless_present("help").required(false))
            .arg(words("Arguments; a value is JSON, or text where the tool wants text; `call TOOL --help` lists them"))
            .arg(whole())
            .arg(
                Arg::new("help")
                    .short('h')
                    .long("help")
                    .action(ArgAction::SetTrue)
                    .help("Print help, after a tool's name that of the tool"),
            )
            .after_help(EXIT_CODES),
        Command::new("read")
            .about("Read a resource and print its contents")
            .arg(name("URI", "The resource's URI"))
            .arg(whole())
            .after_help(EXIT_CODES),
        Command::new("prompt")
            .about("Get a prompt and print its messages")
            .arg(name("PROMPT", "The prompt's name"))
            .arg(words("Arguments; each value is text"))
            .arg(whole())
            .after_help(EXIT_CODES),
    ]
}

/// The help of `call` without a tool.
pub(super) fn help_of_call() -> String {
    let [mut call, ..] = calls();
    call.render_help().to_string()
}

/// The exit codes of the commands that send a request.
const EXIT_CODES: &str = "Exit codes: 0 success; 1 the server cannot start; 2 usage, or arguments that are not valid; \
     3 refused by a limit, for access or for a capability; 4 the function failed.";

/// The commands for operators.
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
            )
                .arg(
                    Arg::new("client")
                        .long("client")
                        .value_name("NAME")
                        .ignore_case(true)
                        .value_parser(PossibleValuesParser::new(check::clients()))
                        .help("Look at the rules of this client alone"),
                )
                .args(flags()),
    ]
}

fn http() -> Command {
    Command::new("http")
        .about("Serve Streamable HTTP at /mcp, with /health, /healthz, /ready and /metrics")
        .args(flags())
}

/// The flags of settings.
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

/// Returns the sources of settings on the command line.
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

fn words(help: &'static str) -> Arg {
    Arg::new("arguments")
        .value_name("NAME=VALUE|JSON|@FILE|-")
        .action(ArgAction::Append)
        .help(help)
}
