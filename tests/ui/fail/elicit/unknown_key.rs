use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Name {
    #[elicit(tilte = "Full name")]
    name: String,
}

fn main() {
    println!("{}", Name { name: String::new() }.name);
}
