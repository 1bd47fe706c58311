use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Name {
    #[elicit(rename = "last")]
    first: String,
    last: String,
}

fn main() {
    let name = Name { first: String::new(), last: String::new() };
    println!("{} {}", name.first, name.last);
}
