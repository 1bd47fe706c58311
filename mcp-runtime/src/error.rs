//! What can go wrong before and while a server runs.

use std::fmt;
use std::io;

/// Why a server could not start or had to stop. Its text says what to do.
pub struct Error(Kind);

/// The result of running a server.
pub type Result<T, E = Error> = std::result::Result<T, E>;

enum Kind {
    Duplicate(String),
    Ambiguous(String, String),
    Declaration(String, String),
    Skills(String),
    Listen(String, io::Error),
    Io(&'static str, io::Error),
    Setting {
        name: String,
        value: String,
        problem: String,
    },
    #[cfg(feature = "cli")]
    Usage(String),
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An error of the program's own, such as a database that could not be opened, so that `main` can return it.
    pub fn other(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Kind::Other(cause.into()))
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

    #[cfg(feature = "cli")]
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self(Kind::Usage(text.into()))
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
            Kind::Usage(text) => f.write_str(text),
            Kind::Other(cause) => cause.fmt(f),
        }
    }
}

/// `main` prints errors with `Debug`: a person reads it, so it is the whole chain in words.
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
