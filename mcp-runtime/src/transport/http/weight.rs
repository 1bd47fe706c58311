//! Weights of the headers that negotiate content (RFC 9110, section 12.4.2).

/// The weight of an element without `q`, in thousandths.
pub(super) const DEFAULT: u16 = 1000;

/// Parses the parameter of a weight, such as `q=0.5`, as thousandths.
pub(super) fn parse(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let is_fraction = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !name.eq_ignore_ascii_case("q") || !is_fraction {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    let thousandths = digits.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match (whole, thousandths) {
        ("0", _) => Some(thousandths),
        ("1", 0) => Some(DEFAULT),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_weight_is_at_most_one_with_three_digits() {
        for (parameter, weight) in [
            ("q=0", 0),
            ("q=0.", 0),
            ("q=0.000", 0),
            ("q=0.001", 1),
            ("q=0.5", 500),
            ("Q=0.25", 250),
            ("q=1", 1000),
            ("q=1.", 1000),
            ("q=1.000", 1000),
        ] {
            assert_eq!(parse(parameter), Some(weight), "{parameter}");
        }
        for parameter in [
            "", "q", "q=", "q=.5", "q=00", "q=01", "q=1.001", "q=2", "q=-0", "q=+1", "q=0.0001",
            "q=0.5;", "q=0,5", "q=1e-1", "q=NaN", "q=inf", "q= 1", "q =1", "level=1",
        ] {
            assert_eq!(parse(parameter), None, "{parameter}");
        }
    }
}
