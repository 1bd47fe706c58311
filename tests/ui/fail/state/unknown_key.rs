use mcp_runtime::State;

#[derive(Default, State)]
struct App {
    #[state(skpi)]
    name: String,
}

fn main() {
    drop(App::default().name);
}
