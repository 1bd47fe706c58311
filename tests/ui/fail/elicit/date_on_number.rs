use mcp_runtime::Elicit;

#[derive(Elicit)]
struct When {
    #[elicit(date)]
    when: u64,
}

fn main() {
    println!("{}", When { when: 1 }.when);
}
