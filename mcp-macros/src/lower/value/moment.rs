//! Moments as text: `2026-01-31`, `2026-01-31T12:00:00Z` (ISO 8601, as RFC 3339 has it).

/// Refuses a text that is no moment, with the reason.
pub(crate) fn check(text: &str) -> Result<(), String> {
    let (date, time) = text
        .split_once(['T', 't'])
        .map_or((text, None), |(date, time)| (date, Some(time)));
    check_date(date)?;
    time.map_or(Ok(()), check_time)
}

fn check_date(date: &str) -> Result<(), String> {
    let [year, month, day] =
        numbers(date, '-', [4, 2, 2]).ok_or("the date is not written as `2026-01-31`")?;
    if !(1..=12).contains(&month) {
        return Err(format!("there is no month {month}"));
    }
    if !(1..=days(year, month)).contains(&day) {
        return Err(format!("there is no day {day} in this month"));
    }
    Ok(())
}

fn check_time(time: &str) -> Result<(), String> {
    let end = time
        .find(['Z', 'z', '+', '-'])
        .ok_or("it has no time zone, such as `Z`")?;
    let (clock, zone) = time.split_at(end);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let clock = numbers(clock, ':', [2, 2, 2]).filter(|_| is_fraction);
    let [hour, minute, second] = clock.ok_or("the time is not written as `12:00:00`")?;
    if hour > 23 || minute > 59 || second > 60 {
        return Err(format!(
            "there is no time {hour:02}:{minute:02}:{second:02}"
        ));
    }
    let is_zone = match zone.split_at(1) {
        ("Z" | "z", rest) => rest.is_empty(),
        (_, offset) => {
            numbers(offset, ':', [2, 2]).is_some_and(|[hours, minutes]| hours < 24 && minutes < 60)
        }
    };
    if is_zone {
        Ok(())
    } else {
        Err(format!("`{zone}` is no time zone, such as `Z` or `+01:00`"))
    }
}

fn days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The numbers between separators, each with as many digits as `digits` has for it.
fn numbers<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[u32; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| {
            part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
        })?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_dates_or_times_with_a_zone() {
        for text in [
            "2026-01-31",
            "2024-02-29",
            "2026-01-31T12:00:00Z",
            "2026-01-31T23:59:60.25+01:00",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_in_words() {
        let why = |text| check(text).err().unwrap_or_default();
        assert_eq!(why("yesterday"), "the date is not written as `2026-01-31`");
        assert_eq!(why("31.1.2026"), "the date is not written as `2026-01-31`");
        assert_eq!(why("2026-13-01"), "there is no month 13");
        assert_eq!(why("2026-02-29"), "there is no day 29 in this month");
        assert_eq!(
            why("2026-01-31T12:00:00"),
            "it has no time zone, such as `Z`"
        );
        assert_eq!(
            why("2026-01-31T12:00Z"),
            "the time is not written as `12:00:00`"
        );
        assert_eq!(why("2026-01-31T24:00:00Z"), "there is no time 24:00:00");
        assert_eq!(
            why("2026-01-31T12:00:00+1"),
            "`+1` is no time zone, such as `Z` or `+01:00`"
        );
    }
}
