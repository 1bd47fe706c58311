//! Every shape of form and choice.
#![deny(warnings)]

use mcp_runtime::{Confirm, Context, Elicit, ElicitError, Server, tool, tools};

#[derive(Elicit)]
struct Everything {
    text: String,
    #[elicit(default = "x", length = ..10)]
    short: String,
    #[elicit(email)]
    mail: Option<String>,
    #[elicit(url, title = "Home page")]
    home: Option<String>,
    #[elicit(date)]
    day: String,
    #[elicit(date_time)]
    moment: String,
    #[elicit(default, range = -5..5)]
    small: i8,
    #[elicit(range = 0.0..=1.0, default = 0.5)]
    share: f64,
    #[elicit(default = true)]
    switch: bool,
    #[elicit(default = Size::Small)]
    r#type: Size,
    #[elicit(length = 1..=2, rename = "moreTypes")]
    more: Vec<Size>,
    maybe: Option<Size>,
}

#[derive(Elicit, Default)]
enum Size {
    #[default]
    Small,
    #[elicit(title = "Very large", rename = "XL")]
    Large,
    r#Match,
}

#[derive(Elicit)]
struct Nothing {}

#[derive(Elicit)]
#[elicit(crate = ::mcp_runtime)]
struct Elsewhere {
    name: String,
}

/// Asks for all of it.
#[tool]
async fn ask(cx: &Context) -> Result<String, ElicitError> {
    let all: Everything = cx.elicit("all", "Everything").await?;
    let Everything {
        text,
        short,
        mail,
        home,
        day,
        moment,
        small,
        share,
        switch,
        r#type,
        more,
        maybe,
    } = all;
    let _ = (
        short, mail, home, day, moment, small, share, switch, r#type, more, maybe,
    );
    let Nothing {} = cx.elicit("nothing", "Nothing").await?;
    let size: Size = cx.elicit("size", "Which size?").await?;
    let sizes: Vec<Size> = cx.elicit("sizes", "Which sizes?").await?;
    let (number, yes): (u32, Confirm) = (
        cx.elicit("number", "?").await?,
        cx.elicit("yes", "?").await?,
    );
    let _ = (size, sizes, number, yes.yes());
    Ok(text + &cx.elicit::<Elsewhere>("name", "Who?").await?.name)
}

#[test]
fn compiles() {
    drop(Server::new("demo", "1.0.0").tools(tools![ask]));
}
