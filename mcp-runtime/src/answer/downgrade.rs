//! Removes from responses everything that older revisions do not define; nothing else removes anything.
//!
//! The matrix is that of the specification's changelogs from 2024-11-05 to 2026-07-28.

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::protocol::{
    Annotations, Content, Implementation, Prompt, Resource, RpcError, Tool, ToolResult, Version,
    extension, prompt, resource,
};
use crate::registry::Descriptor;

/// The HTTP status of an error: older revisions answer an unknown method with 200, and know 404 as an ended session.
pub(crate) fn status(error: &RpcError, version: Version) -> u16 {
    if version.is_legacy() && error.code == RpcError::METHOD_NOT_FOUND {
        200
    } else {
        error.http_status()
    }
}

/// An error with the code that `version` has for it.
pub(crate) fn error(mut error: RpcError, version: Version) -> RpcError {
    if let Some(code) = error.legacy_code.filter(|_| version.is_legacy()) {
        error.code = code;
    }
    error
}

/// A tool, a resource or a prompt as `version` describes it.
pub(crate) fn descriptor(descriptor: Descriptor, version: Version) -> Descriptor {
    match descriptor {
        it if !version.is_legacy() => it,
        Descriptor::Tool(it) => Descriptor::Tool(tool(it, version)),
        Descriptor::Resource(it) => Descriptor::Resource(resource(it, version)),
        Descriptor::Prompt(it) => Descriptor::Prompt(prompt(it, version)),
    }
}

fn resource(mut resource: resource::Descriptor, version: Version) -> resource::Descriptor {
    if version < Version::V2025_11_25 {
        resource.icons.clear();
    }
    if version < Version::V2025_06_18 {
        resource.title = None;
        resource.meta = None;
        without_last_modified(resource.annotations.as_mut());
    }
    resource
}

fn prompt(mut prompt: prompt::Descriptor, version: Version) -> prompt::Descriptor {
    if version < Version::V2025_11_25 {
        prompt.icons.clear();
    }
    if version < Version::V2025_06_18 {
        prompt.title = None;
        prompt.meta = None;
        prompt
            .arguments
            .iter_mut()
            .for_each(|argument| argument.title = None);
    }
    prompt
}

fn tool(mut tool: Tool, version: Version) -> Tool {
    if version < Version::V2025_11_25 {
        tool.icons.clear();
    }
    if version < Version::V2025_06_18 {
        if let Some(title) = tool.title.take() {
            tool.annotations.get_or_insert_default().title = Some(title);
        }
        tool.output_schema = None;
        tool.meta = None;
    }
    if version < Version::V2025_03_26 {
        tool.annotations = None;
    }
    tool.output_schema = tool.output_schema.map(|schema| {
        if has_object_root(&schema) {
            schema
        } else {
            wrapped_schema(&schema)
        }
    });
    tool
}

/// A result as `version` understands it.
pub(crate) fn result(result: &mut ToolResult, version: Version) {
    result.structured = match result.structured.take() {
        _ if version < Version::V2025_06_18 => None,
        Some(json) if result.is_wrapped || !is_object(&json) => Some(wrapped(&json)),
        structured => structured,
    };
    if version < Version::V2025_06_18 {
        result.content.iter_mut().for_each(as_before_links);
    }
    if version < Version::V2025_03_26 {
        result.content.iter_mut().for_each(as_before_audio);
    }
    if version < Version::V2025_11_25 {
        result.content.iter_mut().for_each(without_icons);
    }
}

/// Messages as `version` understands them.
pub(crate) fn messages(prompt: &mut Prompt, version: Version) {
    for message in &mut prompt.messages {
        if version < Version::V2025_11_25 {
            without_icons(&mut message.content);
        }
        if version < Version::V2025_06_18 {
            as_before_links(&mut message.content);
        }
        if version < Version::V2025_03_26 {
            as_before_audio(&mut message.content);
        }
    }
}

fn without_icons(block: &mut Content) {
    if let Content::ResourceLink(link) = block {
        link.icons.clear();
    }
}

