use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[start]
    async fn open(&self, url: String) -> Result<(), std::fmt::Error> {
        drop(url);
        Ok(())
    }
}

fn main() {
    drop(Demo.open(String::new()));
    drop(Demo.into_server());
}
