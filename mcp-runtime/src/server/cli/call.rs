//! `call`, `read` and `prompt`: one request of a person, including its rounds of input requests.

use std::sync::Arc;

use clap::ArgMatches;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::exit::{self, USAGE};
use super::request::{Params, answers, send};
use super::{arguments, task};
use crate::error::{Error, Result};
use crate::handler::argument::problem::nearest;
use crate::handler::spec::TaskSupport;
use crate::registry::{Entry, Listing, Registry};
use crate::server::memory::Connection;
use crate::service::Service;

/// The result of a call, as it was sent.
#[derive(Debug)]
pub(super) struct Called {
    /// The result as JSON.
    pub raw: Box<RawValue>,
    /// The exit code of a result that is a tool's error.
    pub code: u8,
}

/// Calls the tool of `matches`; returns its result.
pub(super) async fn tool(service: Arc<Service>, matches: &ArgMatches) -> Result<Called> {
    let name = given(matches)?;
    let tool = declared_tool(&service, name)?;
    let arguments = arguments::read(words(matches), |name| tool.argument(name).cloned())?;
    let params = Params {
        name: Some(name),
        arguments: Some(&arguments),
        ..Params::new(tool.spec.task == Some(TaskSupport::Required))
    };
    run_call(service, Some(tool), "tools/call", params).await
}

/// Reads the resource of `matches`; returns its contents.
pub(super) async fn resource(service: Arc<Service>, matches: &ArgMatches) -> Result<Called> {
    let uri = given(matches)?;
    let registry = service.registry.read();
    let entry = registry.resource(uri).map(|(entry, _)| Arc::clone(entry));
    if entry.is_none() && !registry.files.contents.contains_key(uri) {
        return Err(unknown("resource", uri, &uris(&registry)));
    }
    let params = Params {
        uri: Some(uri),
        ..Params::new(false)
    };
    run_call(service, entry, "resources/read", params).await
}

/// Gets the prompt of `matches`; returns its messages.
pub(super) async fn prompt(service: Arc<Service>, matches: &ArgMatches) -> Result<Called> {
    let name = given(matches)?;
    let prompt = find(&service.registry.read().prompts, "prompt", name)?;
    let text = || Some(json!({ "type": "string" }));
    let arguments = arguments::read(words(matches), |_| text())?;
    let params = Params {
        name: Some(name),
        arguments: Some(&arguments),
        ..Params::new(false)
    };
    run_call(service, Some(prompt), "prompts/get", params).await
}

/// Finds a tool by its name.
pub(super) fn declared_tool(service: &Service, name: &str) -> Result<Arc<Entry>> {
    find(&service.registry.read().tools, "tool", name)
}

fn given(matches: &ArgMatches) -> Result<&str> {
    let name = matches.get_one::<String>("name").map(String::as_str);
    name.ok_or_else(|| Error::command(USAGE, "a name is missing; `--help` shows the form"))
}

fn words(matches: &ArgMatches) -> impl Iterator<Item = &String> {
    let words = matches.get_many::<String>("arguments");
    words.into_iter().flatten()
}

fn find(listing: &Listing, noun: &str, name: &str) -> Result<Arc<Entry>> {
    let known = || listing.entries().iter().map(|entry| entry.name.as_str());
    listing
        .get(name)
        .cloned()
        .ok_or_else(|| unknown(noun, name, &known().collect::<Vec<_>>()))
}

fn uris(registry: &Registry) -> Vec<&str> {
    let entries = registry.resources.entries().iter();
    let entries = entries
        .chain(registry.templates.entries())
        .map(|entry| entry.uri());
    let files = registry.files.contents.keys().map(String::as_str);
    let mut uris: Vec<_> = entries.chain(files).collect();
    uris.sort_unstable();
    uris
}

fn unknown(noun: &str, name: &str, known: &[&str]) -> Error {
    let hint = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("this server has no {noun}s"),
        None => format!("the {noun}s are {}", known.join(", ")),
    };
    Error::command(USAGE, format!("there is no {noun} `{name}`; {hint}"))
}

/// The members of a result that requires another round.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Round {
    result_type: Option<String>,
    is_error: bool,
    input_requests: Value,
    request_state: Value,
}

/// Sends a request, responds to the server's input requests, and returns the result.
async fn run_call(
    service: Arc<Service>,
    entry: Option<Arc<Entry>>,
    method: &str,
    mut params: Params<'_>,
) -> Result<Called> {
    let outcome = || {
        entry
            .as_ref()
            .and_then(|entry| entry.metrics.only_outcome())
    };
    let mut connection = Connection::open(service);
    loop {
        let answered = send(&mut connection, method, &params).await?;
        let raw = match task::followed(&mut connection, answered).await? {
            Ok(raw) => raw,
            Err(error) => {
                let text = error["message"]
                    .as_str()
                    .unwrap_or("the request was refused");
                let code = exit::of(outcome(), error["code"].as_i64());
                return Err(Error::command(code, text));
            }
        };
        let round: Round = serde_json::from_str(raw.get()).unwrap_or_default();
        if round.result_type.as_deref() != Some("input_required") {
            let code = if round.is_error {
                exit::of(outcome(), None)
            } else {
                0
            };
            return Ok(Called { raw, code });
        }
        params.input_responses = Some(answers(round.input_requests).await?);
        params.request_state = Some(round.request_state);
    }
}
