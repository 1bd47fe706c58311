//! Schemas with custom keywords.

use mcp_runtime::tool;
use serde_json::{Value, json};

fn keywords() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": { "street": { "type": "string" }, "city": { "type": "string" } }
            }
        },
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" }
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] }
    })
}

/// Tool with JSON Schema 2020-12 features.
#[tool(read_only, schema = keywords)]
pub(crate) fn json_schema_2020_12_tool(
    name: Option<String>,
    address: Option<Value>,
    #[arg(rename = "contactMethod")] contact_method: Option<String>,
    phone: Option<String>,
    email: Option<String>,
) -> String {
    let contact = phone.or(email).unwrap_or_default();
    let method = contact_method.unwrap_or_else(|| "email".to_owned());
    let place = address
        .map(|address| format!(" at {address}"))
        .unwrap_or_default();
    format!("{}{place}: {method} {contact}", name.unwrap_or_default())
}

/// Takes a value that is also sent in a header.
#[tool(read_only)]
pub(crate) fn test_custom_header(#[arg(header = "Value")] value: String) -> String {
    value
}
