use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Name<'a> {
    name: &'a str,
}

fn main() {
    println!("{}", Name { name: "Ann" }.name);
}
