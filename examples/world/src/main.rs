//! The binary: `example-world` serves stdio, `example-world http --bind 127.0.0.1:8080` serves HTTP.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    example_world::server().await?.run().await?;
    Ok(())
}
