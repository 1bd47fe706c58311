use mcp_runtime::{Principal, server};

struct Demo;

impl Demo {
    fn is_staff(&self, who: &Principal) -> bool {
        who.subject() == Some("staff")
    }
}

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool(visible_if = Self::is_staff)]
    async fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    let _ = Demo.is_staff(&Principal::anonymous());
    drop(Demo.search(String::new()));
    drop(Demo.into_server());
}
