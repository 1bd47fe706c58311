//! The numbers of a progress notification.

/// A number of any type, as an amount of work.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no amount of progress",
    label = "not a number",
    note = "write a number: `cx.progress(3, 10, \"reading\")`"
)]
pub trait IntoAmount {
    /// Returns the number; one of more than 53 bits is rounded.
    fn into_amount(self) -> f64;
}

/// The amount of all work: a number, or `None` while it is not known.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no total of progress",
    label = "neither a number nor `None`",
    note = "write a number or `None`: `cx.progress(3, 10, \"reading\")`, `cx.progress(3, None, \"reading\")`"
)]
pub trait IntoTotal {
    /// Returns the number, if it is known.
    fn into_total(self) -> Option<f64>;
}

macro_rules! amounts {
    ($($(#[$meta:meta])? $type:ty: $number:ident => $amount:expr;)*) => {$(
        impl IntoAmount for $type {
            $(#[$meta])?
            fn into_amount(self) -> f64 {
                let $number = self;
                $amount
            }
        }

        impl IntoTotal for $type {
            fn into_total(self) -> Option<f64> {
                Some(self.into_amount())
            }
        }
    )*};
}

macro_rules! numbers {
    (exact: $($exact:ty),*; rounded: $($rounded:ty),*) => {
        amounts! {
            f64: number => number;
            $($exact: number => f64::from(number);)*
            $(
                #[expect(clippy::cast_precision_loss, reason = "an amount is shown to people")]
                $rounded: number => number as f64;
            )*
        }
    };
}
numbers!(exact: i8, i16, i32, u8, u16, u32, f32; rounded: i64, i128, isize, u64, u128, usize);

impl IntoTotal for Option<f64> {
    fn into_total(self) -> Option<f64> {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_any_type_is_an_amount() {
        let amounts = [
            1_u8.into_amount(),
            (-2_i64).into_amount(),
            3_usize.into_amount(),
            0.5_f32.into_amount(),
        ];
        assert_eq!(
            amounts.map(f64::to_bits),
            [1.0, -2.0, 3.0, 0.5].map(f64::to_bits)
        );
        assert_eq!((10.into_total(), None.into_total()), (Some(10.0), None));
    }
}
