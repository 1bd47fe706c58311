//! Forms: their schemas, which clients present to their users, and the decoding of the users' input.
//!
//! Clients render forms with their own widgets, and the specification allows only flat objects with a few types
//! (elicitation, requested schema). Types that cannot be fields do not compile; keywords that a form may not have are
//! omitted from its schema, but still checked in the response.

pub(crate) mod elicit;
pub(crate) mod field;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::argument::arg::{ArgList, Input, Reading};
use super::argument::problem::Problems;
use crate::schema::{FinishedInput, InputSchema};
use elicit::Elicit;

/// The keywords that a field of a form may have.
const KEYWORDS: [&str; 13] = [
    "type",
    "title",
    "description",
    "enum",
    "oneOf",
    "minLength",
    "maxLength",
    "format",
    "minimum",
    "maximum",
    "items",
    "minItems",
    "maxItems",
];

/// The form that elicits one parameter, described by `schema`.
pub(super) fn argument_form(name: &str, schema: &Value, required: bool) -> Value {
    let mut field = schema.as_object().cloned().unwrap_or_default();
    field.retain(|keyword, _| KEYWORDS.contains(&keyword.as_str()));
    let mut form = json!({ "type": "object", "properties": { name: field } });
    if required {
        form["required"] = json!([name]);
    }
    form
}

/// The form of a `T`.
pub(super) struct Form<T: Elicit> {
    fields: T::Fields,
    input: FinishedInput,
}

impl<T: Elicit> Form<T> {
    pub(super) fn new() -> Self {
        let (mut fields, mut input) = (T::fields(), InputSchema::form());
        fields.prepare(&mut input);
        Self {
            fields,
            input: input.finish(),
        }
    }

    /// The schema that is sent to the client.
    pub(super) fn schema(&self) -> Value {
        self.input.to_form()
    }

    /// Decodes the user's input, or describes all of its problems.
    pub(super) fn read(&self, content: Option<&RawValue>) -> Result<T, String> {
        let object = content
            .map(|content| serde_json::from_str(content.get()))
            .transpose();
        let object = object
            .map_err(|_| "`content` must be an object".to_owned())?
            .unwrap_or_default();
        let values = Input::new(object, &self.input, Reading::Textual).decode_form(&self.fields);
        values
            .map(T::from_values)
            .map_err(|problems: Problems| problems.describe_form())
    }
}
