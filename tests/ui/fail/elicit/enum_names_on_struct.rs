use mcp_runtime::Elicit;

#[derive(Elicit)]
#[elicit(enum_names)]
struct Name {
    name: String,
}

fn main() {
    println!("{}", Name { name: String::new() }.name);
}
