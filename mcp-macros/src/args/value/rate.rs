//! Rates as the values of keys.

use darling::{Error, FromMeta};

pub(crate) use crate::args::text::rate::Quota;
use crate::args::text::rate::{form, parse};

impl FromMeta for Quota {
    fn from_string(text: &str) -> darling::Result<Self> {
        parse(text).map_err(|(why, help)| {
            Error::custom(format!(
                "invalid rate limit \"{text}\": {why}\n\nhelp: {}",
                help.unwrap_or_else(form)
            ))
        })
    }
}
