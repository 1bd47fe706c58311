//! Rate limits: how they count, and what a refusal says.

mod algorithm;
mod refusal;
