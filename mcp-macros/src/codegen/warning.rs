//! Things to reconsider, as warnings that `#[allow(deprecated)]` silences: a macro has no other way to warn.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::ir::server::Warning;

pub(crate) fn warning(warning: &Warning) -> TokenStream {
    let Warning { at, text } = warning;
    quote_spanned! {*at=>
        const _: () = {
            #[deprecated(note = #text)]
            const easily_confused: () = ();
            easily_confused
        };
    }
}
