//! Tools that more may see than the types in their signatures.
#![deny(warnings)]

mod tools {
    #[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
    pub(crate) struct Query {
        text: String,
    }

    pub(crate) struct Db;

    /// Searches.
    #[mcp_runtime::tool]
    pub async fn search(db: &Db, query: Query) -> Result<mcp_runtime::Json<Query>, String> {
        let _ = db;
        if query.text.is_empty() {
            Err(query.text)
        } else {
            Ok(mcp_runtime::Json(query))
        }
    }
}

#[derive(mcp_runtime::State)]
struct App {
    db: tools::Db,
}

#[test]
fn compiles() {
    let app = App { db: tools::Db };
    drop(
        mcp_runtime::Server::new("demo", "1.0.0")
            .state(app)
            .tools(mcp_runtime::tools![tools::search]),
    );
}
