//! `cx.store()`: the values of one caller, or of all callers.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{MemoryValues, PutValue, StoreError, ValueStore};
use crate::limits::SHARE;
use crate::live::Number;

/// The longest key, in bytes.
const KEY: usize = 1024;
/// The largest value, in bytes.
const VALUE: usize = 1 << 20;

/// The stores of a server's calls, and the bound on the values of one caller.
#[derive(Debug)]
pub(crate) struct StoreBackend {
    pub values: Arc<dyn ValueStore>,
    /// The maximum number of bytes for all callers, of which one has a share.
    pub most: Number,
    /// The owner of the values of a line connection.
    pub line: String,
}

/// Stores nothing.
impl Default for StoreBackend {
    fn default() -> Self {
        Self {
            values: Arc::new(MemoryValues::new(0)),
            most: 0.into(),
            line: String::new(),
        }
    }
}

/// The values of one caller, by key, from [`Context::store`](crate::Context::store).
///
/// Values are JSON, of at most 1 MiB; keys have at most 1024 bytes. Each value has a lifetime. One caller, and the
/// values for all callers, have at most a quarter of [`Server::max_held`](crate::Server::max_held) bytes each.
#[derive(Clone, Debug)]
pub struct Store {
    store_backend: Arc<StoreBackend>,
    /// `None` if the caller cannot be distinguished from others.
    owner: Option<String>,
}

/// The reason why a value could not be read or stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// The caller cannot be distinguished from others, such as an anonymous one outside of a session.
    #[error(
        "the caller is not verified, and so has no values of its own; `cx.store().for_all()` has those of all callers"
    )]
    Unverified,
    /// The key has more than 1024 bytes.
    #[error("the key has {0} bytes, and may have {KEY}")]
    LongKey(usize),
    /// The value has more than 1 MiB as JSON.
    #[error("the value has {0} bytes, and may have {VALUE}")]
    LargeValue(usize),
    /// The caller's share is used up, or the store is full.
    #[error(
        "the maximum size of stored values is reached; remove others, or store them for a shorter time"
    )]
    Full,
    /// The value does not match the type, or cannot be serialized as JSON.
    #[error("the value does not match the type")]
    Type(#[source] serde_json::Error),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] StoreError),
}

/// The future of a store: boxed, so that a type that cannot be stored is one error.
type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, ValueError>> + Send + 'a>>;

/// A value that [`Store::put`] takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored: it does not implement `Serialize`",
    label = "cannot be written as JSON",
    note = "put `#[mcp_runtime::model]` on `{Self}` and on the types in it; or store a part of it, such as an id"
)]
pub trait Stored: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Stored for T {}

/// A value that [`Store::get`] returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a store: it does not implement `Deserialize`",
    label = "cannot be read from JSON",
    note = "put `#[mcp_runtime::model]` on `{Self}` and on the types in it, which derives it; a value is owned: a `String`, not a `&str`"
)]
pub trait Restored: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Restored for T {}

impl Store {
    pub(crate) fn new(store_backend: Arc<StoreBackend>, owner: Option<String>) -> Self {
        Self {
            store_backend,
            owner,
        }
    }

    /// Returns the values of all callers.
    #[must_use]
    pub fn for_all(&self) -> Self {
        Self::new(Arc::clone(&self.store_backend), Some("all".to_owned()))
    }

    /// Returns the value under `key`; `None` if there is none, or it has expired.
    pub fn get<'a, T: Restored + 'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<T>> {
        Box::pin(async move {
            let owner = self.owner(key)?;
            let found = self.store_backend.values.get(owner, key).await;
            let found = found.map_err(ValueError::Store)?;
            let value = found.map(|value| serde_json::from_slice(&value));
            value.transpose().map_err(ValueError::Type)
        })
    }

    /// Stores a value under `key` for the time `ttl`, replacing an existing one.
    pub fn put<'a, T: Stored + ?Sized>(
        &'a self,
        key: &'a str,
        value: &T,
        ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        let value = serde_json::to_vec(value);
        let value = value.map_err(ValueError::Type);
        let value = value.and_then(|value| self.checked(key, value, ttl));
        Box::pin(async move {
            match self.store_backend.values.put(value?).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(ValueError::Full),
                Err(error) => Err(ValueError::Store(error)),
            }
        })
    }

    /// Returns the value as it is stored, if it may be.
    fn checked<'a>(
        &'a self,
        key: &'a str,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<PutValue<'a>, ValueError> {
        let owner = self.owner(key)?;
        if value.len() > VALUE {
            return Err(ValueError::LargeValue(value.len()));
        }
        Ok(PutValue::new(owner, key, value, ttl).within(self.store_backend.most.get() / SHARE))
    }

    /// Removes the value under `key`; returns `true` if there was one.
    pub async fn remove(&self, key: &str) -> Result<bool, ValueError> {
        let owner = self.owner(key)?;
        let removed = self.store_backend.values.remove(owner, key).await;
        removed.map_err(ValueError::Store)
    }

    /// Returns the owner, if it may use `key`.
    fn owner(&self, key: &str) -> Result<&str, ValueError> {
        if key.len() > KEY {
            return Err(ValueError::LongKey(key.len()));
        }
        self.owner.as_deref().ok_or(ValueError::Unverified)
    }
}
