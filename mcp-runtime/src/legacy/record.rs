//! A session as instances share it: fields in a store, of which only the level and the subscriptions change.

use serde::{Deserialize, Serialize};

use super::session::Session;
use crate::handler::Principal;
use crate::protocol::client_info::ClientNames;
use crate::protocol::{ClientCapabilities, Level, Version};
use crate::store::SessionFields;

/// The field that every session has.
const ABOUT: &str = "about";
pub(super) const LEVEL: &str = "level";
/// The prefix of the field of a subscription, followed by the URI.
const WATCHED: &str = "watched ";

/// The outcome of a handshake, and the client's settings since.
#[derive(Debug)]
pub(super) struct Record {
    pub version: Version,
    pub about: About,
    pub level: Level,
    pub watched: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct About {
    version: String,
    pub capabilities: ClientCapabilities,
    pub names: ClientNames,
    /// The digest of the principal that opened it.
    owner: String,
    /// The instance that opened it.
    pub home: String,
}

impl Record {
    /// Reads fields; `None` for those of an unknown form.
    pub(super) fn read(fields: SessionFields) -> Option<Self> {
        let (mut about, mut level, mut watched) = (None, Level::Info, Vec::new());
        for (name, value) in fields {
            if name == ABOUT {
                about = serde_json::from_slice::<About>(&value).ok();
            } else if name == LEVEL {
                level = serde_json::from_slice(&value).unwrap_or(level);
            } else if let Some(uri) = name.strip_prefix(WATCHED) {
                watched.push(uri.to_owned());
            }
        }
        let about = about?;
        let version = Version::parse(&about.version).filter(|it| it.is_legacy())?;
        Some(Self {
            version,
            about,
            level,
            watched,
        })
    }

    /// Returns true if `who` opened the session.
    pub(super) fn is_of(&self, who: &Principal) -> bool {
        self.about.owner == who.digest().short()
    }
}

/// Returns the fields of a session of `who`, opened by the instance `home`.
pub(super) fn fields(session: &Session, who: &Principal, home: &str) -> SessionFields {
    let about = About {
        version: session.version.as_str().to_owned(),
        capabilities: (*session.capabilities).clone(),
        names: session.names.as_ref().clone(),
        owner: who.digest().short(),
        home: home.to_owned(),
    };
    let about = serde_json::to_vec(&about).unwrap_or_default();
    let level = level(session.log_level().unwrap_or(Level::Info));
    let watched = session.changes.watched();
    let watched = watched.iter().map(|uri| (field(uri), Vec::new()));
    [(ABOUT.to_owned(), about), (LEVEL.to_owned(), level)]
        .into_iter()
        .chain(watched)
        .collect()
}

/// Returns the value of the field of the level.
pub(super) fn level(level: Level) -> Vec<u8> {
    serde_json::to_vec(&level).unwrap_or_default()
}

/// Returns the name of the field of a subscription.
pub(super) fn field(uri: &str) -> String {
    format!("{WATCHED}{uri}")
}
