//! The minimum and the maximum number that a schema allows.
//!
//! Bounds come from the schema (`minimum` and the like) and from the format of the number's type
//! (`uint8`). Integers are compared as 128-bit numbers: as doubles, 2⁵³ and its successor would be
//! the same, and a bound there would be off by one.

use std::fmt::{self, Display};

use serde_json::{Map, Value};

/// The numbers that are allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Bounds {
    least: Option<Bound>,
    most: Option<Bound>,
    without_zero: bool,
    precision: Precision,
}

/// The numbers that a decoder can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Precision {
    Single,
    #[default]
    Double,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Bound {
    number: Number,
    excluded: bool,
}

/// A number with the precision of its JSON text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Negative(i128),
    Natural(u128),
    Float(f64),
}

impl Number {
    /// Reads a JSON number; an integer that needs more than 128 bits becomes a float.
    pub(crate) fn read(text: &str) -> Self {
        if let Ok(natural) = text.parse() {
            return Self::Natural(natural);
        }
        match text.parse::<i128>() {
            Ok(0) => Self::Natural(0),
            Ok(negative) => Self::Negative(negative),
            Err(_) => Self::Float(text.parse().unwrap_or(f64::NAN)),
        }
    }

    fn new(value: i128) -> Self {
        u128::try_from(value).map_or(Self::Negative(value), Self::Natural)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "compared with a float, which is no more precise"
    )]
    fn as_float(self) -> f64 {
        match self {
            Self::Negative(number) => number as f64,
            Self::Natural(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Natural(a), Self::Natural(b)) => a.partial_cmp(b),
            (Self::Negative(a), Self::Negative(b)) => a.partial_cmp(b),
            (Self::Negative(_), Self::Natural(_)) => Some(std::cmp::Ordering::Less),
            (Self::Natural(_), Self::Negative(_)) => Some(std::cmp::Ordering::Greater),
            _ => self.as_float().partial_cmp(&other.as_float()),
        }
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative(number) => number.fmt(f),
            Self::Natural(number) => number.fmt(f),
            Self::Float(number) if number.abs() >= 1e16 => write!(f, "{number:e}"),
            Self::Float(number) => number.fmt(f),
        }
    }
}

impl Bounds {
    /// The bounds of a schema: its own, and those of the number type that its format names.
    pub(super) fn read(keywords: &Map<String, Value>) -> Self {
        let format = keywords.get("format").and_then(Value::as_str);
        let format_range = format.and_then(format_range).map(|(least, most)| {
            let bound = |number| Bound {
                number,
                excluded: false,
            };
            (bound(least), bound(most))
        });
        let said = |inclusive: &str, exclusive: &str| {
            let read = |key: &str, excluded| match keywords.get(key) {
                Some(Value::Number(number)) => Some(Bound {
                    number: Number::read(&number.to_string()),
                    excluded,
                }),
                _ => None,
            };
            read(inclusive, false).or_else(|| read(exclusive, true))
        };
        let zero = keywords.get("not").and_then(|not| not.get("const"));
        Self {
            least: said("minimum", "exclusiveMinimum").or(format_range.map(|(least, _)| least)),
            most: said("maximum", "exclusiveMaximum").or(format_range.map(|(_, most)| most)),
            without_zero: zero.and_then(Value::as_i64) == Some(0),
            precision: if format == Some("float") {
                Precision::Single
            } else {
                Precision::Double
            },
        }
    }

    /// The bounds of the integers that a format names.
    pub(crate) fn from_format(format: &str, without_zero: bool) -> Option<Self> {
        let (least, most) = format_range(format)?;
        let bound = |number| {
            Some(Bound {
                number,
                excluded: false,
            })
        };
        Some(Self {
            least: bound(least),
            most: bound(most),
            without_zero,
            precision: Precision::Double,
        })
    }

    /// Returns `true` if the decoder of the type may accept a number outside these bounds: beyond single precision, or
    /// excluded by the schema only.
    pub(super) fn are_narrow(&self, keywords: &Map<String, Value>) -> bool {
        let format = keywords.get("format").and_then(Value::as_str);
        let of_type = format.and_then(|format| Self::from_format(format, self.without_zero));
        let of_type = of_type.unwrap_or_else(|| Self {
            without_zero: self.without_zero,
            ..Self::default()
        });
        *self != of_type
    }

    /// Returns the constraint that a number outside these bounds violates.
    pub(crate) fn broken_by(&self, number: Number) -> Option<String> {
        if let Some(largest) = self.overflown_by(number) {
            return Some(largest);
        }
        if self.without_zero && number == Number::Natural(0) {
            return Some("must not be 0".to_owned());
        }
        let too_small = self
            .least
            .filter(|bound| number < bound.number || bound.excluded && number <= bound.number);
        if let Some(bound) = too_small {
            let words = if bound.excluded {
                "more than"
            } else {
                "at least"
            };
            return Some(format!("must be {words} {}", bound.number));
        }
        let too_large = self
            .most
            .filter(|bound| number > bound.number || bound.excluded && number >= bound.number);
        too_large.map(|bound| {
            let words = if bound.excluded {
                "less than"
            } else {
                "at most"
            };
            format!("must be {words} {}", bound.number)
        })
    }

    /// Returns the constraint that a number violates if the decoder cannot hold it.
    pub(crate) fn overflown_by(&self, number: Number) -> Option<String> {
        let float = number.as_float();
        #[expect(clippy::cast_possible_truncation, reason = "as the decoder does")]
        let (holds, most) = match self.precision {
            Precision::Single => ((float as f32).is_finite(), format!("{:e}", f32::MAX)),
            Precision::Double => (float.is_finite(), format!("{:e}", f64::MAX)),
        };
        match holds {
            true => None,
            false if float < 0.0 => Some(format!("must be at least -{most}")),
            false => Some(format!("must be at most {most}")),
        }
    }
}

/// The range of the integers that a format names.
fn format_range(format: &str) -> Option<(Number, Number)> {
    let range = |least: i128, most: u128| Some((Number::new(least), Number::Natural(most)));
    match format {
        "int8" => range(i8::MIN.into(), 0x7f),
        "int16" => range(i16::MIN.into(), 0x7fff),
        "int32" => range(i32::MIN.into(), 0x7fff_ffff),
        "int64" | "int" => range(i64::MIN.into(), 0x7fff_ffff_ffff_ffff),
        "int128" => range(i128::MIN, i128::MAX.unsigned_abs()),
        "uint8" => range(0, u8::MAX.into()),
        "uint16" => range(0, u16::MAX.into()),
        "uint32" => range(0, u32::MAX.into()),
        "uint64" | "uint" => range(0, u64::MAX.into()),
        "uint128" => range(0, u128::MAX),
        _ => None,
    }
}
