//! The kinds of settings: how a value is read, checked and shown.
//!
//! A kind has four operations: read a text into the settings, list the problems of a value set by the program, show it
//! as in `mcp.toml`, compare two. A row of the table thus needs a kind and a field of [`Settings`], and no code. A
//! number out of range is refused with the range, and never clamped.

use std::fmt;
use std::time::Duration;

use super::Settings;
use super::problem::{HIDDEN, Problem};
use super::raw::Raw;
use super::value;
use crate::clock::millis;
use crate::handler::spec::policy::RateLimit;
use crate::handler::spec::text::duration::Millis;
use crate::handler::spec::text::size;
use crate::policy::max_output::Size;
use crate::seal::{self, Secrets};

/// The longest duration of a setting: a year.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// The place of a value in the settings.
pub(crate) type Field<T> = fn(&mut Settings) -> &mut T;

/// The kind of a setting, with the place of its value.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A number, from the least to the most.
    Number(Field<usize>, usize, usize),
    /// A size in bytes, from the least to the most.
    Size(Field<usize>, usize, usize),
    /// A duration, from the least to a year.
    Time(Field<Duration>, Duration),
    /// `true` or `false`: its getter and its setter.
    Switch(fn(&Settings) -> bool, fn(&mut Settings, bool)),
    /// A text with a form of its own: how it is shown, and how it is read.
    Text(fn(&Settings) -> String, Read),
    /// Texts, each with the form that the check knows.
    Texts(Field<Vec<String>>, Check),
    /// Secrets, with the form that the check knows.
    Secrets(Field<Secrets>, fn(&Secrets) -> Result<(), Problem>),
    /// Rates by name.
    Rates(Field<Vec<(String, RateLimit)>>),
    /// A setting that this program cannot have; the reason, such as "it was built without the feature `tls`".
    Absent(&'static str),
}

/// Reads a text into the settings.
pub(crate) type Read = fn(&mut Settings, &str) -> Result<(), Problem>;
/// Checks one text of a list.
pub(crate) type Check = fn(&str) -> Result<(), Problem>;

impl Kind {
    /// Reads `raw` into the settings.
    pub(crate) fn read(&self, settings: &mut Settings, raw: &Raw) -> Result<(), Problem> {
        match *self {
            Self::Number(field, least, most) => {
                let text = raw.text()?;
                let refused = || Problem::new(text, "", numbers(least, most));
                let number = text.parse().map_err(|_| refused())?;
                within(number, least, most).ok_or_else(refused)?;
                *field(settings) = number;
            }
            Self::Size(field, least, most) => {
                let text = raw.text()?;
                let bytes = size::parse(text).map_err(|(what, help)| {
                    Problem::new(
                        text,
                        what,
                        help.unwrap_or_else(|| value::SIZE_FORM.to_owned()),
                    )
                })?;
                let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
                within(bytes, least, most)
                    .ok_or_else(|| Problem::new(text, "", sizes(least, most)))?;
                *field(settings) = bytes;
            }
            Self::Time(field, least) => {
                let time = value::time(raw.text()?)?;
                check_time(time, least).map_err(|help| Problem::new(raw.shown(), "", help))?;
                *field(settings) = time;
            }
            Self::Switch(_, set) => match raw.text()? {
                "true" => set(settings, true),
                "false" => set(settings, false),
                other => return Err(Problem::new(other, "", "write true or false")),
            },
            Self::Text(_, read) => read(settings, raw.text()?)?,
            Self::Texts(field, check) => {
                let entries = raw.entries();
                entries.iter().try_for_each(|entry| check(entry))?;
                *field(settings) = entries;
            }
            Self::Secrets(field, check) => {
                let entries = raw.entries().into_iter().map(String::into_bytes);
                let secrets = Secrets(entries.collect());
                if secrets.0.is_empty() {
                    let help = "give a secret, or leave the setting out";
                    return Err(Problem::new(HIDDEN, "it is empty", help));
                }
                check(&secrets)?;
                *field(settings) = secrets;
            }
            Self::Rates(field) => {
                let rates = raw.pairs()?.into_iter().map(|(name, text)| {
                    let limit = value::rate_limit(&text)?;
                    Ok((name, limit))
                });
                *field(settings) = rates.collect::<Result<_, Problem>>()?;
            }
            Self::Absent(_) => {}
        }
        Ok(())
    }

