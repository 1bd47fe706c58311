//! `sampling/createMessage`: a request to the client's model, and its response.
//!
//! [MCP 2026-07-28, sampling](https://modelcontextprotocol.io/specification/2026-07-28/client/sampling).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::protocol::capabilities::Capability;
use crate::protocol::content::{Content, Media, Role, Text};

/// The default of `max_tokens`.
const MAX_TOKENS: u32 = 1024;

/// A request to the client's model, for [`Context::sample`](crate::Context::sample).
///
/// ```
/// use mcp_runtime::Sample;
/// let sample = Sample::new("What is the capital of France?").system_prompt("Answer in one word.").max_tokens(10);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    messages: Vec<SampleMessage>,
    max_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop_sequences: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_preferences: Option<ModelPreferences>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_context: Option<IncludeContext>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<SampleTool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<ToolChoice>,
}

/// One message of the conversation that the model continues.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct SampleMessage {
    role: Role,
    #[serde(serialize_with = "one_or_many")]
    content: Vec<SampleContent>,
}

/// One block of a message to or from the client's model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SampleContent {
    /// Text.
    Text(Text),
    /// A picture.
    Image(Media),
    /// Sound.
    Audio(Media),
    /// A tool call that the model requests.
    ToolUse(ToolUse),
    /// The result of that tool.
    ToolResult(ToolUseResult),
}

/// A tool call that the model requests, of one of [`Sample::tool`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolUse {
    /// The id that the result refers to.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The arguments.
    pub input: Map<String, Value>,
}

/// The result of a tool call that the model requested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ToolUseResult {
    /// The id of its [`ToolUse`].
    pub tool_use_id: String,
    /// The content of the result.
    pub content: Vec<Content>,
    /// The same as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub structured_content: Option<Value>,
    /// `true` if the call failed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_error: bool,
}

/// A tool that the client's model may call; the server runs it, and samples again with the result.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct SampleTool {
    name: String,
    description: String,
    input_schema: Value,
}

/// The model's choice of tools: it may, must or must not use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "mode", rename_all = "lowercase")]
#[non_exhaustive]
pub enum ToolChoice {
    /// The model decides.
    Auto,
    /// At least one tool.
    Required,
    /// No tools.
    None,
}

/// The part of its own context that the client should add. Deprecated by the specification, except for `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum IncludeContext {
    /// Nothing.
    None,
    /// The context of this server.
    ThisServer,
    /// The context of all servers of the client.
    AllServers,
}

/// Preferences for a model: hints in order of preference, and priorities from 0 to 1. The client decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelPreferences {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<Hint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed_priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intelligence_priority: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Hint {
    name: String,
}

impl ModelPreferences {
    /// Creates preferences without hints or priorities.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part of a model's name, less preferred than those before.
    #[must_use]
    pub fn hint(mut self, name: impl Into<String>) -> Self {
        self.hints.push(Hint { name: name.into() });
        self
    }

    /// Sets the priority of a low price, from 0 to 1.
    #[must_use]
    pub fn cost(mut self, priority: f64) -> Self {
        self.cost_priority = share(priority);
        self
    }

    /// Sets the priority of speed, from 0 to 1.
    #[must_use]
    pub fn speed(mut self, priority: f64) -> Self {
        self.speed_priority = share(priority);
        self
    }

    /// Sets the priority of capability, from 0 to 1.
    #[must_use]
    pub fn intelligence(mut self, priority: f64) -> Self {
        self.intelligence_priority = share(priority);
        self
    }
}

/// A number from 0 to 1; `None` if it is not a number.
fn share(priority: f64) -> Option<f64> {
    (!priority.is_nan()).then(|| priority.clamp(0.0, 1.0))
}

impl Sample {
    /// Creates a conversation that begins with this message of the user; at most 1024 tokens.
    pub fn new(prompt: impl Into<SampleContent>) -> Self {
        let empty = Self {
            messages: Vec::new(),
            max_tokens: MAX_TOKENS,
            system_prompt: None,
            temperature: None,
            stop_sequences: Vec::new(),
            model_preferences: None,
            include_context: None,
            metadata: Map::new(),
            tools: Vec::new(),
            tool_choice: None,
        };
        empty.user([prompt])
    }

