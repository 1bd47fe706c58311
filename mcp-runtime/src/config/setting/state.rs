//! `[state]`.

use super::Setting;
use crate::config::kind::{Kind, check_secrets};

pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "state.keys",
        "MCP_STATE_KEYS",
        Kind::Secrets(|it| &mut it.state_keys, check_secrets),
        "The secrets for the encryption of request states; the first encrypts, all of them decrypt.",
    )
    .code("state_keys")
    .live(),
    Setting::new(
        "state.audience",
        "MCP_STATE_AUDIENCE",
        Kind::Text(
            |it| it.state_audience.clone().unwrap_or_default(),
            |it, text| {
                it.state_audience = (!text.is_empty()).then(|| text.to_owned());
                Ok(())
            },
        ),
        "The audience of the secrets, in place of the server's name.",
    )
    .code("state_audience")
    .live(),
];
