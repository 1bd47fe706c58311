//! `[store]`.

use super::Setting;
use crate::config::kind::Kind;
use crate::config::problem::{HIDDEN, Problem};
use crate::config::settings::redis_url;
use crate::seal::Secrets;
use crate::store::redis::Place;

pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "store.redis",
        "MCP_REDIS_URL",
        Kind::Secrets(|it| &mut it.redis, check),
        "The URL of the Redis or Valkey that the instances of this server share: `redis://[user:password@]host[:port][/database]`, or `rediss://`; `redis+cluster://` and `redis+sentinel://` have several hosts.",
    )
    .code("redis"),
    Setting::new(
        "store.prefix",
        "MCP_STORE_PREFIX",
        Kind::Text(
            |it| it.store_prefix.clone(),
            |it, text| {
                text.clone_into(&mut it.store_prefix);
                Ok(())
            },
        ),
        "The prefix of the keys and channels, in place of the server's name.",
    )
    .code("store_prefix"),
];

/// Checks the URL, without showing it.
fn check(urls: &Secrets) -> Result<(), Problem> {
    let Some(url) = redis_url(urls) else {
        return Ok(());
    };
    let refused = |help| Problem::new(HIDDEN, "", help);
    Place::parse(&url).map(drop).map_err(refused)
}
