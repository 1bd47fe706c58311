//! Rules on parameters: each adds its keywords to the schema and checks the decoded value.

mod format;
#[cfg(feature = "validator")]
pub(crate) mod nested;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Display;
use std::ops::Bound;

use regex::Regex;
use serde_json::{Number, Value};

use super::arg::Arg;
use super::fit::date;
use super::problem::{Fault, Given, Problems, nearest, quoted_list};
use super::words;
use format::{is_email, is_url};

/// One rule: its keywords in the schema, and the check that enforces them.
pub(super) struct Rule<T> {
    pub keywords: Vec<(&'static str, Value)>,
    pub check: Checked<T>,
}

type Checked<T> = Box<dyn Fn(&T) -> Result<(), Fault> + Send + Sync>;

impl<T> Rule<T> {
    fn new(
        keywords: Vec<(&'static str, Value)>,
        check: impl Fn(&T) -> Result<(), Fault> + Send + Sync + 'static,
    ) -> Self {
        Self {
            keywords,
            check: Box::new(check),
        }
    }
}

/// A type that `range` can limit.
#[diagnostic::on_unimplemented(
    message = "`range` needs a number, but this argument is `{Self}`",
    label = "not a number",
    note = "use `length = ..` to limit strings and collections"
)]
pub trait Ranged {
    /// The number itself.
    type Scalar: PartialOrd + Copy + Display + Into<Bounded> + Send + Sync + 'static;
    /// The number, unless it is absent.
    fn scalar(&self) -> Option<Self::Scalar>;
}

/// A bound of a range, as JSON.
#[derive(Debug)]
pub struct Bounded(Value);

macro_rules! ranged {
    ($($type:ty),*) => {$(
        impl Ranged for $type {
            type Scalar = $type;
            fn scalar(&self) -> Option<$type> {
                Some(*self)
            }
        }
        impl From<$type> for Bounded {
            fn from(value: $type) -> Self {
                Self(Value::from(value))
            }
        }
    )*};
}
ranged!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f32, f64);

#[diagnostic::do_not_recommend]
impl<T: Ranged> Ranged for Option<T> {
    type Scalar = T::Scalar;
    fn scalar(&self) -> Option<T::Scalar> {
        self.as_ref().and_then(T::scalar)
    }
}

/// A type that `length` can limit.
#[diagnostic::on_unimplemented(
    message = "`length` needs a string or a collection, but this argument is `{Self}`",
    label = "has no length",
    note = "use `range = ..` to limit numbers"
)]
pub trait Lengthed {
    #[doc(hidden)]
    const UNIT: Unit;
    #[doc(hidden)]
    fn length(&self) -> Option<usize>;
}

/// The unit of a length.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    Characters,
    Items,
    Members,
}

impl Unit {
    fn keywords(self) -> (&'static str, &'static str) {
        match self {
            Self::Characters => ("minLength", "maxLength"),
            Self::Items => ("minItems", "maxItems"),
            Self::Members => ("minProperties", "maxProperties"),
        }
    }

    fn noun(self) -> (&'static str, &'static str) {
        match self {
            Self::Characters => ("character", "characters"),
            Self::Items => ("item", "items"),
            Self::Members => ("entry", "entries"),
        }
    }
}

impl Lengthed for String {
    const UNIT: Unit = Unit::Characters;
    fn length(&self) -> Option<usize> {
        Some(self.chars().count())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Lengthed> Lengthed for Option<T> {
    const UNIT: Unit = T::UNIT;
    fn length(&self) -> Option<usize> {
        self.as_ref().and_then(T::length)
    }
}

macro_rules! lengthed {
    ($($(#[$meta:meta])* [$($generics:tt)*] $type:ty => $kind:ident,)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Lengthed for $type {
            const UNIT: Unit = Unit::$kind;
            fn length(&self) -> Option<usize> {
                Some(self.len())
            }
        }
    )*};
}
lengthed! {
    [T] Vec<T> => Items,
    [T] VecDeque<T> => Items,
    [T] BTreeSet<T> => Items,
    [T, S] HashSet<T, S> => Items,
    [K, V] BTreeMap<K, V> => Members,
    [K, V, S] HashMap<K, V, S> => Members,
}

/// A type that `pattern`, `one_of`, `email` and `url` can check: a string, or an optional one.
#[diagnostic::on_unimplemented(
    message = "`pattern`, `email`, `url`, `date`, `date_time` and `one_of` need a string, but this argument is `{Self}`",
    label = "not a string",
    note = "take `String` or `Option<String>`"
)]
pub trait Textual {
    #[doc(hidden)]
    fn textual(&self) -> Option<&str>;
}

impl Textual for String {
    fn textual(&self) -> Option<&str> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Textual> Textual for Option<T> {
    fn textual(&self) -> Option<&str> {
        self.as_ref().and_then(T::textual)
    }
}

impl<T> Arg<T> {
    /// Between two numbers of its own type.
    #[must_use]
    pub fn range(self, low: Bound<T::Scalar>, high: Bound<T::Scalar>) -> Self
    where
        T: Ranged,
    {
        let mut keywords = Vec::new();
        match low {
            Bound::Included(low) => keywords.push(("minimum", low.into().0)),
            Bound::Excluded(low) => keywords.push(("exclusiveMinimum", low.into().0)),
            Bound::Unbounded => {}
        }
        match high {
            Bound::Included(high) => keywords.push(("maximum", high.into().0)),
            Bound::Excluded(high) => keywords.push(("exclusiveMaximum", high.into().0)),
            Bound::Unbounded => {}
        }
        let allowed = allowed_range(low, high);
        self.rule(Rule::new(keywords, move |value: &T| match value.scalar() {
            Some(number) if !std::ops::RangeBounds::contains(&(low, high), &number) => {
                Err(Fault::wanted(&allowed, number))
            }
            _ => Ok(()),
        }))
    }

