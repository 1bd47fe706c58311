//! Sizes as text: `512B`, `64KiB`, `1MB`.

use super::nearest;

const UNITS: [(&str, u64); 7] = [
    ("B", 1),
    ("KB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
];

pub(crate) type Refusal = (String, Option<String>);

pub(crate) fn parse(text: &str) -> Result<u64, Refusal> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (count, unit) = text.split_at(digits);
    let unit = unit.trim_start();
    if text.is_empty() {
        return Err(("it is empty".to_owned(), None));
    }
    if count.is_empty() || unit.starts_with(['.', ',', '_']) {
        return Err((
            format!("`{text}` does not start with a whole number and a unit"),
            None,
        ));
    }
    if unit.is_empty() {
        return Err((format!("`{count}` has no unit"), None));
    }
    let too_large = || ("it is too large".to_owned(), None);
    let count: u64 = count.parse().map_err(|_| too_large())?;
    count.checked_mul(bytes(unit)?).ok_or_else(too_large)
}

fn bytes(unit: &str) -> Result<u64, Refusal> {
    if let Some((_, bytes)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*bytes);
    }
    let meant = match unit {
        "b" | "byte" | "bytes" => Some("B"),
        "K" | "k" | "Ki" => Some("KiB"),
        "M" | "m" | "Mi" => Some("MiB"),
        "G" | "g" | "Gi" => Some("GiB"),
        other => nearest(other, UNITS.map(|(name, _)| name)),
    };
    let help = meant.map(|meant| format!("did you mean `{meant}`?"));
    Err((
        format!("unknown unit `{unit}` (units: B, KB, KiB, MB, MiB, GB, GiB)"),
        help,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_count_and_a_unit() {
        let of = |text| parse(text).ok();
        assert_eq!(of("512B"), Some(512));
        assert_eq!(of("64KiB"), Some(65_536));
        assert_eq!(of("64KB"), Some(64_000));
        assert_eq!(of("1 MB"), Some(1_000_000));
        assert_eq!(of("2MiB"), Some(2_097_152));
        assert_eq!(of("3GB"), Some(3_000_000_000));
        assert_eq!(of("1GiB"), Some(1_073_741_824));
        assert_eq!(of("0B"), Some(0));
    }

    #[test]
    fn anything_else_is_refused_in_words() {
        let why = |text| parse(text).err().map(|(why, _)| why).unwrap_or_default();
        assert_eq!(why("64"), "`64` has no unit");
        assert_eq!(
            why("KiB"),
            "`KiB` does not start with a whole number and a unit"
        );
        assert_eq!(
            why("1.5MB"),
            "`1.5MB` does not start with a whole number and a unit"
        );
        assert_eq!(
            why("5TB"),
            "unknown unit `TB` (units: B, KB, KiB, MB, MiB, GB, GiB)"
        );
        assert_eq!(why(""), "it is empty");
        assert_eq!(why("99999999999999999999B"), "it is too large");
        assert_eq!(why("99999999999GiB"), "it is too large");
    }

    #[test]
    fn a_unit_that_is_nearly_one_is_understood_in_the_help() {
        let help = |text| parse(text).err().and_then(|(_, help)| help);
        assert_eq!(help("64K").as_deref(), Some("did you mean `KiB`?"));
        assert_eq!(help("64kb").as_deref(), Some("did you mean `KB`?"));
        assert_eq!(help("64bytes").as_deref(), Some("did you mean `B`?"));
        assert_eq!(help("64 rows"), None);
    }
}
