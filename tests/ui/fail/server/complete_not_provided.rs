use mcp_runtime::server;

struct Db;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// A review.
    #[prompt]
    async fn review(&self, #[arg(complete = Self::names)] topic: String) -> String {
        topic
    }

    async fn names(&self, db: &Db, typed: String) -> Vec<String> {
        let _ = db;
        vec![typed]
    }
}

fn main() {
    drop(Demo.review(String::new()));
    drop(Demo.names(&Db, String::new()));
    drop(Demo.into_server());
}
