use mcp_runtime::Elicit;

#[derive(Elicit)]
struct When {
    #[elicit(date, date_time)]
    when: String,
}

fn main() {
    println!("{}", When { when: String::new() }.when);
}
