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

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl IntoAmount for $type {
            #[allow(
                clippy::cast_precision_loss,
                clippy::cast_lossless,
                reason = "an amount is shown to people"
            )]
            fn into_amount(self) -> f64 {
                self as f64
            }
        }

        impl IntoTotal for $type {
            fn into_total(self) -> Option<f64> {
                Some(self.into_amount())
            }
        }
    )*};
}
numbers!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64
);

impl IntoTotal for Option<f64> {
    fn into_total(self) -> Option<f64> {
        self
    }
}