    /// Adds a message of the user; the blocks of a message with tool results must all be tool results.
    #[must_use]
    pub fn user(self, content: impl IntoIterator<Item = impl Into<SampleContent>>) -> Self {
        self.message(Role::User, content.into_iter().map(Into::into).collect())
    }

    /// Adds a message of the model, such as [`Sampled::content`] of the sample before.
    #[must_use]
    pub fn assistant(self, content: impl IntoIterator<Item = impl Into<SampleContent>>) -> Self {
        self.message(
            Role::Assistant,
            content.into_iter().map(Into::into).collect(),
        )
    }

    fn message(mut self, role: Role, content: Vec<SampleContent>) -> Self {
        self.messages.push(SampleMessage { role, content });
        self
    }

    /// Sets the maximum number of tokens of the response. Default: 1024.
    #[must_use]
    pub fn max_tokens(mut self, most: u32) -> Self {
        self.max_tokens = most;
        self
    }

    /// Sets the system prompt; the client may change it.
    #[must_use]
    pub fn system_prompt(mut self, text: impl Into<String>) -> Self {
        self.system_prompt = Some(text.into());
        self
    }

    /// Sets the sampling temperature; a number that is not finite is ignored.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature).filter(|temperature| temperature.is_finite());
        self
    }

    /// Adds a text at which the model stops.
    #[must_use]
    pub fn stop_sequence(mut self, text: impl Into<String>) -> Self {
        self.stop_sequences.push(text.into());
        self
    }

    /// Sets the preferences for a model.
    #[must_use]
    pub fn model_preferences(mut self, preferences: ModelPreferences) -> Self {
        self.model_preferences = Some(preferences);
        self
    }

    /// Sets the part of its own context that the client should add; anything but `None` needs `sampling.context`.
    #[must_use]
    pub fn include_context(mut self, context: IncludeContext) -> Self {
        self.include_context = Some(context);
        self
    }

    /// Adds a member to `metadata`, which is between this server and a provider that it knows.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Adds a tool that the model may call; needs a client with `sampling.tools`.
    #[must_use]
    pub fn tool(
        mut self,
        name: impl Into<String>,
        description: impl Into<String>,
        input_schema: impl Into<Value>,
    ) -> Self {
        let (name, description, input_schema) =
            (name.into(), description.into(), input_schema.into());
        self.tools.push(SampleTool {
            name,
            description,
            input_schema,
        });
        self
    }

    /// Sets the model's choice of tools; needs a client with `sampling.tools`.
    #[must_use]
    pub fn tool_choice(mut self, choice: ToolChoice) -> Self {
        self.tool_choice = Some(choice);
        self
    }

    /// Returns the capabilities that the client must have declared.
    pub(super) fn needs(&self) -> Vec<Capability> {
        let tools = !self.tools.is_empty() || self.tool_choice.is_some();
        let context = self
            .include_context
            .is_some_and(|context| context != IncludeContext::None);
        let needs = [
            (!tools && !context).then_some(Capability::Sampling),
            tools.then_some(Capability::SamplingTools),
            context.then_some(Capability::SamplingContext),
        ];
        needs.into_iter().flatten().collect()
    }
}

impl ToolUseResult {
    /// Creates the result of the call `of`.
    pub fn new(of: &ToolUse, content: impl Into<Content>) -> Self {
        Self {
            tool_use_id: of.id.clone(),
            content: vec![content.into()],
            structured_content: None,
            is_error: false,
        }
    }

    /// Marks the result as that of a failed call.
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.is_error = true;
        self
    }
}

