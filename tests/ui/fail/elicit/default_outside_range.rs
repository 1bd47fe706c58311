use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Seats {
    #[elicit(range = 1..6, default = 6)]
    seats: u8,
}

fn main() {
    println!("{}", Seats { seats: 1 }.seats);
}
