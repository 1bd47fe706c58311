//! Tests of the interfaces for operators: log, metrics, health.

mod apart;
mod audit;
mod hook;
mod request;
mod telemetry;
