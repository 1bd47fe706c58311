use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[ready]
    async fn database(&self, name: String) -> Result<(), std::fmt::Error> {
        drop(name);
        Ok(())
    }
}

fn main() {
    drop(Demo.database(String::new()));
    drop(Demo.into_server());
}
