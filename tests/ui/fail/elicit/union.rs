use mcp_runtime::Elicit;

#[derive(Elicit)]
union Either {
    one: u32,
    other: f32,
}

fn main() {
    let either = Either { one: 1 };
    println!("{} {}", unsafe { either.one }, unsafe { either.other });
}
