//! The error of starting and running a server.
//!
//! Opaque, as those of `tonic` and `reqwest` are: the kinds may change, the `is_` methods stay. Its
//! text is for a person at a terminal; `main` that returns it prints that text, since `Debug` is
//! the same.

use std::fmt;
use std::io;

/// The reason why a server could not start or had to stop. Its text says what to do.
///
/// All faults of a start are reported together: the text lists them, and each `is_` method is true if one of them is
/// of that kind.
///
/// ```
/// # use mcp_runtime::{Server, tool, tools};
/// # /// Adds. #[doc = ""]
/// # #[tool] fn add(a: i64) -> i64 { a }
/// let server = Server::new("calculator", "1.0.0").tools(tools![add]).tools(tools![add]).page_size(0);
/// let error = server.check().unwrap_err();
/// assert!(error.is_conflict() && error.is_setting());
/// ```
pub struct Error(Kind);

/// The result of running a server.
pub type Result<T, E = Error> = std::result::Result<T, E>;

enum Kind {
    Duplicate(String),
    Ambiguous(String, String),
    Declaration(String, String),
    Skills(String),
    Auth(String),
    Listen(String, io::Error),
    Io(&'static str, io::Error),
    Setting {
        name: String,
        value: String,
        problem: String,
    },
    #[cfg(feature = "cli")]
    Configuration(String),
    #[cfg(feature = "cli")]
    Command(String, u8),
    Other(Box<dyn std::error::Error + Send + Sync>),
    Several(Vec<Error>),
}

impl Error {
    /// An error of the program's own, such as a database that could not be opened, so that `main` can return it.
    ///
    /// ```no_run
    /// use mcp_runtime::{Error, Result, Server};
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<()> {
    ///     let prices = std::fs::read_to_string("prices.csv").map_err(Error::other)?;
    ///     Server::new("shop", "1.0.0").state(prices).run().await
    /// }
    /// ```
    pub fn other(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Kind::Other(cause.into()))
    }

    /// Returns the error for `faults`, if there are any.
    pub(crate) fn all(mut faults: Vec<Self>) -> Option<Self> {
        match faults.len() {
            0 | 1 => faults.pop(),
            _ => Some(Self(Kind::Several(faults))),
        }
    }

    /// Returns the error of both.
    pub(crate) fn and(self, other: Self) -> Self {
        let list = |error: Self| match error.0 {
            Kind::Several(faults) => faults,
            kind => vec![Self(kind)],
        };
        let mut faults = list(self);
        faults.extend(list(other));
        Self(Kind::Several(faults))
    }

    /// Returns true if the address could not be listened on; [`Error::io_error`] has the cause.
    ///
    /// Such as when the port is taken, or below 1,024 without the right to it.
    pub fn is_bind(&self) -> bool {
        self.any(|kind| matches!(kind, Kind::Listen(..)))
    }

    /// Returns true if two tools, resources or prompts have one name, or two resources match one URI.
    ///
    /// The text names both.
    pub fn is_conflict(&self) -> bool {
        self.any(|kind| matches!(kind, Kind::Duplicate(_) | Kind::Ambiguous(..)))
    }

    /// Returns true if a setting of the builder, of `mcp.toml`, of the environment or of the command line is not valid.
    ///
    /// The text names the setting, its value, and what may be written there; a secret's value is
    /// not shown.
    pub fn is_setting(&self) -> bool {
        self.any(|kind| match kind {
            #[cfg(feature = "cli")]
            Kind::Configuration(_) => true,
            kind => matches!(kind, Kind::Setting { .. }),
        })
    }

    /// Returns true if a tool, resource or prompt is declared in a way that cannot be served.
    pub fn is_declaration(&self) -> bool {
        self.any(|kind| matches!(kind, Kind::Declaration(..)))
    }

    /// Returns true if the callers of the server cannot be verified, as without a key.
    pub fn is_auth(&self) -> bool {
        self.any(|kind| matches!(kind, Kind::Auth(_)))
    }

    /// Returns true if the skills cannot be served.
    pub fn is_skills(&self) -> bool {
        self.any(|kind| matches!(kind, Kind::Skills(_)))
    }

    /// Returns true if a command of [`Server::run`](crate::Server::run) failed, as a call of a tool that does not exist.
    pub fn is_command(&self) -> bool {
        #[cfg(feature = "cli")]
        return self.any(|kind| matches!(kind, Kind::Command(..)));
        #[cfg(not(feature = "cli"))]
        false
    }

