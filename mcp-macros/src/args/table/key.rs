//! A key of an attribute.

use super::form::Form;

/// The name of a key, the form of its value, and an example of it.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// A value for errors about a missing or wrong one.
    pub(crate) example: &'static str,
}

impl Key {
    /// The key with its example, as in source code.
    pub(crate) fn usage(&self) -> String {
        match self.form {
            Form::Flag | Form::Switch => self.name.to_owned(),
            Form::Texts | Form::Keys | Form::Members => format!("{}({})", self.name, self.example),
            _ => format!("{} = {}", self.name, self.example),
        }
    }
}
