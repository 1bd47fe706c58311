//! Translates the errors of a decoder, in terms of Rust's types, to terms of JSON.
//!
//! A decoder's error is in terms of Rust (`invalid type: string "x", expected u8`), which means nothing to a model.
//! Known forms are parsed; an unknown one, such as that of a hand-written `Deserialize`, is repeated without its
//! position.

use super::path::Name;
use super::problem::{Fault, Given, nearest};
use super::words;
use crate::schema::bound::{Bounds, Number};

/// The problem of a value that is deeper than `serde_json` reads.
const DEEPEST: &str = "is nested too deeply (more than 127 levels)";

/// A problem of a value, or of one of its members.
#[derive(Debug)]
pub(super) struct Reason {
    pub member: Option<String>,
    pub fault: Fault,
}

impl Reason {
    fn from_fault(fault: Fault) -> Self {
        Self {
            member: None,
            fault,
        }
    }

    fn at(member: &str, fault: Fault) -> Self {
        Self {
            member: Some(Name(member).to_string()),
            fault,
        }
    }

    /// Reads the text of a decoder's error.
    pub(super) fn read(error: &serde_json::Error) -> Self {
        let text = without_places(&error.to_string());
        if error.is_syntax() || error.is_eof() {
            return Self::from_fault(syntax_fault(&text));
        }
        type_fault(&text)
            .map(Self::from_fault)
            .or_else(|| name_reason(&text))
            .unwrap_or_else(|| Self::from_fault(custom(&text)))
    }
}

/// Explains a syntax error of `serde_json` in text that is valid JSON.
fn syntax_fault(text: &str) -> Fault {
    let says = match text {
        _ if text.contains("recursion limit") => DEEPEST,
        _ if text.contains("number out of range") => "holds a number that is out of range",
        _ if text.contains("surrogate") || text.contains("hex escape") => {
            return words::half_a_character();
        }
        _ if text.contains("key to be a number") => "has a member whose name must be a number",
        _ if text.contains("key must be") => "has a member whose name is of another type",
        _ => "is not valid JSON",
    };
    Fault::new(says)
}

/// `invalid type: integer `300`, expected u8`, `invalid value: ..` and `invalid length 1, expected ..`.
fn type_fault(text: &str) -> Option<Fault> {
    if let Some(rest) = text.strip_prefix("invalid length ") {
        let (given, wanted) = rest.split_once(", expected ")?;
        let wanted = counted(wanted).unwrap_or_else(|| "another number of items".to_owned());
        return Some(Fault::new(format!("must have {wanted}")).showing(format!(", has {given}")));
    }
    let rest = text
        .strip_prefix("invalid type: ")
        .or_else(|| text.strip_prefix("invalid value: "))?;
    let (given, wanted) = rest.rsplit_once(", expected ")?;
    let shown = shown(given);
    let broken = range(wanted).zip(number(given));
    if let Some(broken) = broken.and_then(|(bounds, number)| bounds.broken_by(number)) {
        return Some(Fault::new(broken).showing(shown));
    }
    Some(Fault::new(format!("must be {}", in_json(wanted))).showing(shown))
}

/// The range of the integers of a type.
fn range(wanted: &str) -> Option<Bounds> {
    let (name, is_nonzero) = match wanted.strip_prefix("a nonzero ") {
        Some(name) => (name, true),
        None => (wanted, false),
    };
    let format = match name {
        "usize" => "uint64".to_owned(),
        "isize" => "int64".to_owned(),
        _ => match name.strip_prefix('u') {
            Some(bits) => format!("uint{bits}"),
            None => format!("int{}", name.strip_prefix('i')?),
        },
    };
    Bounds::from_format(&format, is_nonzero)
}

fn number(given: &str) -> Option<Number> {
    let text = given.strip_prefix("integer `")?.strip_suffix('`')?;
    Some(Number::read(text))
}

/// Returns the value that a decoder was given, as a problem shows it.
fn shown(given: &str) -> String {
    let ticked = given
        .split_once('`')
        .and_then(|(_, rest)| rest.strip_suffix('`'));
    let shown = match given {
        "null" | "unit value" | "Option value" => "null".to_owned(),
        "sequence" | "byte array" => "an array".to_owned(),
        "map" | "enum" => "an object".to_owned(),
        _ => match (given.strip_prefix("string "), ticked) {
            (Some(quoted), _) => {
                let text: Option<String> = serde_json::from_str(quoted).ok();
                text.map_or_else(|| Name(quoted).to_string(), |text| Given(&text).to_string())
            }
            (None, Some(ticked)) => Name(ticked).to_string(),
            (None, None) => return String::new(),
        },
    };
    format!(", was {shown}")
}

