//! `call`, `read` and `prompt`: one request of a person, with the rounds in which the server asks.

use std::sync::Arc;

use clap::ArgMatches;
use serde_json::{Map, Value, json};

use super::terminal;
use crate::error::{Error, Result};
use crate::handler::argument::problem::nearest;
use crate::protocol::Version;
use crate::protocol::meta::{CLIENT_CAPABILITIES, PROTOCOL_VERSION};
use crate::registry::{Entry, Listing, Registry};
use crate::server::memory::Connection;
use crate::service::Service;

/// Calls the tool of `matches`; returns its result.
pub(super) async fn tool(service: Arc<Service>, matches: &ArgMatches) -> Result<Value> {
    let name = given(matches);
    let registry = service.registry.read();
    let tool = find(&registry.tools, "tool", name)?;
    let arguments = pairs(matches, |name, text| {
        if is_text(&tool, name) {
            return text.into();
        }
        serde_json::from_str(text).unwrap_or_else(|_| text.into())
    })?;
    let params = json!({ "name": name, "arguments": arguments });
    carry_out(service, "tools/call", params).await
}

/// Reads the resource of `matches`; returns its contents.
pub(super) async fn resource(service: Arc<Service>, matches: &ArgMatches) -> Result<Value> {
    let uri = given(matches);
    let registry = service.registry.read();
    if registry.resource(uri).is_none() && !registry.files.contents.contains_key(uri) {
        return Err(unknown("resource", uri, &uris(&registry)));
    }
    let params = json!({ "uri": uri });
    carry_out(service, "resources/read", params).await
}

/// Gets the prompt of `matches`; returns its messages.
pub(super) async fn prompt(service: Arc<Service>, matches: &ArgMatches) -> Result<Value> {
    let name = given(matches);
    find(&service.registry.read().prompts, "prompt", name)?;
    let arguments = pairs(matches, |_, text| text.into())?;
    let params = json!({ "name": name, "arguments": arguments });
    carry_out(service, "prompts/get", params).await
}

fn given(matches: &ArgMatches) -> &str {
    matches.get_one::<String>("name").map_or("", String::as_str)
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
    Error::usage(format!("there is no {noun} `{name}`; {hint}"))
}

/// `a=1 b=two` as arguments, each value read by `value`.
fn pairs(matches: &ArgMatches, value: impl Fn(&str, &str) -> Value) -> Result<Map<String, Value>> {
    let pairs = matches
        .get_many::<String>("arguments")
        .into_iter()
        .flatten();
    let pair = |pair: &String| match pair.split_once('=') {
        Some((name, text)) => Ok((name.to_owned(), value(name, text))),
        None => Err(Error::usage(format!(
            "`{pair}` is not an argument: write NAME=VALUE"
        ))),
    };
    pairs.map(pair).collect()
}

fn is_text(tool: &Entry, name: &str) -> bool {
    let schema = tool.argument(name);
    schema.is_some_and(|schema| schema.get("type").is_some_and(|kind| kind == "string"))
}

/// Sends a request, responds to the server's input requests, and returns the result.
async fn carry_out(service: Arc<Service>, method: &str, mut params: Value) -> Result<Value> {
    params["_meta"] = json!({
        PROTOCOL_VERSION: Version::LATEST.as_str(),
        CLIENT_CAPABILITIES: { "elicitation": { "form": {}, "url": {} } },
    });
    let mut connection = Connection::open(service);
    loop {
        let result = round(&mut connection, method, &params).await?;
        if result["resultType"] != "input_required" {
            return Ok(result);
        }
        let requests = result["inputRequests"].clone();
        let answers = tokio::task::spawn_blocking(move || terminal::answer(&requests)).await;
        let answers = answers.map_err(|error| Error::usage(error.to_string()))??;
        params["inputResponses"] = answers.into();
        params["requestState"] = result["requestState"].clone();
    }
}

/// Sends a request; the result of this round.
async fn round(connection: &mut Connection, method: &str, params: &Value) -> Result<Value> {
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    connection.send(request.to_string()).await;
    while let Some(line) = connection.receive().await {
        let mut message: Value = serde_json::from_str(&line).unwrap_or_default();
        if message.get("id").is_none() {
            continue;
        }
        if let Some(error) = message.get("error") {
            let text = error["message"].as_str();
            return Err(Error::usage(text.unwrap_or("the request was refused")));
        }
        return Ok(message["result"].take());
    }
    Err(Error::usage("the server ended without an answer"))
}
