//! Durations as text: `500ms`, `5s`, `1m30s`, `2h`.

use std::fmt;

/// A duration in milliseconds, possibly zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Millis(pub(crate) u64);

/// The units, longest first, in milliseconds.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, millis) in UNITS {
            if rest >= millis {
                write!(f, "{}{unit}", rest / millis)?;
                rest %= millis;
            }
        }
        Ok(())
    }
}

pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let mut rest = text.trim();
    let mut total: u64 = 0;
    let mut longest = u64::MAX;
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    while !rest.is_empty() {
        let (count, unit, after) = split(rest)?;
        let millis = unit_millis(unit)?;
        if millis >= longest {
            return Err(format!("`{unit}` does not come after a longer unit"));
        }
        longest = millis;
        total = count
            .checked_mul(millis)
            .and_then(|part| total.checked_add(part))
            .ok_or("it is too long")?;
        rest = after;
    }
    Ok(total)
}

/// A count, its unit, and the rest.
fn split(text: &str) -> Result<(u64, &str, &str), String> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (count, after) = text.split_at(digits);
    if count.is_empty() {
        return Err(format!("`{after}` does not start with a whole number"));
    }
    if after.starts_with(['.', ',']) {
        return Err("a count is a whole number: write it in a smaller unit".to_owned());
    }
    let letters = after
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(after.len());
    let (unit, after) = after.split_at(letters);
    if unit.is_empty() {
        return Err(format!("`{count}` has no unit"));
    }
    Ok((count.parse().map_err(|_| "it is too long")?, unit, after))
}

fn unit_millis(unit: &str) -> Result<u64, String> {
    let known = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, millis)| *millis);
    known.ok_or_else(|| format!("unknown unit `{unit}` (units: ms, s, m, h)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_sums_of_units() {
        let of = |text| parse(text).ok();
        assert_eq!(of("500ms"), Some(500));
        assert_eq!(of("5s"), Some(5_000));
        assert_eq!(of("1m30s"), Some(90_000));
        assert_eq!(of("2h"), Some(7_200_000));
        assert_eq!(of("0s"), Some(0));
    }

    #[test]
    fn durations_are_shown_as_they_are_written() {
        for text in ["500ms", "5s", "1m30s", "2h", "0s", "1h1s1ms"] {
            assert_eq!(
                parse(text)
                    .map(|millis| Millis(millis).to_string())
                    .as_deref(),
                Ok(text)
            );
        }
    }

    #[test]
    fn anything_else_is_refused_in_words() {
        let why = |text| parse(text).err().unwrap_or_default();
        assert_eq!(why("5"), "`5` has no unit");
        assert_eq!(why("s"), "`s` does not start with a whole number");
        assert_eq!(
            why("1.5s"),
            "a count is a whole number: write it in a smaller unit"
        );
        assert_eq!(why("30s1m"), "`m` does not come after a longer unit");
        assert_eq!(why("5min"), "unknown unit `min` (units: ms, s, m, h)");
        assert_eq!(why(""), "it is empty");
        assert_eq!(why("99999999999999999999s"), "it is too long");
    }
}
