//! Durations as the values of keys.

use darling::{Error, FromMeta};

pub(crate) use crate::args::text::duration::Millis;
use crate::args::text::duration::parse;

impl FromMeta for Millis {
    fn from_string(text: &str) -> darling::Result<Self> {
        parse(text).map(Self).map_err(|why| {
            Error::custom(format!(
                "invalid duration \"{text}\": {why}\n\nhelp: write for example \"500ms\", \"5s\", \"1m30s\" or \"2h\""
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_a_duration_or_is_refused() {
        super::super::fuzz::check(Millis::to_string);
    }
}
