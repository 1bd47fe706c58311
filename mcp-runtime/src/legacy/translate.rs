//! Input requests in the form of older revisions.
//!
//! - 2025-11-25 requires an id for a URL.
//! - Before it there are no URLs, no modes, no samples with tools, and one block in a message; a form has defaults for
//!   booleans only, writes titles as `enumNames`, and has no multiple choice.
//! - 2025-03-26 has no elicitation at all.
//!
//! A request is built in its modern form, and translated here for the revision of the session. A request that the
//! revision cannot express is refused before it is sent, and the error names the missing capability; it is never sent
//! in a weaker form, which would be another request.

use serde_json::{Map, Value};

use crate::protocol::{Capability, InputRequest, Version};
use crate::random;

/// Translates `request` to `version`; `None` if it cannot be expressed.
pub(crate) fn translate(mut request: InputRequest, version: Version) -> Option<InputRequest> {
    let needs = |capability| request.needs.contains(&capability);
    let (form, url) = (
        needs(Capability::Elicitation),
        needs(Capability::ElicitationUrl),
    );
    if version >= Version::V2025_11_25 {
        if url {
            request.params["elicitationId"] = new_id().into();
        }
        return Some(request);
    }
    if url || needs(Capability::SamplingTools) || form && version < Version::V2025_06_18 {
        return None;
    }
    let params = request.params.as_object_mut()?;
    params.shift_remove("mode");
    if let Some(properties) = params
        .get_mut("requestedSchema")
        .and_then(|form| form["properties"].as_object_mut())
    {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            simplify(property)?;
        }
    }
    if let Some(messages) = params.get_mut("messages").and_then(Value::as_array_mut) {
        *messages = messages.drain(..).flat_map(split).collect();
    }
    Some(request)
}

/// Reduces a property to the form of 2025-06-18; `None` if that has no such property.
fn simplify(property: &mut Map<String, Value>) -> Option<()> {
    let kind = property
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if kind == "array" {
        return None;
    }
    if kind != "boolean" {
        property.shift_remove("default");
    }
    if let Some(Value::Array(choices)) = property.shift_remove("oneOf") {
        let all = |name: &str| -> Value {
            choices
                .iter()
                .filter_map(|choice| choice.get(name).cloned())
                .collect()
        };
        property.insert("enum".to_owned(), all("const"));
        property.insert("enumNames".to_owned(), all("title"));
    }
    Some(())
}

/// Splits a message of several blocks into several messages.
fn split(message: Value) -> Vec<Value> {
    match message.get("content") {
        Some(Value::Array(blocks)) => {
            let one =
                |block: &Value| serde_json::json!({ "role": message["role"], "content": block });
            blocks.iter().map(one).collect()
        }
        _ => vec![message],
    }
}

/// Returns the id of a URL that the user opens; it is never referred to again, and only has to be unique.
fn new_id() -> String {
    let mut bytes = [0; 16];
    // Without a random source all ids are equal, which matters only to a client that shows two requests at a time.
    let _ = random::fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::input::sampling::Sample;
    use serde_json::json;

    fn form(property: &Value) -> InputRequest {
        InputRequest::form(
            "?",
            json!({ "type": "object", "properties": { "it": property } }),
        )
    }

    fn translated(property: &Value, version: Version) -> Option<Value> {
        let request = translate(form(property), version)?;
        Some(request.params["requestedSchema"]["properties"]["it"].clone())
    }

    #[test]
    fn a_form_of_2025_06_18_lacks_defaults_and_titles() {
        let old = |property: &Value| translated(property, Version::V2025_06_18);
        assert_eq!(
            old(&json!({"type": "string", "default": "a"})),
            Some(json!({"type": "string"}))
        );
        let switch = json!({"type": "boolean", "default": true});
        assert_eq!(old(&switch), Some(switch));
        let titled = json!({"type": "string", "oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]});
        let names = json!({"type": "string", "enum": ["a", "b"], "enumNames": ["A", "B"]});
        assert_eq!(old(&titled), Some(names));
        assert_eq!(translated(&titled, Version::V2025_11_25), Some(titled));
        assert_eq!(
            old(&json!({"type": "array", "items": {"type": "string", "enum": ["a"]}})),
            None
        );
        assert!(
            !translate(form(&json!({})), Version::V2025_06_18)
                .unwrap()
                .params
                .as_object()
                .unwrap()
                .contains_key("mode")
        );
    }

    #[test]
    fn a_request_that_a_revision_lacks_is_not_sent() {
        assert!(translate(form(&json!({})), Version::V2025_03_26).is_none());
        let url = || InputRequest::url("?", "https://example.com");
        assert!(translate(url(), Version::V2025_06_18).is_none());
        let newer = translate(url(), Version::V2025_11_25).unwrap();
        assert_eq!(
            newer.params["elicitationId"].as_str().map(str::len),
            Some(32)
        );
        let tools = InputRequest::sample(&Sample::new("?").tool("look", "Looks.", json!({})));
        assert!(translate(tools, Version::V2025_06_18).is_none());
        assert!(translate(InputRequest::roots(), Version::V2025_03_26).is_some());
    }

    #[test]
    fn a_message_of_several_blocks_becomes_several_messages() {
        let sample = InputRequest::sample(&Sample::new("a").user(["b", "c"]));
        let old = translate(sample, Version::V2025_06_18).unwrap();
        let texts: Vec<_> = old.params["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["content"]["text"])
            .collect();
        assert_eq!(texts, ["a", "b", "c"]);
    }
}
