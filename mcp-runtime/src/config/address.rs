//! Addresses to listen on, as they are written: `0.0.0.0:8080`, `localhost:8080`, `:8080`, `8080`.
//!
//! An address is kept in its parts, since two variables may each set one (`MCP_SERVER_HOST`, `MCP_SERVER_PORT`), and a
//! port alone must keep the host. Setting a host or a port replaces a Unix socket of a lower layer. Names are resolved
//! when the server listens, not here.

use std::fmt;

use axum::http::uri::Authority;

use super::problem::Problem;

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bind {
    /// A name or an IP address, an IPv6 one without brackets.
    pub host: String,
    /// The port; 0 takes one that is free.
    pub port: u16,
    /// The file of a Unix socket, which takes the place of host and port.
    pub path: Option<String>,
}

impl Default for Bind {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8080,
            path: None,
        }
    }
}

/// The accepted forms.
const FORM: &str = "write an address such as 127.0.0.1:8080, [::1]:8080 or localhost:8080, a port alone, or a Unix socket such as unix:/run/mcp.sock";

impl Bind {
    /// Sets the address to `text`; a port alone (`8080`, `:8080`) keeps the host.
    pub(crate) fn set(&mut self, text: &str) -> Result<(), Problem> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("unix:") {
            if path.is_empty() || cfg!(not(unix)) {
                return Err(Problem::new(text, "there is no such socket", FORM));
            }
            self.path = Some(path.to_owned());
            return Ok(());
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, port),
            None => ("", text),
        };
        let Ok(port) = port.parse() else {
            return Err(Problem::new(text, "it has no port", FORM));
        };
        if !host.is_empty() {
            let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
            if bare.is_none() && host.contains(':') {
                return Err(Problem::new(text, "an IPv6 address needs brackets", FORM));
            }
            self.set_host(bare.unwrap_or(host))
                .map_err(|problem| Problem::new(text, problem.what, FORM))?;
        }
        self.port = port;
        self.path = None;
        Ok(())
    }

    /// Sets the host alone.
    pub(crate) fn set_host(&mut self, text: &str) -> Result<(), Problem> {
        let host = text.trim();
        let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        let host = bare.unwrap_or(host);
        let is_address = host.parse::<std::net::IpAddr>().is_ok();
        let is_name = host
            .parse::<Authority>()
            .is_ok_and(|name| name.host() == host);
        if !is_address && !is_name {
            return Err(Problem::new(
                text,
                "it is neither an IP address nor a host name",
                "write an address such as 127.0.0.1, 0.0.0.0 or ::1, and the port separately",
            ));
        }
        host.clone_into(&mut self.host);
        self.path = None;
        Ok(())
    }

    /// Sets the port alone.
    pub(crate) fn set_port(&mut self, text: &str) -> Result<(), Problem> {
        self.port = text.trim().parse().map_err(|_| {
            let help = if text.starts_with("tcp://") {
                "Kubernetes sets this for a Service called `mcp-server`: write `enableServiceLinks: false` in the pod, or a number from 0 to 65535"
            } else {
                "write a number from 0 to 65535"
            };
            Problem::new(text, "", help)
        })?;
        Ok(())
    }
}

impl fmt::Display for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, path } = self;
        if let Some(path) = path {
            write!(f, "unix:{path}")
        } else if host.contains(':') {
            write!(f, "[{host}]:{port}")
        } else {
            write!(f, "{host}:{port}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_with_a_port_or_a_port_alone() {
        for (text, host, port) in [
            ("0.0.0.0:80", "0.0.0.0", 80),
            ("localhost:9000", "localhost", 9000),
            ("[::1]:9000", "::1", 9000),
            (":9000", "127.0.0.1", 9000),
            ("9000", "127.0.0.1", 9000),
            (" 9000 ", "127.0.0.1", 9000),
            ("mcp.internal:0", "mcp.internal", 0),
        ] {
            let mut bind = Bind::default();
            assert!(bind.set(text).is_ok(), "{text}");
            assert_eq!((bind.host.as_str(), bind.port), (host, port), "{text}");
            let mut again = Bind::default();
            assert!(again.set(&bind.to_string()).is_ok(), "{bind}");
            assert_eq!(again, bind);
        }
    }

    #[test]
    #[cfg(unix)]
    fn an_address_is_a_unix_socket_until_another_is_set() {
        let mut bind = Bind::default();
        assert!(bind.set("unix:/run/mcp.sock").is_ok());
        assert_eq!(bind.to_string(), "unix:/run/mcp.sock");
        assert!(bind.set("unix:").is_err());
        assert!(bind.set_host("::1").is_ok());
        assert_eq!(bind.to_string(), "[::1]:8080");
    }

    #[test]
    fn anything_else_is_refused_in_words() {
        for (text, says) in [
            ("nowhere", "no port"),
            ("", "no port"),
            ("localhost:", "no port"),
            ("localhost:99999", "no port"),
            ("::1:80", "needs brackets"),
            ("a b:80", "neither"),
            ("http://x:80", "needs brackets"),
        ] {
            let problem = Bind::default().set(text).unwrap_err();
            assert!(problem.what.contains(says), "{text}: {problem:?}");
        }
        let problem = Bind::default().set_port("tcp://10.0.0.1:8080").unwrap_err();
        assert!(problem.help.contains("enableServiceLinks"), "{problem:?}");
    }
}
