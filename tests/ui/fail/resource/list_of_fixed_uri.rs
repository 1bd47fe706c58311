use mcp_runtime::{Context, ResourceLink, Server, resource, resources};

/// Reads the cache.
#[resource("cache://all", list = cached)]
async fn all() -> String {
    String::new()
}

fn cached(_cx: &Context) -> Vec<ResourceLink> {
    Vec::new()
}

fn main() {
    let _: fn(&Context) -> Vec<ResourceLink> = cached;
    drop(all());
    drop(Server::new("demo", "1.0.0").resources(resources![all]));
}