/// Returns the type that a decoder expected, in terms of JSON.
fn in_json(wanted: &str) -> String {
    const OBJECTS: [&str; 6] = [
        "struct ",
        "a map",
        "internally tagged enum",
        "adjacently tagged enum",
        "struct variant",
        "map",
    ];
    const ARRAYS: [&str; 5] = ["a sequence", "tuple ", "a tuple", "an array", "a set"];
    const FORMS: [&str; 6] = [
        "enum ",
        "variant ",
        "field ",
        "string or map",
        "newtype ",
        "any Rust",
    ];
    let begins = |words: &[&str]| words.iter().any(|word| wanted.starts_with(word));
    let known = match wanted {
        "f32" | "f64" => "a number",
        "unit" | "unit variant" | "unit struct" => "null",
        "a borrowed string" | "path string" | "an OS string" | "a string" | "str" => "a string",
        "a character" => "a string of one character",
        "bytes" | "byte array" | "a byte array" | "a borrowed byte array" => {
            "a string or an array of bytes"
        }
        "option" => "a value or null",
        "bool" => "a boolean",
        _ if range(wanted).is_some() => "an integer",
        _ if begins(&["unit struct", "unit variant"]) => "null",
        _ if begins(&OBJECTS) => "an object",
        _ if begins(&ARRAYS) => {
            return counted(wanted).map_or_else(
                || "an array".to_owned(),
                |count| format!("an array of {count}"),
            );
        }
        _ if begins(&FORMS) => "of one of the forms in the schema",
        _ => return with_article(wanted),
    };
    known.to_owned()
}

/// `a tuple of size 3` and `struct Pair with 3 elements`: the expected number of items.
fn counted(wanted: &str) -> Option<String> {
    let digits = |c: char| !c.is_ascii_digit();
    let (_, rest) = wanted
        .rsplit_once(" of size ")
        .or_else(|| wanted.rsplit_once(" of length "))
        .or_else(|| wanted.rsplit_once(" with "))?;
    let count: u64 = rest.split(digits).next()?.parse().ok()?;
    Some(format!("{count} item{}", if count == 1 { "" } else { "s" }))
}

fn with_article(wanted: &str) -> String {
    let begins = |word: &str| wanted.starts_with(word);
    if begins("a ") || begins("an ") || begins("one of") || begins("`") {
        return wanted.to_owned();
    }
    let vowel = wanted.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!("{} {wanted}", if vowel { "an" } else { "a" })
}

/// Reads the errors that name a variant or a field: ``unknown variant `x`, expected one of `a`, `b` ``.
fn name_reason(text: &str) -> Option<Reason> {
    let ticked = |rest: &str| -> Option<String> {
        let (name, _) = rest
            .split_once("`, ")
            .or_else(|| Some((rest.strip_suffix('`')?, "")))?;
        Some(name.to_owned())
    };
    if let Some(rest) = text.strip_prefix("unknown variant `") {
        let (name, known) = (ticked(rest)?, names(rest));
        let wanted = words::one_of(&words::quoted(&known));
        let hint = nearest(&name, &known).map(|near| format!("; did you mean \"{near}\"?"));
        let given = format!("{}{}", Given(&name), hint.unwrap_or_default());
        return Some(Reason::from_fault(Fault::wanted(wanted, given)));
    }
    if let Some(rest) = text.strip_prefix("unknown field `") {
        let (name, known) = (ticked(rest)?, names(rest));
        let hint = nearest(&name, &known).map(|near| format!("; did you mean `{near}`?"));
        let says = format!("is not a known member{}", hint.unwrap_or_default());
        return Some(Reason::at(&name, Fault::new(says)));
    }
    if let Some(rest) = text.strip_prefix("missing field `") {
        return Some(Reason::at(&ticked(rest)?, Fault::new("is missing")));
    }
    if let Some(rest) = text.strip_prefix("duplicate field `") {
        return Some(Reason::at(
            &ticked(rest)?,
            Fault::new("is given more than once"),
        ));
    }
    let says = match text {
        _ if text.starts_with("data did not match any variant of untagged enum") => {
            "must be of one of the forms in the schema"
        }
        _ if text.starts_with("no variant of enum") => {
            "lacks the member that tells which of the forms in the schema it has"
        }
        _ => return None,
    };
    Some(Reason::from_fault(Fault::new(says)))
}

/// The expected names: those in backticks after the first one.
fn names(rest: &str) -> Vec<&str> {
    let expected = rest
        .split_once("`, expected ")
        .map_or("", |(_, names)| names);
    expected.split('`').skip(1).step_by(2).collect()
}

/// Describes an error of the author's own decoding.
fn custom(text: &str) -> Fault {
    Fault::new("is not valid").showing(format!(": {text}"))
}

