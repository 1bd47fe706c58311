#![doc = include_str!("docs/guide/overview.md")]

#[doc = include_str!("docs/guide/first.md")]
pub mod first {}

#[doc = include_str!("docs/guide/state.md")]
pub mod state {}

#[doc = include_str!("docs/guide/arguments.md")]
pub mod arguments {}

#[doc = include_str!("docs/guide/results.md")]
pub mod results {}

#[doc = include_str!("docs/guide/limits.md")]
pub mod limits {}

#[doc = include_str!("docs/guide/asking.md")]
pub mod asking {}

#[doc = include_str!("docs/guide/tasks.md")]
pub mod tasks {}

#[doc = include_str!("docs/guide/resources.md")]
pub mod resources {}

#[doc = include_str!("docs/guide/testing.md")]
pub mod testing {}

#[doc = include_str!("docs/guide/clients.md")]
pub mod clients {}

#[doc = include_str!("docs/guide/configuration.md")]
pub mod configuration {}

#[doc = include_str!("docs/guide/authentication.md")]
pub mod authentication {}

#[doc = include_str!("docs/guide/deployment.md")]
pub mod deployment {}

#[doc = include_str!("docs/guide/instances.md")]
pub mod instances {}

#[doc = include_str!("docs/guide/from_rmcp.md")]
pub mod from_rmcp {}

#[doc = include_str!("docs/guide/from_fastmcp.md")]
pub mod from_fastmcp {}

#[doc = include_str!("docs/guide/troubleshooting.md")]
pub mod troubleshooting {}
