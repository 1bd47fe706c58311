//! `server/discover`: the revisions, the capabilities and the instructions.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Service;
use crate::answer::{Answer, members};
use crate::protocol::{Method, Version, extension};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Discover<'a> {
    supported_versions: [&'static str; Version::ALL.len()],
    capabilities: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<&'a str>,
    ttl_ms: u64,
    cache_scope: &'static str,
}

impl Service {
    pub(super) fn discover(&self) -> Answer {
        Answer::Members(members(&Discover {
            supported_versions: Version::ALL.map(Version::as_str),
            capabilities: self.capabilities(),
            instructions: self.identity.instructions.as_deref(),
            ttl_ms: 0,
            cache_scope: "private",
        }))
    }

    /// Returns the server's capabilities, the same in every revision.
    pub(crate) fn capabilities(&self) -> Value {
        let mut capabilities = json!({ "logging": {} });
        if self.offers(&Method::ToolsList) {
            capabilities["tools"] = json!({ "listChanged": true });
        }
        if self.offers(&Method::ResourcesList) {
            capabilities["resources"] = json!({ "subscribe": true, "listChanged": true });
        }
        if self.offers(&Method::PromptsList) {
            capabilities["prompts"] = json!({ "listChanged": true });
        }
        if self.offers(&Method::CompletionComplete) {
            capabilities["completions"] = json!({});
        }
        let extensions = self.extensions();
        if !extensions.is_empty() {
            capabilities["extensions"] = extensions.into();
        }
        capabilities
    }

    /// The extensions that the server supports, with their settings.
    fn extensions(&self) -> Map<String, Value> {
        let mut extensions = Map::new();
        if self.offers(&Method::SkillsList) {
            extensions.insert(
                extension::SKILLS.to_owned(),
                json!({ "directoryRead": true }),
            );
        }
        if self.offers(&Method::TasksGet) {
            extensions.insert(extension::TASKS.to_owned(), json!({}));
        }
        if self.registry.read().viewed().next().is_some() {
            extensions.insert(extension::UI.to_owned(), json!({}));
        }
        extensions
    }

    /// Returns `true` if the server supports a method of the modern revision. A server without declarations has tools;
    /// one whose program has [`Items`](crate::Items) supports everything that may be added.
    pub(crate) fn offers(&self, method: &Method) -> bool {
        let registry = self.registry.read();
        let is_open = registry.is_open;
        let declared = !registry.resources.is_empty() || !registry.templates.is_empty();
        let (resources, prompts) = (
            is_open || declared || !registry.files.is_empty(),
            is_open || !registry.prompts.is_empty(),
        );
        match method {
            Method::ServerDiscover | Method::SubscriptionsListen => true,
            Method::ToolsList | Method::ToolsCall => {
                is_open || !registry.tools.is_empty() || !(resources || prompts)
            }
            Method::ResourcesList | Method::ResourcesTemplatesList | Method::ResourcesRead => {
                resources
            }
            Method::ResourcesDirectoryRead | Method::SkillsList | Method::SkillsGet => {
                !registry.skills.is_empty()
            }
            Method::PromptsList | Method::PromptsGet => prompts,
            Method::TasksGet | Method::TasksUpdate | Method::TasksCancel => {
                let mut tools = registry.tools.entries().iter();
                is_open || tools.any(|tool| tool.spec.task.is_some())
            }
            Method::CompletionComplete => prompts || !registry.templates.is_empty(),
            _ => false,
        }
    }
}
