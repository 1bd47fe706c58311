//! The environment: `MCP_*` variables, the `_FILE` twins of secrets, and the credentials of systemd.
//!
//! A value has four sources: the variable, for a secret its twin with `_FILE`, a credential of systemd
//! (`LoadCredential=`, in `$CREDENTIALS_DIRECTORY`), and variables of parts. Two of them together are a mistake, since
//! choosing one would be a guess. Other programs have variables with `MCP_` as well, so an unknown one is a mistake
//! only if its name is close to a known one; otherwise it is named in the log.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Settings;
use super::file;
use super::kind::{Kind, Read};
use super::mistake::Mistake;
use super::origin::Origin;
use super::problem::Problem;
use super::raw::Raw;
use super::setting::{self, Setting};

/// The beginning of the names of all variables.
const PREFIX: &str = "MCP_";
/// The suffix of a variable that names the file of a secret.
const TWIN: &str = "_FILE";

/// The `MCP_*` variables of the process, and the folder of its credentials.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    variables: BTreeMap<String, OsString>,
    credentials: Option<PathBuf>,
}

/// A value of the environment: of a whole setting, or of a part of one.
pub(super) struct Assignment {
    /// The setting that it is a value of.
    pub setting: &'static Setting,
    /// The name that errors call it by.
    pub name: String,
    /// The value, as it was written.
    raw: Raw,
    /// Reads a part of the setting; `None` for the whole of it.
    part: Option<Read>,
    /// The variable, or the file of the secret.
    pub origin: Origin,
}

impl Assignment {
    /// Reads it into the settings.
    pub(super) fn read(&self, settings: &mut Settings) -> Result<(), Problem> {
        match (self.part, &self.raw) {
            (Some(read), Raw::Text(text)) => read(settings, text),
            _ => self.setting.kind.read(settings, &self.raw),
        }
    }
}

impl Environment {
    /// The environment of this process: an empty standard variable is not set.
    pub(crate) fn of_process() -> Self {
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            let begins = name.get(..PREFIX.len());
            let is_ours = begins.is_some_and(|it| it.eq_ignore_ascii_case(PREFIX));
            (is_ours || is_standard(&name)).then_some((name, value))
        });
        Self {
            variables: variables.collect(),
            credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        }
    }

    /// Returns true if a variable has this value.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.variables.get(name).is_some_and(|it| it == value)
    }

    /// Reads the settings, and lists the variables that belong to other programs.
    pub(super) fn read(
        &self,
        program: &Settings,
        mistakes: &mut Vec<Mistake>,
    ) -> (Vec<Assignment>, Vec<String>) {
        let (mut assignments, mut foreign) = (Vec::new(), Vec::new());
        // A program with its own verifier may read the variables of authentication itself.
        let is_the_programs = |it: &Setting| {
            program.auth.program.is_some() && it.table().starts_with("auth") && !it.is_present()
        };
        for setting in setting::all().filter(|it| !is_the_programs(it)) {
            assignments.extend(self.whole(setting, mistakes));
            assignments.extend(self.parts(setting, mistakes));
        }
        for name in self.variables.keys() {
            if names().any(|known| known == *name) {
                continue;
            }
            match misspelt(name) {
                Some(mistake) => mistakes.push(mistake),
                None => foreign.push(name.clone()),
            }
        }
        (assignments, foreign)
    }

    /// The value of a setting, from its variable, the twin of that, or a credential.
    fn whole(&self, setting: &'static Setting, mistakes: &mut Vec<Mistake>) -> Option<Assignment> {
        let name = setting.env.to_owned();
        let twin = format!("{name}{TWIN}");
        let mut found = Vec::new();
        if self.variables.contains_key(&name) {
            found.push((name.clone(), None));
        }
        if setting.kind.is_secret() || matches!(setting.kind, Kind::Absent(_)) {
            if let Some(path) = self.variables.get(&twin) {
                found.push((twin, Some(PathBuf::from(path))));
            }
            let credential = self.credentials.as_deref().map(|it| it.join(setting.name));
            if let Some(path) = credential.filter(|path| path.exists()) {
                found.push((format!("the credential {}", path.display()), Some(path)));
            }
        }
        if let [(one, _), (other, _), ..] = &*found {
            let text = format!("{one} and {other} are both set");
            mistakes.push(Mistake::new(text).help("remove one of them"));
            return None;
        }
        let (name, path) = found.pop()?;
        if let Kind::Absent(why) = setting.kind {
            let text = format!("{name} is set, but {why}");
            mistakes.push(Mistake::new(text).help("remove it"));
            return None;
        }
        let (text, origin) = match path {
            None => (self.text(&name), Origin::Environment(name.clone())),
            Some(path) => (secret(&name, &path), Origin::Secret(path)),
        };
        let raw = text.map_err(|mistake| mistakes.push(mistake)).ok()?;
        Some(Assignment {
            setting,
            name,
            raw: Raw::Text(raw),
            part: None,
            origin,
        })
    }

    /// The values of the parts of a setting.
    fn parts(&self, setting: &'static Setting, mistakes: &mut Vec<Mistake>) -> Vec<Assignment> {
        let set = setting
            .parts
            .iter()
            .filter(|part| self.variables.contains_key(part.env));
        let mut assignments = Vec::new();
        for part in set {
            match self.text(part.env) {
                Ok(text) => assignments.push(Assignment {
                    setting,
                    name: part.env.to_owned(),
                    raw: Raw::Text(text),
                    part: Some(part.read),
                    origin: Origin::Environment(part.env.to_owned()),
                }),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        assignments
    }

    /// The text of a variable that is set.
    fn text(&self, name: &str) -> Result<String, Mistake> {
        let text = self.variables.get(name).and_then(|value| value.to_str());
        text.map(str::to_owned)
            .ok_or_else(|| Mistake::new(format!("{name} is not UTF-8")))
    }
}

/// Reads a secret from a file: lines are separated as entries of a list are.
fn secret(name: &str, path: &Path) -> Result<String, Mistake> {
    file::read_text(path)
        .map(|text| text.trim().replace("\r\n", ",").replace('\n', ","))
        .map_err(|cause| {
            let path = path.display();
            Mistake::new(format!("{name} is {path}, which cannot be read: {cause}"))
                .help("make the file readable for the server")
        })
}

/// Returns `true` for a variable that other programs share, such as one of OpenTelemetry.
fn is_standard(name: &str) -> bool {
    let mut parts = setting::all().flat_map(|setting| setting.parts);
    parts.any(|part| part.env == name)
}

/// The names of all known variables.
fn names() -> impl Iterator<Item = String> {
    setting::all().flat_map(|setting| {
        let is_secret = setting.kind.is_secret() || matches!(setting.kind, Kind::Absent(_));
        let twin = is_secret.then(|| format!("{}{TWIN}", setting.env));
        let parts = setting.parts.iter().map(|part| part.env.to_owned());
        std::iter::once(setting.env.to_owned())
            .chain(twin)
            .chain(parts)
    })
}

/// The mistake of a variable whose name is close to a known one; `None` for one of another program.
fn misspelt(name: &str) -> Option<Mistake> {
    let upper = name.to_ascii_uppercase();
    let known: Vec<String> = names().collect();
    if let Some(whole) = upper
        .strip_suffix(TWIN)
        .filter(|it| known.iter().any(|known| known == it))
    {
        let text = format!("{name} is set, but {whole} is not a secret");
        return Some(Mistake::new(text).help(format!("set {whole} itself")));
    }
    let near = near(&upper, &known)?;
    Some(Mistake::new(format!("{name} is not a setting")).meant(Some(near)))
}

/// The known name that `name` most likely means: one that differs in a few letters, or by a missing word.
///
/// Compares with each of the names; runs once for each foreign variable, at the start.
fn near<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let own = name.strip_prefix(PREFIX)?;
    let names = || known.iter().filter_map(|known| known.strip_prefix(PREFIX));
    let by_letters = names()
        .map(|known| (strsim::damerau_levenshtein(own, known), known))
        .filter(|(distance, known)| *distance <= (known.len().min(own.len()) / 5).clamp(1, 3))
        .filter(|(_, known)| !has_another_word(own, known))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known);
    let by_words = || names().find(|known| lacks_one_word(own, known));
    let found = by_letters.or_else(by_words)?;
    known
        .iter()
        .map(String::as_str)
        .find(|it| it.strip_prefix(PREFIX) == Some(found))
}

