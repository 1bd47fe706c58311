use mcp_runtime::{Server, tools};

mod docs {
    /// Searches the docs.
    #[mcp_runtime::tool]
    pub(crate) async fn search(query: String) -> String {
        query
    }
}

fn main() {
    drop(docs::search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![doc::search]));
}