    /// Returns true if this is an error of the program's own, made by [`Error::other`].
    pub fn is_other(&self) -> bool {
        self.any(|kind| matches!(kind, Kind::Other(_)))
    }

    /// The program's own error, if [`Error::other`] made this.
    pub fn get_ref(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        match &self.0 {
            Kind::Other(cause) => Some(&**cause),
            _ => None,
        }
    }

    /// The cause of a failure to listen, or to read or write.
    pub fn io_error(&self) -> Option<&io::Error> {
        match &self.0 {
            Kind::Listen(_, cause) | Kind::Io(_, cause) => Some(cause),
            _ => None,
        }
    }

    fn any(&self, is: impl Fn(&Kind) -> bool + Copy) -> bool {
        match &self.0 {
            Kind::Several(faults) => faults.iter().any(|fault| fault.any(is)),
            kind => is(kind),
        }
    }

    pub(crate) fn duplicate(text: String) -> Self {
        Self(Kind::Duplicate(text))
    }

    pub(crate) fn ambiguous(one: &str, other: &str) -> Self {
        Self(Kind::Ambiguous(one.to_owned(), other.to_owned()))
    }

    pub(crate) fn declaration(item: impl fmt::Display, fault: &str) -> Self {
        Self(Kind::Declaration(item.to_string(), fault.to_owned()))
    }

    pub(crate) fn auth(fault: &str) -> Self {
        Self(Kind::Auth(fault.to_owned()))
    }

    pub(crate) fn skills(fault: String) -> Self {
        Self(Kind::Skills(fault))
    }

    pub(crate) fn listen(address: impl fmt::Display, cause: io::Error) -> Self {
        Self(Kind::Listen(address.to_string(), cause))
    }

    pub(crate) fn io(doing: &'static str, cause: io::Error) -> Self {
        Self(Kind::Io(doing, cause))
    }

    pub(crate) fn setting(name: &str, value: &str, problem: &str) -> Self {
        Self(Kind::Setting {
            name: name.to_owned(),
            value: value.to_owned(),
            problem: problem.to_owned(),
        })
    }

    /// Returns the error for mistakes in the configuration, rendered one after the other.
    #[cfg(feature = "cli")]
    pub(crate) fn configuration(mistakes: String) -> Self {
        Self(Kind::Configuration(mistakes))
    }

    /// Returns the error of a command, which ends the process with the exit code 1.
    #[cfg(feature = "cli")]
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::command(1, text)
    }

    /// Returns the error of a command, which ends the process with the exit code `code`.
    #[cfg(feature = "cli")]
    pub(crate) fn command(code: u8, text: impl Into<String>) -> Self {
        Self(Kind::Command(text.into(), code))
    }

    /// The exit code of the process that ends with this error.
    #[cfg(feature = "cli")]
    pub(crate) fn exit_code(&self) -> u8 {
        match self.0 {
            Kind::Command(_, code) => code,
            _ => 1,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Duplicate(text) => f.write_str(text),
            Kind::Ambiguous(one, other) => {
                write!(
                    f,
                    "the URIs of resources `{one}` and `{other}` match one URI in common; change one of them"
                )
            }
            Kind::Declaration(item, fault) => write!(f, "{item} cannot be served: {fault}"),
            Kind::Auth(fault) => write!(f, "callers cannot be verified: {fault}"),
            Kind::Skills(fault) => write!(f, "the skills cannot be served: {fault}"),
            Kind::Listen(address, cause) if cause.kind() == io::ErrorKind::AddrInUse => {
                write!(
                    f,
                    "cannot listen on {address}: the port is taken; choose another one, or 0 for any that is free"
                )
            }
            Kind::Listen(address, _) => write!(f, "cannot listen on {address}"),
            Kind::Io(doing, _) => f.write_str(doing),
            Kind::Setting {
                name,
                value,
                problem,
            } => write!(f, "{name} is {value:?}: {problem}"),
            #[cfg(feature = "cli")]
            Kind::Configuration(text) | Kind::Command(text, _) => f.write_str(text),
            Kind::Other(cause) => cause.fmt(f),
            Kind::Several(faults) => {
                write!(f, "the server has {} faults:", faults.len())?;
                faults.iter().try_for_each(|fault| write!(f, "\n- {fault}"))
            }
        }
    }
}

/// `main` prints errors with `Debug`, for a person: the error and its sources, as text.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Listen(_, cause) | Kind::Io(_, cause) => Some(cause),
            Kind::Other(cause) => cause.source(),
            _ => None,
        }
    }
}
