//! `package`: the server in the formats of clients and registries.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::digest::sha256_hex;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::exit::USAGE;
use super::show::{print, print_note};
use crate::config::Settings;
use crate::error::{Error, Result};
use crate::package::client::{self, Client, Places};
use crate::package::listing::Offers;
use crate::package::{Launch, Subject, bundle, diff, listing};
use crate::service::Service;
use crate::transport::http::PATH;

/// Describes the command.
pub(super) fn command() -> Command {
    Command::new("package")
        .about("Put the server into a client, a bundle or a registry")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(client_config())
        .subcommand(
            Command::new("mcpb")
                .about("Write a bundle that Claude Desktop installs: this program and its manifest")
                .arg(value(
                    "author",
                    "NAME",
                    "The author that clients show [default: the server's name]",
                ))
                .arg(value(
                    "out",
                    "FILE",
                    "The file to write [default: NAME.mcpb]",
                )),
        )
        .subcommand(
            Command::new("server-json")
                .about("Print server.json, by which the MCP registry lists the server")
                .arg(
                    value(
                        "name",
                        "NAME",
                        "The name in the registry, such as io.github.ann/calculator",
                    )
                    .required(true),
                )
                .arg(
                    value("bundle", "FILE", "A bundle that `package mcpb` has written")
                        .requires("bundle-url"),
                )
                .arg(
                    value("bundle-url", "URL", "The URL where the bundle is to be had")
                        .requires("bundle"),
                )
                .arg(
                    value(
                        "url",
                        "URL",
                        "A URL at which the server runs [default: the public URLs]",
                    )
                    .action(ArgAction::Append),
                ),
        )
}

fn client_config() -> Command {
    let keys = client::ALL.iter().map(|client| client.key);
    Command::new("client-config")
        .about("Print the entry of a client's configuration, or of all clients, or write it")
        .arg(
            Arg::new("client")
                .value_name("CLIENT")
                .value_parser(PossibleValuesParser::new(keys))
                .help("The client; all of them without one"),
        )
        .arg(value("name", "NAME", "The name of the entry [default: the server's name]"))
        .arg(
            Arg::new("http")
                .long("http")
                .action(ArgAction::SetTrue)
                .help("The URL at which `http` serves, in place of this program's path"),
        )
        .arg(value("url", "URL", "This URL in place of this program's path"))
        .arg(
            Arg::new("write")
                .long("write")
                .action(ArgAction::SetTrue)
                .requires("client")
                .help("Show the difference, and put the entry into the client's file; everything else in it stays"),
        )
        .arg(value("file", "FILE", "The file to write, in place of the client's own").requires("write"))
}

fn value(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

/// Runs the command.
pub(super) fn run(service: &Service, config: Option<&Path>, matches: &ArgMatches) -> Result<()> {
    match matches.subcommand() {
        Some(("mcpb", matches)) => write_bundle(&subject(service), matches),
        Some(("server-json", matches)) => print_listing(service, matches),
        Some((_, matches)) => configure(service, config, matches),
        None => Ok(()),
    }
}

fn text<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.get_one::<String>(name).map(String::as_str)
}

fn refused(text: impl Into<String>) -> Error {
    Error::command(USAGE, text)
}

fn subject(service: &Service) -> Subject {
    let info = &service.identity.info;
    let instructions = service.identity.instructions.as_deref().unwrap_or_default();
    let first = instructions.lines().next().unwrap_or_default().trim();
    let registry = service.registry.read();
    let tools = registry.tools();
    Subject {
        name: info.name.clone(),
        title: info.title.clone(),
        version: info.version.clone(),
        description: if first.is_empty() {
            format!("The MCP server {}", info.name)
        } else {
            first.to_owned()
        },
        website: info.website_url.clone(),
        tools: tools
            .map(|it| (it.name.clone(), it.description.clone()))
            .collect(),
    }
}

/// Prints the entries, or writes one.
fn configure(service: &Service, config: Option<&Path>, matches: &ArgMatches) -> Result<()> {
    let name = text(matches, "name").unwrap_or(&service.identity.info.name);
    let launch = launch(&service.settings, config, matches)?;
    let here = std::env::current_dir();
    let places = Places::of_process(
        here.map_err(|cause| Error::io("there is no working directory", cause))?,
    );
    let chosen = text(matches, "client").and_then(Client::find);
    match chosen {
        Some(client) if matches.get_flag("write") => {
            let file = text(matches, "file").map(PathBuf::from);
            let file = file.or_else(|| client.file(&places));
            let file = file.ok_or_else(|| {
                refused("the client's file is not known here; name it with --file")
            })?;
            write(client, &file, name, &launch)
        }
        Some(client) => {
            print(client.snippet(name, &launch).map_err(refused)?.trim_end());
            print_note(&hints(client, &places, name, &launch));
            Ok(())
        }
        None => {
            for client in client::ALL {
                let entry = client.snippet(name, &launch).map_err(refused)?;
                let hints = hints(client, &places, name, &launch);
                print(&format!(
                    "# {}\n{hints}\n\n{}\n",
                    client.title,
                    entry.trim_end()
                ));
            }
            Ok(())
        }
    }
}

