use mcp_runtime::State;

#[derive(Default, State)]
struct App {
    reader: String,
    writer: String,
}

fn main() {
    let app = App::default();
    drop((app.reader, app.writer));
}
