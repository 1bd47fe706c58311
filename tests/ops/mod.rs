//! Tests of the sides of a server that operators see: its log, its metrics, its health.

mod apart;
mod audit;
mod hook;
mod request;
mod telemetry;
