use mcp_runtime::resource;

struct Docs;

impl Docs {
    /// A page.
    #[resource("docs://readme")]
    async fn page(&self) -> String {
        String::new()
    }
}

fn main() {
    drop(Docs.page());
}
