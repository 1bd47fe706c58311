//! The countries of the world in an SQL database: an MCP server to search, compare and rank them.
//!
//! | file | what |
//! |---|---|
//! | `server.rs` | what the server offers: tools, resources, a prompt and the readiness check |
//! | `country.rs` | what they take and return |
//! | `error.rs` | what is read when something fails |
//! | `db.rs`, `schema.sql` | the database: how it is opened, filled and asked |

mod country;
mod db;
mod error;
mod server;

pub use country::{Compared, Comparison, Countries, Country, Measure, Quiz, Ranked, Ranking};
pub use error::{UnknownCode, WorldError};
pub use server::World;

/// The server, on the database file that the environment variable `WORLD_DB` names; without it, in memory.
pub async fn server() -> Result<mcp_runtime::Server<World>, WorldError> {
    let world = match std::env::var_os("WORLD_DB") {
        Some(path) => World::open(path).await?,
        None => World::in_memory().await?,
    };
    Ok(world.into_server())
}
