//! What operators see of a server: its log, its metrics, its health.

mod apart;
mod audit;
mod hook;
mod request;