    /// Limits the number of characters, items or entries.
    #[must_use]
    pub fn length(self, least: Option<usize>, most: Option<usize>) -> Self
    where
        T: Lengthed,
    {
        let (low, high) = T::UNIT.keywords();
        let keywords = [(low, least), (high, most)]
            .into_iter()
            .filter_map(|(keyword, bound)| Some((keyword, Value::Number(Number::from(bound?)))))
            .collect();
        self.rule(Rule::new(keywords, move |value: &T| match value.length() {
            Some(length)
                if least.is_some_and(|least| length < least)
                    || most.is_some_and(|most| length > most) =>
            {
                let [least, most] = [least, most].map(|bound| bound.map(|bound| bound as u64));
                let allowed = words::length_allowed(T::UNIT.noun(), least, most);
                Err(Fault::new(format!("must have {allowed}")).showing(format!(", has {length}")))
            }
            _ => Ok(()),
        }))
    }

    /// Matches a regular expression somewhere.
    #[must_use]
    pub fn pattern(self, pattern: &'static str) -> Self
    where
        T: Textual,
    {
        // The macro has parsed the pattern; one too large to compile refuses every value rather than none.
        let regex = Regex::new(pattern).ok();
        self.rule(Rule::new(
            vec![("pattern", pattern.into())],
            move |value: &T| match value.textual() {
                Some(text) if !regex.as_ref().is_some_and(|regex| regex.is_match(text)) => {
                    Err(Fault::new(format!("must match the pattern `{pattern}`"))
                        .showing(format!(", was {}", Given(text))))
                }
                _ => Ok(()),
            },
        ))
    }

    /// An email address.
    #[must_use]
    pub fn email(self) -> Self
    where
        T: Textual,
    {
        self.format("email", "an email address", is_email)
    }

    /// An absolute URL.
    #[must_use]
    pub fn url(self) -> Self
    where
        T: Textual,
    {
        self.format("uri", "an absolute URL", is_url)
    }

    /// A date: `2026-07-28`.
    #[must_use]
    pub fn date(self) -> Self
    where
        T: Textual,
    {
        self.format("date", "a date such as 2026-07-28", date::is_date)
    }

    /// A date with a time: `2026-07-28T09:30:00Z`.
    #[must_use]
    pub fn date_time(self) -> Self
    where
        T: Textual,
    {
        self.format(
            "date-time",
            "a date with a time such as 2026-07-28T09:30:00Z",
            date::is_date_time,
        )
    }

    fn format(self, format: &'static str, noun: &'static str, holds: fn(&str) -> bool) -> Self
    where
        T: Textual,
    {
        self.rule(Rule::new(
            vec![("format", format.into())],
            move |value: &T| match value.textual() {
                Some(text) if !holds(text) => Err(Fault::wanted(noun, Given(text))),
                _ => Ok(()),
            },
        ))
    }

    /// One of these strings.
    #[must_use]
    pub fn one_of(self, allowed: &'static [&'static str]) -> Self
    where
        T: Textual,
    {
        self.rule(Rule::new(
            vec![("enum", allowed.into())],
            move |value: &T| match value.textual() {
                Some(text) if !allowed.contains(&text) => {
                    let hint = nearest(text, allowed)
                        .map(|near| format!("; did you mean \"{near}\"?"))
                        .unwrap_or_default();
                    Err(Fault::wanted(
                        format!("one of {}", quoted_list(allowed)),
                        format!("{}{hint}", Given(text)),
                    ))
                }
                _ => Ok(()),
            },
        ))
    }

    /// Accepted by the author's own function.
    #[must_use]
    pub fn custom(self, check: fn(&T) -> Result<(), String>) -> Self
    where
        T: 'static,
    {
        self.rule(Rule::new(Vec::new(), move |value: &T| {
            check(value).map_err(|error| Fault::new("is not valid").showing(format!(": {error}")))
        }))
    }
}

fn allowed_range<N: Display>(low: Bound<N>, high: Bound<N>) -> String {
    match (low, high) {
        (Bound::Included(low), Bound::Included(high)) => format!("from {low} to {high}"),
        (Bound::Included(low), Bound::Excluded(high)) => {
            format!("at least {low} and less than {high}")
        }
        (Bound::Excluded(low), Bound::Included(high)) => {
            format!("more than {low} and at most {high}")
        }
        (Bound::Excluded(low), Bound::Excluded(high)) => {
            format!("more than {low} and less than {high}")
        }
        (Bound::Included(low), Bound::Unbounded) => format!("at least {low}"),
        (Bound::Excluded(low), Bound::Unbounded) => format!("more than {low}"),
        (Bound::Unbounded, Bound::Included(high)) => format!("at most {high}"),
        (Bound::Unbounded, Bound::Excluded(high)) => format!("less than {high}"),
        (Bound::Unbounded, Bound::Unbounded) => "a number".to_owned(),
    }
}

/// Records the problems that the `validator` rules of a value's own type find.
pub(crate) type Nested<T> = fn(&T, &mut Problems);
