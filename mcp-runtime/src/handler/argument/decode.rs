//! From the JSON of a parameter to its value: straight where it fits, else by way of its shape.

use serde_json::value::RawValue;

use super::arg::{Arg, Input};
use super::fit::{Doubt, Fit};
use super::tape::Tape;

/// What no decoder takes that looks at it.
const POISON: &str = r#"{"":[[]]}"#;

impl<T> Arg<T> {
    /// The value, coerced where that loses nothing; `None` after noting everything that is wrong with it.
    pub(super) fn read(&self, raw: &RawValue, input: &mut Input<'_, '_>) -> Option<T> {
        let direct = (self.decode)(raw.get());
        if direct.is_ok() && !is_doubtful(raw, input.finished.needs_check(self.place)) {
            return direct.ok();
        }
        if direct.is_err()
            && raw.get() == "\"\""
            && input.coerce
            && self.is_unwritten(input)
            && let Some(value) = self.when_absent()
        {
            input.coerced += 1;
            return Some(value);
        }
        let (shapes, shape) = input.finished.shape(self.place);
        let tape = Tape::of(raw);
        let mut fit = Fit::new(shapes, input.coerce, self.name, self.redact);
        fit.run(&tape, shape);
        let takes = |text: &str| (self.decode)(text).is_ok();
        let sent = |doubt: &Doubt| takes(&poisoned(raw.get(), &doubt.sent));
        let written = |doubt: &Doubt| takes(&poisoned(&fit.written, &doubt.written));
        if direct.is_ok() && fit.refused.is_empty() && !fit.doubts.iter().any(sent) {
            return direct.ok();
        }
        let decoded = (self.decode)(&fit.written);
        let is_heard = fit.misfits.is_empty()
            || direct.is_err() && decoded.is_ok() && !fit.doubts.iter().any(written);
        match decoded {
            Ok(value) if fit.refused.is_empty() && is_heard => {
                input.coerced += u32::from(fit.coerced);
                return Some(value);
            }
            Err(error) if fit.refused.is_empty() && fit.misfits.is_empty() => {
                fit.misfits.undecodable(&error);
            }
            _ => {}
        }
        input.problems.extend(fit.refused);
        input.problems.extend(fit.misfits);
        None
    }

    fn is_unwritten(&self, input: &Input<'_, '_>) -> bool {
        let (shapes, shape) = input.finished.shape(self.place);
        shapes.is_unwritten(shape)
    }
}

/// Whether a decoder may have taken a value for another than it is: a member given twice, a list for an object, a
/// number that it cannot hold.
fn is_doubtful(raw: &RawValue, needs_check: bool) -> bool {
    match raw.get().as_bytes().first() {
        Some(b'{') => true,
        Some(b'[') => needs_check || raw.get().contains('{'),
        Some(b'"') => false,
        _ => needs_check,
    }
}

/// `text` with something else at a place: a decoder that takes it never looks there.
fn poisoned(text: &str, place: &std::ops::Range<usize>) -> String {
    let part = |range| text.get(range).unwrap_or_default();
    [part(0..place.start), POISON, part(place.end..text.len())].concat()
}
