//! A parameter whose members are arguments: `#[arg(flatten)]`.
//!
//! The members are collected into an object, which is then decoded as any other value; paths of problems begin with
//! the member, as the struct is unknown to the client.

use serde_json::Value;
use serde_json::value::RawValue;

use super::arg::{Arg, Input};
use crate::schema::InputSchema;

impl<T> Arg<T> {
    /// The prefix of the paths of its problems: empty for a parameter whose members are arguments.
    pub(super) fn path(&self) -> &'static str {
        if self.members.is_some() {
            ""
        } else {
            self.name
        }
    }

    /// Describes each member as an argument.
    pub(super) fn prepare_members(&mut self, input: &mut InputSchema) {
        let (described, object) = input.describe(self.describe, false);
        let (place, members) = input.add_members(object, described, self.when_absent().is_some());
        self.place = place;
        self.members = Some(members);
    }

    /// The value of the members that the client sent; `None` after recording the problems.
    pub(super) fn take_members(
        &self,
        members: &[&'static str],
        input: &mut Input<'_, '_>,
    ) -> Option<T> {
        let sent = members
            .iter()
            .filter_map(|name| Some((name, input.object.get(name)?)));
        let sent: Vec<String> = sent
            .map(|(name, value)| format!("{}:{}", Value::from(*name), value.get()))
            .collect();
        if sent.is_empty()
            && let Some(absent) = self.when_absent()
        {
            return Some(absent);
        }
        let object = format!("{{{}}}", sent.join(","));
        let raw = RawValue::from_string(object).ok()?;
        let value = self.read((&*raw).into(), input)?;
        self.check(&value, input).then_some(value)
    }
}
