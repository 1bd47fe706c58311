//! Callers who are verified, and those who are not.

mod api_key;
mod gate;
mod issuer;
mod jwt;
mod keys;
mod metadata;
mod proof;
