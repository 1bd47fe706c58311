use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Login {
    #[elicit(password)]
    password: String,
}

fn main() {
    println!("{}", Login { password: String::new() }.password);
}
