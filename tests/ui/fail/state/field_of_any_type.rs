use mcp_runtime::State;

#[derive(Default, State)]
struct App<T> {
    inner: T,
}

fn main() {
    drop(App::<u8>::default().inner);
}
