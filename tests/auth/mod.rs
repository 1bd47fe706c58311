//! Verified and unverified callers.

mod api_key;
mod gate;
mod issuer;
mod jwt;
mod keys;
mod metadata;
mod proof;
