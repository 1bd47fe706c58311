//! Limits as calls of const builders.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::limit::{Per, RateLimit, Source, Timeout};

pub(crate) fn rate_limit(limit: &RateLimit, source: Source) -> TokenStream {
    let (count, period) = (limit.count.get(), limit.period_millis.get());
    let burst = limit.burst.map(|burst| {
        let burst = burst.get();
        quote!(.burst(#burst))
    });
    let per = limit.per.map(|per| match per {
        Per::Principal => quote!(.per(__mcp::Per::Principal)),
        Per::All => quote!(.per(__mcp::Per::All)),
    });
    let source = self::source(source);
    quote!(.rate_limit(__mcp::RateLimit::new(#count, #period) #burst #per, #source))
}

pub(crate) fn timeout(timeout: Timeout, source: Source) -> TokenStream {
    let millis = timeout.get();
    let source = self::source(source);
    quote!(.timeout(#millis, #source))
}

fn source(source: Source) -> TokenStream {
    match source {
        Source::Attribute => quote!(__mcp::Source::Attribute),
        Source::Defaults => quote!(__mcp::Source::Defaults),
    }
}
