use mcp_runtime::Elicit;

struct Address {
    street: String,
}

#[derive(Elicit)]
struct Signup {
    name: String,
    address: Address,
}

fn main() {
    let form = |signup: Signup| (signup.name, signup.address.street);
    drop(form);
}
