use mcp_runtime::tool;

trait Search {
    /// Searches.
    #[tool]
    fn search(&self, query: String) -> String;
}

struct Demo;

impl Search for Demo {
    fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.search(String::new()));
}
