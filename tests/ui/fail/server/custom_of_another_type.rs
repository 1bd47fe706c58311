use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search(&self, #[arg(custom = Self::even)] query: String) -> String {
        query
    }

    fn even(number: &u32) -> Result<(), String> {
        if number % 2 == 0 { Ok(()) } else { Err("is odd".to_owned()) }
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.into_server());
}
