use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Share {
    #[elicit(range = 0.0..1.0)]
    share: f64,
}

fn main() {
    println!("{}", Share { share: 0.5 }.share);
}
