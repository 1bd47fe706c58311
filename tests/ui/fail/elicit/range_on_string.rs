use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Name {
    #[elicit(range = 1..=5)]
    name: String,
}

fn main() {
    println!("{}", Name { name: String::new() }.name);
}
