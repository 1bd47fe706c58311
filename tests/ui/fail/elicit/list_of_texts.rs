use mcp_runtime::Elicit;

#[derive(Elicit)]
struct Tags {
    tags: Vec<String>,
}

fn main() {
    let form = |form: Tags| form.tags;
    drop(form);
}
