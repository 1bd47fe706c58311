//! The countries of the world in an SQL database: an MCP server to search, compare and rank them.
//!
//! | file | contents |
//! |---|---|
//! | `server.rs` | the tools, resources, prompt and readiness check |
//! | `country.rs` | their arguments and results |
//! | `error.rs` | the errors |
//! | `db.rs`, `schema.sql` | the database: opening, filling, queries |

mod country;
mod db;
mod error;
mod server;

pub use country::{Compared, Comparison, Countries, Country, Measure, Quiz, Ranked, Ranking};
pub use error::{UnknownCode, WorldError};
pub use server::World;

/// Builds the server on the database file in the environment variable `WORLD_DB`, or in memory if that is not set.
pub async fn server() -> Result<mcp_runtime::Server<World>, WorldError> {
    let world = match std::env::var_os("WORLD_DB") {
        Some(path) => World::open(path).await?,
        None => World::in_memory().await?,
    };
    Ok(world.into_server())
}
