//! A key that an attribute knows.

use super::form::Form;

/// The name of a key, the form of its value, and an example of it.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// A value to show when there is none, or a wrong one.
    pub(crate) example: &'static str,
}

impl Key {
    /// The key with its example, as an author writes it.
    pub(crate) fn usage(&self) -> String {
        match self.form {
            Form::Flag | Form::Switch => self.name.to_owned(),
            Form::Texts | Form::Keys | Form::Members => format!("{}({})", self.name, self.example),
            _ => format!("{} = {}", self.name, self.example),
        }
    }
}
