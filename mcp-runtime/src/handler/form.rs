//! A form: what a client shows to its user, and how what the user wrote there is read.

use serde_json::Value;
use serde_json::value::RawValue;

use super::argument::{ArgList, Input};
use super::elicit::Elicit;
use super::problem::Problems;
use crate::schema::{FinishedInput, InputSchema};

/// The form of a `T`.
pub(super) struct Form<T: Elicit> {
    fields: T::Fields,
    input: FinishedInput,
}

impl<T: Elicit> Form<T> {
    pub(super) fn new() -> Self {
        let (mut fields, mut input) = (T::fields(), InputSchema::form());
        fields.prepare(&mut input);
        Self { fields, input: input.finish() }
    }

    /// The schema that the client is sent.
    pub(super) fn schema(&self) -> Value {
        self.input.to_form()
    }

    /// What the user wrote, or everything that is wrong with it.
    pub(super) fn read(&self, content: Option<&RawValue>) -> Result<T, String> {
        let object = content.map(|content| serde_json::from_str(content.get())).transpose();
        let object = object.map_err(|_| "`content` must be an object".to_owned())?.unwrap_or_default();
        let values = Input::new(object, &self.input, true).decode_form(&self.fields);
        values.map(T::of).map_err(|problems: Problems| problems.describe_form())
    }
}
