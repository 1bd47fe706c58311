use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Address {
    street: String,
}

#[derive(Elicit)]
struct Signup {
    address: Option<Address>,
}

fn main() {
    let form = |signup: Signup| signup.address.map(|address| address.street);
    drop(form);
}
