//! Dates and times as [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339#section-5.6) writes them.
//!
//! Hand-written, because the formats of the schema are those of RFC 3339 and no wider: a date exists in its month, an
//! offset is present, and a leap second is allowed in any minute.

/// `2026-07-28`
pub(in crate::handler::argument) fn is_date(text: &str) -> bool {
    let parts = numbers(text, '-', [4, 2, 2]);
    parts.is_some_and(|[year, month, day]| {
        (1..=12).contains(&month) && (1..=days(year, month)).contains(&day)
    })
}

/// `2026-07-28T09:30:00Z`, `2026-07-28T09:30:00.5+02:00`
pub(in crate::handler::argument) fn is_date_time(text: &str) -> bool {
    let Some((date, rest)) = text.split_once(['T', 't']) else {
        return false;
    };
    let Some(offset) = rest.find(['Z', 'z', '+', '-']) else {
        return false;
    };
    let (time, offset) = rest.split_at(offset);
    is_date(date) && is_time(time) && is_offset(offset)
}

fn is_time(text: &str) -> bool {
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_fraction = fraction.is_none_or(|digits| !digits.is_empty() && is_digits(digits));
    // A minute may end with a leap second.
    let in_a_day = |[hour, minute, second]: [u32; 3]| hour < 24 && minute < 60 && second < 61;
    is_fraction && numbers(whole, ':', [2, 2, 2]).is_some_and(in_a_day)
}

fn is_offset(text: &str) -> bool {
    let in_a_day = |[hour, minute]: [u32; 2]| hour < 24 && minute < 60;
    match text.strip_prefix(['+', '-']) {
        Some(offset) => numbers(offset, ':', [2, 2]).is_some_and(in_a_day),
        None => matches!(text, "Z" | "z"),
    }
}

/// Parses numbers with the given counts of digits, separated by `between`.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[u32; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts
            .next()
            .filter(|part| part.len() == digits && is_digits(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_in_the_calendar() {
        for date in [
            "2026-07-28",
            "2024-02-29",
            "2000-02-29",
            "0000-01-01",
            "9999-12-31",
        ] {
            assert!(is_date(date), "{date}");
        }
        for other in [
            "2026-7-28",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "28.07.2026",
            "",
        ] {
            assert!(!is_date(other), "{other}");
        }
    }

    #[test]
    fn a_time_has_an_offset() {
        for time in [
            "2026-07-28T09:30:00Z",
            "2026-07-28t09:30:00.123z",
            "2026-12-31T23:59:60-02:30",
        ] {
            assert!(is_date_time(time), "{time}");
        }
        let others = [
            "2026-07-28",
            "2026-07-28T09:30:00",
            "2026-07-28T9:30:00Z",
            "2026-07-28T24:00:00Z",
            "2026-07-28T09:30:00.Z",
            "2026-07-28T09:30:00+2:00",
            "2026-07-28T09:30:00Zulu",
            "2026-07-28 09:30:00Z",
        ];
        for other in others {
            assert!(!is_date_time(other), "{other}");
        }
    }
}