    /// Lists the problems of the current value, which the program may have set.
    pub(crate) fn problems(&self, settings: &mut Settings) -> Vec<Problem> {
        match *self {
            Self::Number(field, least, most) | Self::Size(field, least, most) => {
                let value = *field(settings);
                let found = within(value, least, most).is_none();
                let problem = || Problem::new(value.to_string(), "", numbers(least, most));
                found.then(problem).into_iter().collect()
            }
            Self::Time(field, least) => {
                let value = *field(settings);
                let refused = check_time(value, least).err();
                let problem = |help| Problem::new(format!("{value:?}"), "", help);
                refused.map(problem).into_iter().collect()
            }
            Self::Texts(field, check) => {
                let entries = field(settings).iter();
                entries.filter_map(|entry| check(entry).err()).collect()
            }
            Self::Secrets(field, check) => check(field(settings)).err().into_iter().collect(),
            Self::Text(show, read) => {
                let text = show(settings);
                let refused = (!text.is_empty()).then(|| read(settings, &text).err());
                refused.flatten().into_iter().collect()
            }
            Self::Switch(..) | Self::Rates(_) | Self::Absent(_) => Vec::new(),
        }
    }

    /// The current value as in `mcp.toml`; secrets as `[set]`.
    pub(crate) fn show(&self, settings: &mut Settings) -> String {
        match *self {
            Self::Number(field, ..) => field(settings).to_string(),
            Self::Size(field, ..) => {
                let size = Size(*field(settings) as u64).to_string();
                quoted(&size.replace(' ', ""))
            }
            Self::Time(field, _) => quoted(&Millis(millis(*field(settings))).to_string()),
            Self::Switch(get, _) => get(settings).to_string(),
            Self::Text(show, _) => quoted(&show(settings)),
            Self::Texts(field, _) => {
                let entries = field(settings).iter().map(|entry| quoted(entry));
                format!("[{}]", entries.collect::<Vec<_>>().join(", "))
            }
            Self::Secrets(field, _) if field(settings).0.is_empty() => "[]".to_owned(),
            Self::Secrets(..) => "[set]".to_owned(),
            Self::Rates(field) => {
                let rates = field(settings).iter();
                let rates =
                    rates.map(|(name, limit)| format!("{name} = {}", quoted(&limit.to_string())));
                format!("{{ {} }}", rates.collect::<Vec<_>>().join(", "))
            }
            Self::Absent(_) => String::new(),
        }
    }

    /// Returns true if the values of the two differ.
    #[cfg(feature = "cli")]
    pub(crate) fn differs(&self, one: &mut Settings, other: &mut Settings) -> bool {
        match *self {
            Self::Secrets(field, _) => field(one).0 != field(other).0,
            _ => self.show(one) != self.show(other),
        }
    }

    /// Returns true if the value is never shown.
    pub(crate) fn is_secret(&self) -> bool {
        matches!(self, Self::Secrets(..))
    }
}

/// A text in quotes, as TOML has it.
fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// Returns `None` if the value is out of range.
fn within(value: usize, least: usize, most: usize) -> Option<()> {
    (least..=most).contains(&value).then_some(())
}

/// The remedy for a number out of range.
fn numbers(least: usize, most: usize) -> String {
    if most == usize::MAX {
        format!("write at least {least}")
    } else {
        format!("write a number from {least} to {most}")
    }
}

/// The remedy for a size out of range.
fn sizes(least: usize, most: usize) -> String {
    let size = |bytes: usize| Size(bytes as u64);
    if most == usize::MAX {
        format!("write at least {}", size(least))
    } else {
        format!("write a size from {} to {}", size(least), size(most))
    }
}

/// Checks a duration, or returns the remedy.
fn check_time(time: Duration, least: Duration) -> Result<(), String> {
    if (least..=LONGEST).contains(&time) {
        return Ok(());
    }
    Err(format!("write a duration from {least:?} to 365 days"))
}

/// Checks that secrets are long enough, without showing them.
pub(super) fn check_secrets(secrets: &Secrets) -> Result<(), Problem> {
    seal::check(secrets).map_err(|short| {
        let text = short.to_string();
        let (what, help) = text.split_once("; ").unwrap_or((&text, ""));
        Problem::new(HIDDEN, what, help)
    })
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number(..) => "Number",
            Self::Size(..) => "Size",
            Self::Time(..) => "Time",
            Self::Switch(..) => "Switch",
            Self::Text(..) => "Text",
            Self::Texts(..) => "Texts",
            Self::Secrets(..) => "Secrets",
            Self::Rates(..) => "Rates",
            Self::Absent(..) => "Absent",
        })
    }
}