/// Returns true if `name` has a word that is not a misspelt one of `known`, such as `NAME` for `PAGE`.
fn has_another_word(name: &str, known: &str) -> bool {
    let (words, known_words) = (name.split('_'), known.split('_'));
    let is_other = |(word, known): (&str, &str)| {
        strsim::damerau_levenshtein(word, known) > (known.len() / 3).max(1)
    };
    words.clone().count() == known_words.clone().count() && words.zip(known_words).any(is_other)
}

/// Returns true if `name` is `known` without its first word, or without its last one where two remain.
fn lacks_one_word(name: &str, known: &str) -> bool {
    let without_first = known.split_once('_').map(|(_, rest)| rest);
    let without_last = known.rsplit_once('_').map(|(rest, _)| rest);
    let names_more = |rest: &&str| rest.contains('_');
    without_first == Some(name) || without_last.filter(names_more) == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_near_to_one_of_ours_is_a_mistake() {
        for (name, meant) in [
            ("MCP_LOG_LEVL", "MCP_LOG_LEVEL"),
            ("MCP_LOGLEVEL", "MCP_LOG_LEVEL"),
            ("mcp_log_level", "MCP_LOG_LEVEL"),
            ("MCP_API_KEY", "MCP_API_KEYS"),
            ("MCP_SERVER_PROT", "MCP_SERVER_PORT"),
            ("MCP_PORT", "MCP_SERVER_PORT"),
            ("MCP_HOST", "MCP_SERVER_HOST"),
            ("MCP_TLS_CERT", "MCP_TLS_CERT_PATH"),
            ("MCP_RATE_LIMIT", "MCP_RATE_LIMIT_QUOTA"),
            ("MCP_PUBLIC_URI", "MCP_PUBLIC_URL"),
            ("MCP_REDIS_URI", "MCP_REDIS_URL"),
            ("MCP_STATE_KEY", "MCP_STATE_KEYS"),
            ("MCP_LIMIT_CONNECTIONS", "MCP_LIMITS_CONNECTIONS"),
        ] {
            let mistake = misspelt(name).map(|it| it.to_string()).unwrap_or_default();
            assert!(
                mistake.contains(&format!("`{meant}`")) && mistake.contains(name),
                "{name}: {mistake}"
            );
        }
    }

    #[test]
    fn a_name_of_somebody_else_is_none() {
        for name in [
            "MCP_TIMEOUT",
            "MCP_TOOL_TIMEOUT",
            "MCP_DEBUG",
            "MCP_SERVER_NAME",
            "MCP_SERVER_SERVICE_HOST",
            "MCP_SERVER_PORT_8080_TCP",
            "MCP_CLIENT_ID",
            "MCP_OAUTH_CLIENT_METADATA_URL",
            "MCP_",
        ] {
            assert_eq!(misspelt(name), None, "{name}");
        }
    }
}
