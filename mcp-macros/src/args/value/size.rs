//! Sizes as the values of keys.

use darling::{Error, FromMeta};

use crate::args::text::size::parse;

/// A number of bytes, possibly zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) u64);

impl FromMeta for Bytes {
    fn from_string(text: &str) -> darling::Result<Self> {
        parse(text).map(Self).map_err(|(why, help)| {
            let help = help
                .unwrap_or_else(|| "write for example \"512B\", \"64KiB\" or \"1MB\"".to_owned());
            Error::custom(format!("invalid size \"{text}\": {why}\n\nhelp: {help}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_a_size_or_is_refused() {
        super::super::fuzz::check(|bytes: &Bytes| format!("{}B", bytes.0));
    }
}
