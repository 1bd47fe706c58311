use mcp_runtime::State;

#[derive(Default, State)]
enum App {
    #[default]
    Empty,
}

fn main() {
    drop(App::default());
}