/// The server's capabilities as `version` knows them: of the extensions, only views are defined before 2026-07-28, and
/// 2024-11-05 has `completion/complete` without a capability for it.
pub(crate) fn capabilities(mut capabilities: Value, version: Version) -> Value {
    if let (true, Some(all)) = (version < Version::V2025_03_26, capabilities.as_object_mut()) {
        all.remove("completions");
    }
    let Some(extensions) = capabilities
        .get_mut("extensions")
        .and_then(Value::as_object_mut)
    else {
        return capabilities;
    };
    match version {
        Version::V2026_07_28 => {}
        Version::V2025_11_25 => extensions.retain(|id, _| id == extension::UI),
        Version::V2025_06_18 | Version::V2025_03_26 | Version::V2024_11_05 => extensions.clear(),
    }
    if let (true, Some(all)) = (extensions.is_empty(), capabilities.as_object_mut()) {
        all.remove("extensions");
    }
    capabilities
}

/// The contents of a resource as `version` understands them.
pub(crate) fn contents(contents: &mut [Resource], version: Version) {
    if version < Version::V2025_06_18 {
        for one in contents {
            one.meta = None;
        }
    }
}

/// The server's name as `version` writes it.
pub(crate) fn implementation(mut info: Implementation, version: Version) -> Implementation {
    if version < Version::V2025_11_25 {
        info.description = None;
        info.website_url = None;
    }
    if version < Version::V2025_06_18 {
        info.title = None;
    }
    info
}

/// A block as 2025-03-26 knows it: without links, dates and metadata.
fn as_before_links(block: &mut Content) {
    let (annotations, meta) = match block {
        Content::ResourceLink(link) => {
            *block = Content::text(link.uri.clone());
            return;
        }
        Content::Text(text) => (&mut text.annotations, &mut text.meta),
        Content::Image(media) | Content::Audio(media) => (&mut media.annotations, &mut media.meta),
        Content::Resource(resource) => {
            resource.resource.meta = None;
            (&mut resource.annotations, &mut resource.meta)
        }
    };
    *meta = None;
    without_last_modified(annotations.as_mut());
}

/// A block as 2024-11-05 knows it: a recording becomes a text that describes it.
fn as_before_audio(block: &mut Content) {
    if let Content::Audio(media) = block {
        *block = Content::text(format!("[audio: {}]", media.mime_type));
    }
}

fn without_last_modified(annotations: Option<&mut Annotations>) {
    if let Some(annotations) = annotations {
        annotations.last_modified = None;
    }
}

fn is_object(json: &RawValue) -> bool {
    json.get().starts_with('{')
}

/// An object with the value as its member `result`.
fn wrapped(json: &RawValue) -> Box<RawValue> {
    RawValue::from_string(format!("{{\"result\":{json}}}")).unwrap_or_default()
}

/// The schema of an object with the value as its member `result`.
fn wrapped_schema(schema: &RawValue) -> Box<RawValue> {
    let mut schema: Value = serde_json::from_str(schema.get()).unwrap_or_default();
    let defs = schema
        .as_object_mut()
        .and_then(|root| root.shift_remove("$defs"));
    let mut whole =
        json!({"type": "object", "properties": {"result": schema}, "required": ["result"]});
    if let (Some(defs), Some(root)) = (defs, whole.as_object_mut()) {
        root.insert("$defs".to_owned(), defs);
    }
    to_raw_value(&whole).unwrap_or_default()
}

fn has_object_root(schema: &RawValue) -> bool {
    #[derive(serde::Deserialize)]
    struct Root<'a> {
        #[serde(rename = "type", borrow)]
        kind: Option<&'a RawValue>,
    }
    serde_json::from_str::<Root<'_>>(schema.get())
        .is_ok_and(|root| root.kind.is_some_and(|kind| kind.get() == "\"object\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_its_uri_and_structured_content_is_dropped() {
        let mut old = ToolResult::new()
            .with(Content::resource_link("db://rows", "rows"))
            .structured(&5)
            .unwrap();
        result(&mut old, Version::V2025_03_26);
        assert_eq!(old.content, [Content::text("db://rows")]);
        assert!(old.structured.is_none());
    }

    #[test]
    fn an_object_stays_from_2025_06_18() {
        let mut kept = ToolResult::new()
            .structured(&serde_json::json!({"a": 1}))
            .unwrap();
        result(&mut kept, Version::V2025_06_18);
        assert!(kept.structured.is_some());
    }
}
