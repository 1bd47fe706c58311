//! The keys of items of every kind, as builder methods of the same names.

/// Adds the methods of the keys of `spec`.
macro_rules! keys {
    ($Item:ident, $noun:literal) => {
        impl $Item {
            #[doc = concat!("Sets the description of the ", $noun, ", which is required.")]
            #[must_use]
            pub fn description(mut self, description: impl Into<String>) -> Self {
                self.spec.description = description.into().into();
                self
            }

            /// Sets a name for people.
            #[must_use]
            pub fn title(mut self, title: impl Into<String>) -> Self {
                self.spec = self.spec.title(title.into());
                self
            }

            /// Sets the URI of an icon.
            #[must_use]
            pub fn icon(mut self, icon: impl Into<String>) -> Self {
                self.spec = self.spec.icon(icon.into());
                self
            }

            /// Adds a member to the `_meta` in lists.
            ///
            /// Keys have a prefix that is the program's own, such as `com.example/owner`.
            #[must_use]
            pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
                self.spec = self.spec.meta(key, value.into());
                self
            }

            /// Sets the rate limit: `"10/min"`, for each caller.
            ///
            /// The unit is `s`, `min`, `h` or `d`, with an optional number: `10/5 min`. A malformed text is a fault,
            /// reported when the item is added.
            #[must_use]
            pub fn rate_limit(self, rate: &str) -> Self {
                self.rate_limit_with(rate, |limit| limit)
            }

            /// Sets the rate limit with its options: `.rate_limit_with("10/min", |limit| limit.burst(20).per(Per::Ip))`.
            #[must_use]
            pub fn rate_limit_with(
                mut self,
                rate: &str,
                options: impl FnOnce(RateLimit) -> RateLimit,
            ) -> Self {
                match rate.parse::<RateLimit>() {
                    Ok(limit) => {
                        self.spec = self.spec.rate_limit(options(limit), Source::Attribute)
                    }
                    Err(fault) => self.faults.push(format!("`rate_limit`: {fault}")),
                }
                self
            }

            /// Sets the time after which a call is cancelled.
            ///
            /// In whole milliseconds.
            #[must_use]
            pub fn timeout(mut self, limit: Duration) -> Self {
                self.spec = self.spec.timeout(millis(limit), Source::Attribute);
                self
            }

            /// Sets the maximum number of running calls, and of waiting ones.
            ///
            /// Further calls are refused immediately, with the outcome `busy`.
            #[must_use]
            pub fn concurrency(mut self, max: u32, queue: u32) -> Self {
                let limit = Concurrency::new(max).queue(queue);
                self.spec = self.spec.concurrency(limit, Source::Attribute);
                self
            }

            /// Caches results for this time, separately for each caller.
            #[must_use]
            pub fn cache(self, ttl: Duration) -> Self {
                self.cache_with(ttl, |cache| cache)
            }

            /// Caches results for this time, with options: `.cache_with(ttl, |cache| cache.shared())`.
            #[must_use]
            pub fn cache_with(
                mut self,
                ttl: Duration,
                options: impl FnOnce(Cache) -> Cache,
            ) -> Self {
                let cache = options(Cache::new(millis(ttl)));
                self.spec = self.spec.cache(cache, Source::Attribute);
                self
            }

            /// Sets the maximum number of retries after errors that are marked as retryable, and the maximum delay
            /// before the first.
            ///
            /// The maximum doubles with each retry, up to 30 s; the actual delay is random, between half of it and all
            /// of it.
            #[must_use]
            pub fn retry(mut self, max: u32, backoff: Duration) -> Self {
                let retry = Retry::new(max).backoff(millis(backoff));
                self.spec = self.spec.retry(retry, Source::Attribute);
                self
            }

            /// Sets the number of consecutive failures after which calls fail fast, and the time for which they do.
            ///
            /// Errors made by `ToolError::new` are responses and do not count.
            #[must_use]
            pub fn breaker(mut self, failures: u32, cooldown: Duration) -> Self {
                let breaker = Breaker::new(failures, millis(cooldown));
                self.spec = self.spec.breaker(breaker, Source::Attribute);
                self
            }

            /// Sets the maximum size of a result in bytes.
            ///
            /// A larger one is replaced by an error that tells the model to request less.
            #[must_use]
            pub fn max_output(mut self, bytes: u64) -> Self {
                self.spec = self.spec.max_output(bytes, Source::Attribute);
                self
            }

            /// Sets the scopes that a caller needs, all of them.
            #[must_use]
            pub fn scopes<T: Into<String>>(mut self, scopes: impl IntoIterator<Item = T>) -> Self {
                let scopes = scopes.into_iter();
                self.spec.scopes = scopes.map(|scope| scope.into().into()).collect();
                self
            }

            /// Sets the rule for the callers that may see and call it.
            ///
            /// For other callers it does not exist: lists omit it, and calling it is the error for an unknown name.
            #[must_use]
            pub fn visible_if(
                mut self,
                rule: impl Fn(&Principal) -> bool + Send + Sync + 'static,
            ) -> Self {
                self.spec.visible_if = Some(VisibleIf::new(rule));
                self
            }

            /// Writes an audit record of each call.
            #[must_use]
            pub fn audit(mut self) -> Self {
                self.spec = self.spec.audit();
                self
            }
        }

        impl std::fmt::Debug for $Item {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($Item))
                    .field("spec", &self.spec)
                    .finish_non_exhaustive()
            }
        }
    };
}
pub(super) use keys;
