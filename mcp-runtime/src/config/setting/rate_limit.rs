//! `[rate_limit]`: all requests of one caller.

use std::time::Duration;

use super::{Part, Setting};
use crate::config::kind::Kind;
use crate::config::problem::Problem;
use crate::config::value;

/// The largest burst.
const MOST: usize = u32::MAX as usize;

pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "rate_limit.quota",
        "MCP_RATE_LIMIT_QUOTA",
        Kind::Text(
            |it| match it.requests.quota() {
                Some(limit) => limit.burst(limit.count).to_string(),
                None => String::new(),
            },
            |it, text| {
                let requests = &mut it.requests;
                if text.is_empty() {
                    requests.count = 0;
                    return Ok(());
                }
                let limit = value::rate_limit(text)?;
                (requests.count, requests.period) = (limit.count, limit.period);
                Ok(())
            },
        ),
        "The rate of all requests of one caller over HTTP and stdio, such as `1000/min`; further ones are refused with 429. No limit by default.",
    )
    .live()
    .parts(&[
        Part {
            env: "MCP_RATE_LIMIT_REQUESTS",
            read: |it, text| {
                it.requests.count = positive(text)?;
                Ok(())
            },
        },
        Part {
            env: "MCP_RATE_LIMIT_WINDOW_SECS",
            read: |it, text| {
                it.requests.period = Duration::from_secs(positive(text)?.into());
                Ok(())
            },
        },
    ]),
    Setting::new(
        "rate_limit.burst",
        "MCP_RATE_LIMIT_BURST",
        Kind::Number(|it| &mut it.requests.burst, 0, MOST),
        "The maximum number of requests at once; 0 is the whole quota.",
    )
    .live(),
    Setting::new(
        "rate_limit.tiers",
        "MCP_RATE_LIMIT_TIERS",
        Kind::Rates(|it| &mut it.requests.tiers),
        "The rates of callers by tier, in place of the quota, such as `{ gold = \"10000/min\" }`.",
    )
    .live(),
    Setting::new(
        "rate_limit.tier_claim",
        "MCP_RATE_LIMIT_TIER_CLAIM",
        Kind::Text(
            |it| it.requests.tier_claim.clone(),
            |it, text| {
                text.clone_into(&mut it.requests.tier_claim);
                Ok(())
            },
        ),
        "The claim of a caller that names its tier.",
    )
    .live(),
];

fn positive(text: &str) -> Result<u32, Problem> {
    match text.trim().parse() {
        Ok(0) | Err(_) => Err(Problem::new(
            text,
            "",
            "write a number from 1 to 4294967295",
        )),
        Ok(number) => Ok(number),
    }
}
