//! Policies as calls of builders.

use std::num::{NonZeroU32, NonZeroU64};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::ir::policy::{
    Algorithm, Breaker, Cache, Concurrency, Per, Policies, RateLimit, Retry, Source,
};

/// `.rate_limit(..).timeout(..)..`, those that are declared.
pub(crate) fn policies(policies: &Policies, state: Option<&TokenStream>) -> TokenStream {
    let rate_limit = call(&quote!(rate_limit), policies.rate_limit, rate_limit);
    let timeout = call(&quote!(timeout), policies.timeout, long);
    let concurrency = call(&quote!(concurrency), policies.concurrency, concurrency);
    let cache = call(&quote!(cache), policies.cache, cache);
    let retry = call(&quote!(retry), policies.retry, retry);
    let breaker = call(&quote!(breaker), policies.breaker, breaker);
    let max_output = call(&quote!(max_output), policies.max_output, long);
    let scopes = &policies.scopes;
    let scopes = (!scopes.is_empty()).then(|| quote!(.scopes(&[#(#scopes),*])));
    let visible_if = policies.visible_if.as_ref().map(|path| {
        if let Some(state) = state {
            quote!(.visible_if_state::<#state, _>(#path))
        } else {
            quote!(.visible_if(#path))
        }
    });
    let audit = policies.audit.then(|| quote!(.audit()));
    quote! {
        #rate_limit #timeout #concurrency #cache #retry #breaker #max_output #scopes #visible_if #audit
    }
}

/// `.method(value, source)`
fn call<T>(
    method: &TokenStream,
    declared: Option<(T, Source)>,
    value: impl FnOnce(T) -> TokenStream,
) -> Option<TokenStream> {
    let (declared, source) = declared?;
    let (value, source) = (value(declared), self::source(source));
    Some(quote!(.#method(#value, #source)))
}

fn rate_limit(limit: RateLimit) -> TokenStream {
    let (count, period) = (short(limit.count), long(limit.period_millis));
    let burst = option(&quote!(burst), limit.burst.map(short));
    let per = option(&quote!(per), limit.per.map(per));
    let algorithm = option(&quote!(algorithm), limit.algorithm.map(algorithm));
    quote!(__mcp::RateLimit::new(#count, #period) #burst #per #algorithm)
}

fn per(per: Per) -> TokenStream {
    match per {
        Per::Principal => quote!(__mcp::Per::Principal),
        Per::Ip => quote!(__mcp::Per::Ip),
        Per::All => quote!(__mcp::Per::All),
    }
}

fn algorithm(algorithm: Algorithm) -> TokenStream {
    match algorithm {
        Algorithm::TokenBucket => quote!(__mcp::Algorithm::TokenBucket),
        Algorithm::SlidingWindow => quote!(__mcp::Algorithm::SlidingWindow),
        Algorithm::FixedWindow => quote!(__mcp::Algorithm::FixedWindow),
    }
}

fn concurrency(limit: Concurrency) -> TokenStream {
    let max = short(limit.max);
    let queue = option(&quote!(queue), limit.queue.map(short));
    quote!(__mcp::Concurrency::new(#max) #queue)
}

fn cache(cache: Cache) -> TokenStream {
    let ttl = long(cache.ttl_millis);
    let max_entries = option(&quote!(max_entries), cache.max_entries.map(short));
    let shared = cache.is_shared.then(|| quote!(.shared()));
    quote!(__mcp::Cache::new(#ttl) #max_entries #shared)
}

fn retry(retry: Retry) -> TokenStream {
    let max = short(retry.max);
    let backoff = option(&quote!(backoff), retry.backoff_millis.map(long));
    quote!(__mcp::Retry::new(#max) #backoff)
}

fn breaker(breaker: Breaker) -> TokenStream {
    let (failures, cooldown) = (short(breaker.failures), long(breaker.cooldown_millis));
    quote!(__mcp::Breaker::new(#failures, #cooldown))
}

fn option(method: &TokenStream, value: Option<TokenStream>) -> Option<TokenStream> {
    value.map(|value| quote!(.#method(#value)))
}

fn short(number: NonZeroU32) -> TokenStream {
    number.get().to_token_stream()
}

fn long(number: NonZeroU64) -> TokenStream {
    number.get().to_token_stream()
}

fn source(source: Source) -> TokenStream {
    match source {
        Source::Attribute => quote!(__mcp::Source::Attribute),
        Source::Defaults => quote!(__mcp::Source::Defaults),
    }
}
