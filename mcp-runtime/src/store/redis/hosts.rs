//! URLs of several hosts: `scheme://[user:password@]host[:port],host[:port]/path?options`.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use redis::{ConnectionInfo, IntoConnectionInfo as _};

/// The parts of a URL of several hosts, still encoded.
pub(super) struct Hosts<'a> {
    /// The scheme for one host.
    scheme: &'a str,
    /// `user:password`, or nothing.
    pub user: &'a str,
    /// `host:port`, separated by commas.
    list: &'a str,
    /// The part from the first slash.
    pub path: &'a str,
    options: &'a str,
    /// The syntax of such URLs.
    pub help: &'a str,
}

impl<'a> Hosts<'a> {
    /// Parses the part after `://`.
    pub(super) fn new(scheme: &'a str, rest: &'a str, help: &'a str) -> Self {
        let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        Self {
            scheme,
            user,
            list: hosts,
            path,
            options,
            help,
        }
    }

    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self.scheme, "rediss" | "valkeys")
    }

    /// Returns each host as a URL with the user `user` and the database `database`.
    pub(super) fn nodes(
        &self,
        port: u16,
        user: &str,
        database: &str,
    ) -> Result<Vec<ConnectionInfo>, String> {
        let hosts = self.list.split(',').map(str::trim);
        hosts
            .map(|host| self.node(host, port, user, database))
            .collect()
    }

    fn node(
        &self,
        host: &str,
        port: u16,
        user: &str,
        database: &str,
    ) -> Result<ConnectionInfo, String> {
        let help = self.help;
        if host.is_empty() || host.starts_with(':') {
            return Err(format!("a host has no name; {help}"));
        }
        let at = if user.is_empty() { "" } else { "@" };
        // A colon within brackets is part of an IPv6 address.
        let name = host.rfind(']').map_or(0, |end| end);
        let port = match host.get(name..).and_then(|it| it.find(':')) {
            Some(_) => String::new(),
            None => format!(":{port}"),
        };
        let scheme = self.scheme;
        let url = format!("{scheme}://{user}{at}{host}{port}/{database}");
        url.into_connection_info().map_err(|error| {
            format!("{host} with its user or database is invalid; {help}: {error}")
        })
    }

    /// Returns the decoded values of the options with these names; other options are an error.
    pub(super) fn options<const N: usize>(&self, names: [&str; N]) -> Result<[String; N], String> {
        let mut values = [(); N].map(|()| String::new());
        for option in self.options.split('&').filter(|it| !it.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let place = names.iter().position(|known| *known == name);
            let Some(kept) = place.and_then(|place| values.get_mut(place)) else {
                return Err(format!(
                    "the URL has an unknown option {name:?}; the options are {names:?}; {}",
                    self.help
                ));
            };
            *kept = percent_decode_str(value).decode_utf8_lossy().into_owned();
        }
        Ok(values)
    }
}

/// Returns a user and a password encoded for a URL.
pub(super) fn user_info(user: &str, password: &str) -> String {
    if user.is_empty() && password.is_empty() {
        return String::new();
    }
    let [user, password] = [user, password].map(|it| utf8_percent_encode(it, NON_ALPHANUMERIC));
    format!("{user}:{password}")
}
