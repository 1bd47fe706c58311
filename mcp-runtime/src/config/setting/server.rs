//! `[server]`.

use std::time::Duration;

use axum::http::Uri;
use axum::http::uri::Authority;

use super::{Part, Setting};
use crate::config::kind::Kind;
#[cfg(feature = "page")]
use crate::config::page::Page;
use crate::config::problem::Problem;
use crate::config::{contact, url};
use crate::handler::argument::arg::Reading;
use crate::network::{Network, NotANetwork};

pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "server.bind",
        "MCP_SERVER_BIND",
        Kind::Text(|it| it.bind.to_string(), |it, text| it.bind.set(text)),
        "The address to listen on, such as `0.0.0.0:8080`; a port alone keeps the host. Port 0 selects a free one.",
    )
    .flag("bind")
    .parts(&[
        Part {
            env: "MCP_SERVER_HOST",
            read: |it, text| it.bind.set_host(text),
        },
        Part {
            env: "MCP_SERVER_PORT",
            read: |it, text| it.bind.set_port(text),
        },
    ]),
    Setting::new(
        "server.public_url",
        "MCP_PUBLIC_URL",
        Kind::Texts(|it| &mut it.public_urls, url::check),
        "The URLs that clients use, if they differ from the address to listen on.",
    )
    .flag("public-url")
    .code("public_url")
    .live(),
    Setting::new(
        "server.allowed_hosts",
        "MCP_SERVER_ALLOWED_HOSTS",
        Kind::Texts(|it| &mut it.allowed_hosts, check_host),
        "Host names that clients use in addition to those of `public_url`.",
    )
    .code("allowed_hosts")
    .live(),
    Setting::new(
        "server.cors_origins",
        "MCP_SERVER_CORS_ORIGINS",
        Kind::Texts(|it| &mut it.cors_origins, check_origin),
        "Origins whose pages may call the server from a browser.",
    )
    .code("cors_origins")
    .live(),
    Setting::new(
        "server.security_contact",
        "MCP_SERVER_SECURITY_CONTACT",
        Kind::Text(
            |it| it.security_contact.clone().unwrap_or_default(),
            |it, text| {
                it.security_contact = (!text.is_empty()).then(|| contact::uri(text.to_owned()));
                it.security_contact.iter().try_for_each(|uri| contact::check(uri))
            },
        ),
        "The contact of `/.well-known/security.txt`: an email address or a URI.",
    )
    .code("security_contact"),
    Setting::new(
        "server.trusted_proxies",
        "MCP_SERVER_TRUSTED_PROXIES",
        Kind::Texts(|it| &mut it.trusted_proxies, check_network),
        "Networks of proxies whose `Forwarded` or `X-Forwarded-For` names the caller, such as `10.0.0.0/8`.",
    )
    .code("trusted_proxies"),
    Setting::new(
        "server.shutdown_delay",
        "MCP_SERVER_SHUTDOWN_DELAY",
        Kind::Time(|it| &mut it.shutdown_delay, Duration::ZERO),
        "The time for which calls are still accepted after the signal, while `/ready` returns 503.",
    )
    .code("shutdown_delay")
    .live(),
    Setting::new(
        "server.shutdown_deadline",
        "MCP_SERVER_SHUTDOWN_DEADLINE",
        Kind::Time(|it| &mut it.shutdown_deadline, Duration::ZERO),
        "The time for which a shutdown waits for calls in flight before it cancels them.",
    )
    .code("shutdown_deadline")
    .live(),
    Setting::new(
        "server.page_size",
        "MCP_SERVER_PAGE_SIZE",
        Kind::Number(|it| &mut it.page_size, 1, usize::MAX),
        "The maximum number of entries in one page of a list.",
    )
    .code("page_size")
    .live(),
    #[cfg(feature = "page")]
    Setting::new(
        "server.page",
        "MCP_SERVER_PAGE",
        Kind::Text(
            |it| it.page.as_str().to_owned(),
            |it, text| {
                it.page = Page::read(text)?;
                Ok(())
            },
        ),
        "The page at `/` to try the server in a browser: in `debug` builds, `always` or `never`. `--page` alone is `always`.",
    )
    .flag("page")
    .bare("always")
    .code("page"),
    Setting::new(
        "server.strict_arguments",
        "MCP_SERVER_STRICT_ARGUMENTS",
        Kind::Switch(
            |it| it.reading == Reading::Strict,
            |it, strict| {
                it.reading = if strict {
                    Reading::Strict
                } else {
                    Reading::Lenient
                };
            },
        ),
        "Arguments must match exactly, and are never coerced.",
    ),
    Setting::new(
        "server.describe_rules",
        "MCP_SERVER_DESCRIBE_RULES",
        Kind::Switch(
            |it| it.describe_rules,
            |it, describe| it.describe_rules = describe,
        ),
        "The descriptions of arguments repeat their rules.",
    ),
];

fn check_host(name: &str) -> Result<(), Problem> {
    let is_name = name
        .parse::<Authority>()
        .is_ok_and(|authority| authority.host() == name);
    let help = "write a host name without scheme and port, such as shop.internal";
    is_name
        .then_some(())
        .ok_or_else(|| Problem::new(name, "", help))
}

fn check_network(text: &str) -> Result<(), Problem> {
    let help = "write a network such as 10.0.0.0/8, or an IP address";
    let network = text.parse::<Network>();
    network
        .map(drop)
        .map_err(|NotANetwork| Problem::new(text, "", help))
}

fn check_origin(origin: &str) -> Result<(), Problem> {
    let help = "write an origin such as https://app.example.com, without a path";
    is_origin(origin)
        .then_some(())
        .ok_or_else(|| Problem::new(origin, "", help))
}

fn is_origin(origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let named = origin
        .parse::<Uri>()
        .is_ok_and(|uri| uri.authority().map(Authority::as_str) == Some(authority));
    matches!(scheme, "http" | "https") && named && !authority.contains(['@', '*'])
}
