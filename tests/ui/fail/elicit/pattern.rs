use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Code {
    #[elicit(pattern = "^[A-Z]{3}$")]
    code: String,
}

fn main() {
    println!("{}", Code { code: String::new() }.code);
}
