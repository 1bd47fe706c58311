//! Rates as text: `10/min`, `10/5 min`.

use super::nearest;

/// A number of calls in a period of milliseconds; possibly zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) count: u32,
    pub(crate) period: u64,
}

const UNITS: [(&str, u64); 4] = [
    ("s", 1_000),
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// Synonyms that people write for the units.
const SYNONYMS: [(&str, &str); 10] = [
    ("sec", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("m", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
];

pub(crate) type Refusal = (String, Option<String>);

pub(crate) fn form() -> String {
    "write `<count>/<unit>` with one of: `s`, `min`, `h`, `d`, for example \"10/min\"".to_owned()
}

pub(crate) fn parse(text: &str) -> Result<Quota, Refusal> {
    let (count, per) = text
        .split_once('/')
        .ok_or_else(|| refusal("there is no `/`"))?;
    let count = count.trim();
    let count = count
        .parse()
        .map_err(|_| refusal(format!("`{count}` is not a whole number")))?;
    let (many, unit) = split(per.trim())?;
    let millis = unit_millis(unit)?;
    let period = many
        .checked_mul(millis)
        .ok_or_else(|| refusal("the period is too long"))?;
    if period == 0 {
        return Err(refusal("the period is zero"));
    }
    Ok(Quota { count, period })
}

/// `5 min` as 5 and `min`, `min` as 1 and `min`.
fn split(per: &str) -> Result<(u64, &str), Refusal> {
    let digits = per.find(|c: char| !c.is_ascii_digit()).unwrap_or(per.len());
    let (many, unit) = per.split_at(digits);
    let unit = unit.trim();
    match (many, unit) {
        (_, "") => Err(refusal("there is no unit after the `/`")),
        ("", unit) => Ok((1, unit)),
        (many, unit) => many
            .parse()
            .map(|many| (many, unit))
            .map_err(|_| refusal("the period is too long")),
    }
}

fn unit_millis(unit: &str) -> Result<u64, Refusal> {
    if let Some((_, millis)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*millis);
    }
    let synonym = SYNONYMS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))
        .map(|(_, meant)| *meant);
    let meant =
        synonym.or_else(|| nearest(unit, SYNONYMS.map(|(name, _)| name)).and_then(canonical));
    let help = meant.map(|meant| format!("did you mean `{meant}`?"));
    Err((format!("unknown unit `{unit}`"), help))
}

fn canonical(synonym: &str) -> Option<&'static str> {
    SYNONYMS
        .iter()
        .find(|(name, _)| *name == synonym)
        .map(|(_, meant)| *meant)
}

fn refusal(why: impl Into<String>) -> Refusal {
    (why.into(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(text: &str) -> Option<(u32, u64)> {
        parse(text).ok().map(|quota| (quota.count, quota.period))
    }

    #[test]
    fn a_rate_is_a_count_and_a_period() {
        assert_eq!(quota("10/min"), Some((10, 60_000)));
        assert_eq!(quota("10/5 min"), Some((10, 300_000)));
        assert_eq!(quota(" 1 / 2h "), Some((1, 7_200_000)));
        assert_eq!(quota("0/s"), Some((0, 1_000)));
        assert_eq!(quota("3/d"), Some((3, 86_400_000)));
    }

    #[test]
    fn anything_else_is_refused_in_words() {
        let why = |text| parse(text).err().map(|(why, _)| why).unwrap_or_default();
        assert_eq!(why("10"), "there is no `/`");
        assert_eq!(why("ten/min"), "`ten` is not a whole number");
        assert_eq!(why("10/"), "there is no unit after the `/`");
        assert_eq!(why("10/5"), "there is no unit after the `/`");
        assert_eq!(why("10/0 s"), "the period is zero");
        assert_eq!(why("10/fortnight"), "unknown unit `fortnight`");
    }

    #[test]
    fn a_longer_word_for_a_unit_is_understood_in_the_help() {
        let help = |text| parse(text).err().and_then(|(_, help)| help);
        assert_eq!(help("10/minute").as_deref(), Some("did you mean `min`?"));
        assert_eq!(help("10/m").as_deref(), Some("did you mean `min`?"));
        assert_eq!(help("10/secnod").as_deref(), Some("did you mean `s`?"));
        assert_eq!(help("10/fortnight"), None);
    }
}
