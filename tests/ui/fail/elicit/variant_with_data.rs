use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Order {
    size: Size,
}

#[derive(Elicit)]
enum Size {
    Small,
    Other(u32),
}

fn main() {
    let orders = [Order { size: Size::Small }, Order { size: Size::Other(5) }];
    for order in orders {
        if let Size::Other(size) = order.size {
            println!("{size}");
        }
    }
}
