//! `completion/complete`: completions for an argument of a prompt, or for a variable of a resource template.
//!
//! `ref/prompt` names a prompt, `ref/resource` the URI of a template or of a resource. A parameter with `complete =
//! ..` is completed by its function, whose first poll is on the blocking pool, within 5 s; one whose schema has an
//! `enum` by the values with the typed prefix, ignoring case; any other has no completions. An error of the function
//! is logged, and the client gets -32603 without its text, since it is of no use to users.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use super::Service;
use super::watch::check_size;
use crate::answer::{Answer, members};
use crate::excerpt::Excerpt;
use crate::excerpt::excerpt;
use crate::handler::call::blocking::off_thread;
use crate::handler::spec::kind::event;
use crate::handler::{Completion, Context};
use crate::policy::Outcome;
use crate::protocol::{Members, RpcError};
use crate::registry::Entry;

/// The maximum number of completions in one result, by the schema.
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Reference {
    #[serde(rename = "ref/prompt")]
    Prompt { name: String },
    #[serde(rename = "ref/resource")]
    Resource { uri: String },
}

#[derive(Deserialize)]
struct Argument {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
struct Known {
    #[serde(default)]
    arguments: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Completions {
    values: Vec<String>,
    total: usize,
    has_more: bool,
}

impl Service {
    pub(super) async fn complete(
        &self,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let entry = self.referred(
            read(
                params,
                "ref",
                r#"{"type":"ref/prompt","name":..} or {"type":"ref/resource","uri":..}"#,
            )?,
            cx,
        )?;
        entry.policies().check_completion(entry.item(), cx)?;
        let Argument { name, value } = read(
            params,
            "argument",
            "an object with the strings `name` and `value`",
        )?;
        let known: Known = match params.and_then(|params| params.get("context")) {
            None | Some(b"null") => Known::default(),
            Some(_) => read(
                params,
                "context",
                r#"{"arguments":{..}} with strings as values"#,
            )?,
        };
        let Some(schema) = entry.argument(&name) else {
            return Err(RpcError::invalid_params(format!(
                "{} has no argument `{}`",
                entry.item(),
                excerpt(&name)
            )));
        };
        let completions =
            match entry.complete(&name, cx, Completion::new(value.clone(), known.arguments)) {
                Some(completions) => self.completed(&entry, completions).await?,
                None => enumerated(schema, &value),
            };
        Ok(answer(completions))
    }

    /// Returns the entry of a reference.
    fn referred(&self, reference: Reference, cx: &Context) -> Result<Arc<Entry>, RpcError> {
        let registry = self.registry.read();
        match reference {
            Reference::Prompt { name } => registry
                .prompts
                .get(&name)
                .cloned()
                .ok_or_else(|| RpcError::unknown("prompt", &name)),
            Reference::Resource { uri } => {
                check_size(&uri)?;
                let template = registry.templates.get(&uri);
                let found = template.or_else(|| registry.resource(&uri).map(|(entry, _)| entry));
                let shown =
                    found.filter(|entry| entry.policies().access.shows_itself_to(cx.principal()));
                shown.cloned().ok_or_else(|| {
                    RpcError::invalid_params("there is no such resource or template").at(&uri)
                })
            }
        }
    }

    async fn completed(
        &self,
        entry: &Entry,
        completions: crate::registry::Completions,
    ) -> Result<Vec<String>, RpcError> {
        let begun = Instant::now();
        let failed = |text: String| {
            event!(warn, entry.item(), { error = Excerpt::line(text).to_string(), took = ?begun.elapsed(), }, "could not be completed");
            RpcError::internal(format!("the completion of {} failed", entry.item()))
        };
        let limit = self.settings.completion_timeout;
        match tokio::time::timeout(limit, off_thread(completions)).await {
            Ok(Ok(Ok(completions))) => Ok(completions),
            Ok(Ok(Err(error))) => Err(failed(error.detail())),
            Ok(Err(_)) => Err(failed(Outcome::Panic.as_str().to_owned())),
            Err(_) => Err(failed(Outcome::Timeout.as_str().to_owned())),
        }
    }
}

/// The values allowed by a schema that begin with `typed`.
///
/// Compared in lower case; a value that is not a string is compared as its JSON.
fn enumerated(schema: &Value, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    let allowed = schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let texts = allowed.map(|value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    });
    texts
        .filter(|text| text.to_lowercase().starts_with(&typed))
        .collect()
}

fn answer(mut values: Vec<String>) -> Answer {
    let total = values.len();
    values.truncate(MOST);
    let completion = Completions {
        values,
        total,
        has_more: total > MOST,
    };
    Answer::Members(members(&BTreeMap::from([("completion", completion)])))
}

fn read<'p, T: Deserialize<'p>>(
    params: Option<&'p Members>,
    name: &str,
    shape: &str,
) -> Result<T, RpcError> {
    match params.and_then(|params| params.decode::<T>(name)) {
        Some(Ok(value)) => Ok(value),
        Some(Err(_)) => Err(RpcError::invalid_params(format!(
            "`{name}` must be {shape}"
        ))),
        None => Err(RpcError::invalid_params(format!("`{name}` is missing"))),
    }
}
