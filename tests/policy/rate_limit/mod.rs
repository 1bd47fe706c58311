//! Rate limits: counting, and the texts of refusals.

mod algorithm;
mod refusal;