/// The text without ` at line 1 column 4`: positions in a text that the client did not write.
fn without_places(text: &str) -> String {
    const LINE: &str = " at line ";
    const COLUMN: &str = " column ";
    let (mut out, mut rest) = (String::new(), text);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    while let Some((before, behind)) = rest.split_once(LINE) {
        let line = digits(behind);
        let column = behind[line..].strip_prefix(COLUMN);
        let length = column.map_or(0, digits);
        out.push_str(before);
        rest = match column {
            Some(column) if line > 0 && length > 0 => &column[length..],
            _ => {
                out.push_str(LINE);
                behind
            }
        };
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;
    use std::net::IpAddr;
    use std::num::NonZeroU8;

    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::handler::argument::problem::Problems;
    use crate::handler::spec::kind::{Item, Kind};

    fn told<T: DeserializeOwned + Debug>(text: &str) -> String {
        let reason = Reason::read(&serde_json::from_str::<T>(text).unwrap_err());
        let mut problems = Problems::under("x", false);
        let path = reason.member.map(|name| format!(".{name}"));
        problems.note_in(&path.unwrap_or_default(), &reason.fault);
        let all = problems.describe(Item {
            kind: Kind::Tool,
            name: "t",
        });
        all.split_once("- ").unwrap().1.to_owned()
    }

    #[derive(Debug, Deserialize)]
    #[serde(crate = "serde", deny_unknown_fields)]
    struct Pair {
        #[expect(dead_code, reason = "only decoded")]
        first: u8,
        #[expect(dead_code, reason = "only decoded")]
        second: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(crate = "serde", rename_all = "snake_case")]
    enum Order {
        Ascending,
        Descending,
    }

    #[derive(Debug, Deserialize)]
    #[serde(crate = "serde", untagged)]
    enum Loose {
        #[expect(dead_code, reason = "only decoded")]
        Number(i64),
    }

    #[derive(Debug, Deserialize)]
    #[serde(crate = "serde")]
    struct Two(
        #[expect(dead_code, reason = "only decoded")] u8,
        #[expect(dead_code, reason = "only decoded")] u8,
    );

    #[derive(Debug, Deserialize)]
    #[serde(crate = "serde")]
    struct Unit;

    #[test]
    fn every_text_of_serde_is_in_the_words_of_json() {
        let _ = (Order::Ascending, Order::Descending, Unit);
        let cases = [
            (told::<u8>("300"), "`x` must be at most 255, was 300"),
            (told::<u8>("-1"), "`x` must be at least 0, was -1"),
            (
                told::<i64>("9223372036854775808"),
                "`x` must be at most 9223372036854775807, was 9223372036854775808",
            ),
            (told::<u8>("1.5"), "`x` must be an integer, was 1.5"),
            (told::<NonZeroU8>("0"), "`x` must not be 0, was 0"),
            (told::<f64>("true"), "`x` must be a number, was true"),
            (told::<bool>("1"), "`x` must be a boolean, was 1"),
            (told::<String>("{}"), "`x` must be a string, was an object"),
            (
                told::<char>("\"ab\""),
                "`x` must be a string of one character, was \"ab\"",
            ),
            (told::<()>("5"), "`x` must be null, was 5"),
            (told::<Unit>("5"), "`x` must be null, was 5"),
            (told::<Pair>("5"), "`x` must be an object, was 5"),
            (told::<Pair>("{\"second\":\"\"}"), "`x.first` is missing"),
            (
                told::<Pair>("{\"frist\":1}"),
                "`x.frist` is not a known member; did you mean `first`?",
            ),
            (
                told::<Pair>("{\"first\":1,\"first\":1}"),
                "`x.first` is given more than once",
            ),
            (told::<Two>("[1]"), "`x` must have 2 items, has 1"),
            (told::<(u8, u8, u8)>("[1]"), "`x` must have 3 items, has 1"),
            (told::<[u8; 3]>("[1]"), "`x` must have 3 items, has 1"),
            (
                told::<[u8; 3]>("5"),
                "`x` must be an array of 3 items, was 5",
            ),
            (told::<Vec<u8>>("5"), "`x` must be an array, was 5"),
            (
                told::<std::collections::HashMap<u8, u8>>("{\"x\":5}"),
                "`x` has a member whose name must be a number",
            ),
            (
                told::<Order>("\"ascendign\""),
                "`x` must be one of \"ascending\", \"descending\", was \"ascendign\"; did you mean \"ascending\"?",
            ),
            (
                told::<Loose>("\"x\""),
                "`x` must be of one of the forms in the schema",
            ),
            (told::<IpAddr>("5"), "`x` must be an IP address, was 5"),
            (
                told::<String>("\"\\ud83d\""),
                "`x` holds half of a character (a surrogate such as \\ud83d without its pair)",
            ),
            (
                told::<f64>("1e400"),
                "`x` holds a number that is out of range",
            ),
        ];
        for (told, wanted) in cases {
            assert_eq!(told, wanted);
        }
        let deep = "[".repeat(200) + &"]".repeat(200);
        assert!(told::<serde_json::Value>(&deep).contains("nested too deeply"));
    }

    #[test]
    fn positions_refer_only_to_text_of_the_client() {
        assert_eq!(
            without_places("no b at line 1 column 4 in c at line 2 column 5"),
            "no b in c"
        );
        assert_eq!(without_places("arrives at line 5"), "arrives at line 5");
    }
}