/// The file of an entry, and the other ways to add it.
fn hints(client: &Client, places: &Places, name: &str, launch: &Launch) -> String {
    let file = client
        .file(places)
        .map(|file| format!("file: {}", file.display()));
    let command = client
        .command(name, launch)
        .map(|it| format!("command: {it}"));
    let link = client.link(name, launch).map(|it| format!("link: {it}"));
    let then = Some(format!("then: {}", client.then));
    let hints = [file, command, link, then];
    hints.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The method of reaching this server: the path of this program, or a URL.
fn launch(settings: &Settings, config: Option<&Path>, matches: &ArgMatches) -> Result<Launch> {
    if let Some(url) = text(matches, "url") {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(refused(format!(
                "{url:?} is no URL; write http:// or https://"
            )));
        }
        return Ok(Launch::Url(url.to_owned()));
    }
    if matches.get_flag("http") {
        return Ok(Launch::Url(urls(settings).swap_remove(0)));
    }
    let path = std::env::current_exe();
    let path = path.map_err(|cause| Error::io("the path of this program is not known", cause))?;
    if path.components().any(|it| it.as_os_str() == "target") {
        print_note(
            "note: this path is that of a build; after `cargo install --path .` the program has one that stays",
        );
    }
    let mut args = Vec::new();
    if let Some(file) = config {
        // A client starts the server in another folder.
        let file = fs::canonicalize(file);
        let file =
            file.map_err(|cause| Error::io("the file of settings cannot be found", cause))?;
        args.extend(["--config".to_owned(), file.display().to_string()]);
    }
    let path = path.display().to_string();
    Ok(Launch::Command { path, args })
}

/// The URLs of the endpoint: the public ones, or that of the address of `http`.
fn urls(settings: &Settings) -> Vec<String> {
    let public: Vec<_> = public(settings).collect();
    if !public.is_empty() {
        return public;
    }
    let bind = super::health::reachable(&settings.bind);
    vec![format!("http://{bind}{PATH}")]
}

fn public(settings: &Settings) -> impl Iterator<Item = String> {
    let urls = settings.public_urls.iter();
    urls.map(|url| format!("{}{PATH}", url.trim_end_matches('/')))
}

/// Shows the difference, and writes the file atomically.
fn write(client: &Client, file: &Path, name: &str, launch: &Launch) -> Result<()> {
    let before = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(cause) => return Err(Error::io("the client's file cannot be read", cause)),
    };
    let shown = file.display();
    let after = client.put(&before, name, launch);
    let after = after.map_err(|why| refused(format!("{shown} stays as it is: {why}")))?;
    if after == before {
        print(&format!("{shown} has the entry `{name}` already"));
        return Ok(());
    }
    print(&format!("{shown}\n{}", diff::lines(&before, &after)));
    replace(file, &after)
        .map_err(|cause| Error::io("the client's file cannot be written", cause))?;
    print_note(&format!("written; {}", client.then));
    Ok(())
}

/// Writes a temporary file, and renames it to the old one; a link stays a link.
fn replace(file: &Path, text: impl AsRef<[u8]>) -> io::Result<()> {
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut beside = file.clone().into_os_string();
    beside.push(format!(".{}.new", std::process::id()));
    let written = fs::write(&beside, text).and_then(|()| {
        if let Ok(metadata) = fs::metadata(&file) {
            fs::set_permissions(&beside, metadata.permissions())?;
        }
        fs::rename(&beside, &file)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Writes a bundle of this program.
fn write_bundle(subject: &Subject, matches: &ArgMatches) -> Result<()> {
    let io = |what| move |cause| Error::io(what, cause);
    let path = std::env::current_exe().map_err(io("the path of this program is not known"))?;
    let bytes = fs::read(&path).map_err(io("this program cannot be read"))?;
    let program = path.file_name().map_or_else(
        || subject.name.clone(),
        |it| it.to_string_lossy().into_owned(),
    );
    let author = text(matches, "author").unwrap_or(&subject.name);
    let manifest = bundle::manifest(subject, author, &program);
    let bundle = bundle::pack(&manifest, &program, &bytes);
    let bundle = bundle.ok_or_else(|| refused("the program is larger than a bundle can be"))?;
    let default = format!("{}.mcpb", subject.name);
    let out = text(matches, "out").unwrap_or(&default);
    replace(Path::new(out), &bundle).map_err(io("the bundle cannot be written"))?;
    print(&format!(
        "{out}: {} bytes, SHA-256 {}",
        bundle.len(),
        sha256_hex(&bundle)
    ));
    if cfg!(debug_assertions) {
        print_note(
            "note: this is a debug build, which is large and slow; `cargo run --release` makes a bundle to give away",
        );
    }
    Ok(())
}

/// Prints `server.json`.
fn print_listing(service: &Service, matches: &ArgMatches) -> Result<()> {
    let name = text(matches, "name").unwrap_or_default();
    let bundle = match (text(matches, "bundle"), text(matches, "bundle-url")) {
        (Some(file), Some(url)) => {
            let bytes = fs::read(file);
            let bytes = bytes.map_err(|cause| Error::io("the bundle cannot be read", cause))?;
            Some((url.to_owned(), sha256_hex(&bytes)))
        }
        _ => None,
    };
    let given = matches.get_many::<String>("url").into_iter().flatten();
    let mut remotes: Vec<_> = given.cloned().collect();
    if remotes.is_empty() {
        remotes.extend(public(&service.settings));
    }
    let listing = listing::describe(&subject(service), name, &Offers { bundle, remotes });
    print(&format!("{:#}", listing.map_err(refused)?));
    Ok(())
}
