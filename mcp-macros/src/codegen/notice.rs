//! Notices as lints: a macro cannot warn otherwise, and some lints are reported only if nothing else is wrong.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::ir::notice::{Level, Notice};

pub(crate) fn notice(notice: &Notice) -> TokenStream {
    let Notice { at, text, level } = notice;
    match level {
        Level::Warning => quote_spanned! {*at=>
            const _: () = {
                #[allow(non_upper_case_globals)]
                #[deprecated(note = #text)]
                const easily_confused: () = ();
                easily_confused
            };
        },
        Level::LastResort => quote_spanned! {*at=>
            const _: () = {
                #[must_use = #text]
                fn not_understood() {}
                #[allow(dead_code)]
                #[deny(unused_must_use)]
                fn __mcp_last_resort() { not_understood(); }
            };
        },
    }
}
