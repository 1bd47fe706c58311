use mcp_runtime::tool;

struct Demo;

impl Demo {
    /// Makes a demo.
    #[tool]
    fn make(from: Self) -> String {
        drop(from);
        String::new()
    }
}

fn main() {
    drop(Demo::make(Demo));
}
