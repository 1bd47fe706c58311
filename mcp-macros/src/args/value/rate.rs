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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_a_rate_or_is_refused() {
        super::super::fuzz::check(|quota: &Quota| {
            let millis = quota.period;
            assert_eq!(millis % 1_000, 0);
            format!("{}/{} s", quota.count, millis / 1_000)
        });
    }
}