impl From<&str> for SampleContent {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for SampleContent {
    fn from(text: String) -> Self {
        Self::Text(Text {
            text,
            ..Text::default()
        })
    }
}

impl From<ToolUseResult> for SampleContent {
    fn from(result: ToolUseResult) -> Self {
        Self::ToolResult(result)
    }
}

impl SampleContent {
    /// Creates an image block, and encodes the bytes.
    pub fn image(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self::Image(Media::encoded(bytes, mime_type))
    }

    /// Creates an audio block, and encodes the bytes.
    pub fn audio(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self::Audio(Media::encoded(bytes, mime_type))
    }
}

/// The response of the client's model.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Sampled {
    /// The role of the speaker, usually the model.
    pub role: Role,
    /// The content of the response.
    #[serde(deserialize_with = "read_one_or_many")]
    pub content: Vec<SampleContent>,
    /// The model that was used.
    pub model: String,
    /// The reason why it stopped: `endTurn`, `stopSequence`, `maxTokens`, `toolUse` or a value of the provider's.
    #[serde(default)]
    pub stop_reason: Option<String>,
}

impl Sampled {
    /// Returns the texts, joined by newlines.
    pub fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|block| match block {
            SampleContent::Text(block) => Some(block.text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    /// Returns the tool calls that the model requests.
    pub fn tool_uses(&self) -> impl Iterator<Item = &ToolUse> {
        self.content.iter().filter_map(|block| match block {
            SampleContent::ToolUse(call) => Some(call),
            _ => None,
        })
    }
}

/// A single block is not an array, as in every revision; several are an array.
fn one_or_many<S: Serializer>(content: &[SampleContent], serializer: S) -> Result<S::Ok, S::Error> {
    match content {
        [only] => only.serialize(serializer),
        many => many.serialize(serializer),
    }
}

fn read_one_or_many<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<SampleContent>, D::Error> {
    let raw = <Box<RawValue>>::deserialize(deserializer)?;
    let read = match raw.get().as_bytes().first() {
        Some(b'[') => serde_json::from_str(raw.get()),
        _ => serde_json::from_str(raw.get()).map(|only| vec![only]),
    };
    read.map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_sample_is_serialized_with_its_settings() {
        let sample = Sample::new("Capital of France?")
            .max_tokens(100)
            .model_preferences(ModelPreferences::new().hint("small").cost(2.0));
        let expected = json!({
            "messages": [{"role": "user", "content": {"type": "text", "text": "Capital of France?"}}],
            "maxTokens": 100,
            "modelPreferences": {"hints": [{"name": "small"}], "costPriority": 1.0},
        });
        assert_eq!(serde_json::to_value(&sample).unwrap(), expected);
        assert_eq!(sample.needs(), [Capability::Sampling]);
    }

    #[test]
    fn tools_and_context_need_more_of_the_client() {
        let sample = Sample::new("?")
            .tool("look", "Looks.", json!({"type": "object"}))
            .tool_choice(ToolChoice::Auto);
        assert_eq!(sample.needs(), [Capability::SamplingTools]);
        assert_eq!(
            serde_json::to_value(&sample).unwrap()["toolChoice"],
            json!({"mode": "auto"})
        );
        assert_eq!(
            Sample::new("?")
                .include_context(IncludeContext::None)
                .needs(),
            [Capability::Sampling]
        );
        let context = Sample::new("?").include_context(IncludeContext::ThisServer);
        assert_eq!(context.needs(), [Capability::SamplingContext]);
    }

    #[test]
    fn a_result_has_one_block_or_many() {
        let read = |content: Value| {
            let result = json!({"role": "assistant", "model": "m", "content": content});
            serde_json::from_str::<Sampled>(&result.to_string())
        };
        assert_eq!(
            read(json!({"type": "text", "text": "Paris"}))
                .unwrap()
                .text(),
            "Paris"
        );
        let call = json!({"type": "tool_use", "id": "1", "name": "look", "input": {}});
        let many = read(json!([{"type": "text", "text": "a"}, call])).unwrap();
        assert_eq!((many.text().as_str(), many.tool_uses().count()), ("a", 1));
        assert!(read(json!("Paris")).is_err());
    }
}
