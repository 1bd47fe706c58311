//! From the JSON of a parameter to its value: decoded directly if valid, otherwise along its shape.
//!
//! serde alone suffices for valid arguments, but cannot explain others: it stops at the first error, accepts lists for
//! structs, and ignores members. A value that it has accepted is therefore checked again if one of these is possible
//! ([`is_doubtful`]); to find out if the decoder really ignores a place, an impossible value is put there ([`POISON`])
//! and decoded. At most eight places are tried, so that the work stays in proportion to the value.

pub(super) mod string;

use super::arg::{Arg, Input};
use super::fit::tape::Tape;
use super::fit::{Deviation, Fit};
use super::problem::{Fault, Problems};
use super::reason::Reason;
use crate::protocol::RawStr;
use crate::schema::Root;

/// A value that every decoder rejects unless it ignores it.
const POISON: &str = r#"{"":[[]]}"#;

impl<T> Arg<T> {
    /// Reads the value, coerced where no information is lost; `None` after recording all problems.
    pub(super) fn read(&self, raw: RawStr<'_>, input: &mut Input<'_, '_>) -> Option<T> {
        let (_, root) = input.finished.shape(self.place);
        if root.retries && matches!(raw.get().as_bytes().first(), Some(b'{' | b'[' | b'"')) {
            return self.read_weighed(raw, input);
        }
        match (self.decode)(raw.get()) {
            Ok(value) if !is_doubtful(raw, root) => Some(value),
            decoded => {
                let tape = Tape::parse(raw);
                let fit = self.fit(&tape, input);
                self.reread(raw, decoded.ok(), fit, input)
            }
        }
    }

    /// Reads a value whose cost is estimated before it is decoded.
    fn read_weighed(&self, raw: RawStr<'_>, input: &mut Input<'_, '_>) -> Option<T> {
        let tape = Tape::parse(raw);
        let mut fit = self.fit(&tape, input);
        if fit.can_afford(fit.worst) {
            let decoded = (self.decode)(raw.get());
            return self.reread(raw, decoded.ok(), fit, input);
        }
        if fit.problems.is_empty() {
            if fit.can_afford(fit.weight) {
                return self.reread(raw, None, fit, input);
            }
            fit.problems.note(&Fault::new("is nested too deeply"));
        }
        input.problems.extend(fit.problems);
        None
    }

    /// Walks the value along its shape.
    fn fit<'s>(&self, tape: &Tape<'_>, input: &Input<'_, 's>) -> Fit<'s> {
        let (shapes, root) = input.finished.shape(self.place);
        let mut fit = Fit::new(shapes, input.coerces(), self.path(), self.redact);
        fit.weighs = root.retries;
        fit.is_validated = self.nested.is_some();
        fit.run(tape, root.shape);
        fit
    }

    /// Reads a value again that its decoder has refused, or may have misread.
    fn reread(
        &self,
        raw: RawStr<'_>,
        direct: Option<T>,
        mut fit: Fit<'_>,
        input: &mut Input<'_, '_>,
    ) -> Option<T> {
        if direct.is_none()
            && let Some(absent) = self.unwritten(raw, input)
        {
            return Some(absent);
        }
        let takes = |text: &str| (self.decode)(text).is_ok();
        if direct.is_some() && !fit.is_refused && !Side::Sent(raw.get()).is_ignored(&fit, takes) {
            return direct;
        }
        let decoded = (self.decode)(&fit.written);
        let is_heard = || {
            let is_ignored = Side::Written(&fit.written).is_ignored(&fit, takes);
            direct.is_none() && decoded.is_ok() && !is_ignored
        };
        let is_taken = !fit.is_refused && (fit.problems.is_empty() || is_heard());
        match decoded {
            Ok(value) if is_taken => {
                input.leniency.coerced += u32::from(fit.coerced);
                return Some(value);
            }
            Err(error) if fit.problems.is_empty() => {
                self.explain(&error, &fit.written, &mut fit.problems);
            }
            _ => {}
        }
        input.problems.extend(fit.problems);
        None
    }

    /// Records why the decoder has refused `text`, at the place where it stopped.
    fn explain(&self, error: &serde_json::Error, text: &str, problems: &mut Problems) {
        let Reason { member, fault } = Reason::read(error);
        let Ok(raw) = serde_json::from_str::<RawStr<'_>>(text) else {
            problems.note(&fault);
            return;
        };
        let tape = Tape::parse(raw);
        let lines = text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1));
        let line: usize = lines.map(str::len).sum();
        let offset = (line + error.column()).saturating_sub(1);
        let (mut way, is_name) = tape.way_to(offset, !self.redact);
        match member {
            Some(_) if self.redact => way += ".*",
            Some(member) => {
                way.push('.');
                way.push_str(&member);
            }
            None if is_name => {
                problems.note_in(&way, &fault.about_name());
                return;
            }
            None => {}
        }
        problems.note_in(&way, &fault);
    }

    /// The value of an optional parameter that was sent as an empty string, where no string is expected.
    fn unwritten(&self, raw: RawStr<'_>, input: &mut Input<'_, '_>) -> Option<T> {
        let (shapes, root) = input.finished.shape(self.place);
        if raw.get() != "\"\"" || !input.coerces() || !shapes.is_unwritten(root.shape) {
            return None;
        }
        let absent = self.when_absent()?;
        input.leniency.coerced += 1;
        Some(absent)
    }
}

/// Returns `true` if a decoder may have misread a value: a duplicate member, a list for an object, a number out of its
/// range.
fn is_doubtful(raw: RawStr<'_>, root: Root) -> bool {
    match raw.get().as_bytes().first() {
        Some(b'{') => true,
        Some(b'[') => root.needs_check || raw.get().contains('{'),
        _ => root.needs_check,
    }
}

/// The value as the client sent it, or as written along its shape.
#[derive(Clone, Copy)]
enum Side<'t> {
    Sent(&'t str),
    Written(&'t str),
}

impl Side<'_> {
    /// Returns `true` if a decoder ignores one of the places that violate the schema: it still accepts the value with
    /// something else there.
    fn is_ignored(self, fit: &Fit<'_>, takes: impl Fn(&str) -> bool) -> bool {
        let mut deviations = fit.deviations.iter();
        let ignores = |deviation: &Deviation, text: &str| {
            self.with(deviation, text)
                .is_some_and(|changed| takes(&changed))
        };
        // A decoder that knows a member of any value under another name accepts it once.
        let mut undeclared = fit.undeclared.iter();
        deviations.any(|deviation| ignores(deviation, POISON))
            || undeclared.any(|member| {
                let twice = format!("{POISON},{}:{POISON}", member.name);
                ignores(&member.at, &twice)
            })
    }

    /// The text with something else at this place, if it has the place.
    fn with(self, deviation: &Deviation, other: &str) -> Option<String> {
        let (text, place) = match self {
            Self::Sent(text) => (text, deviation.sent.as_ref()?),
            Self::Written(text) => (text, &deviation.written),
        };
        let part = |range| text.get(range).unwrap_or_default();
        Some([part(0..place.start), other, part(place.end..text.len())].concat())
    }
}
