//! Every shape of function that a prompt may have.
#![deny(warnings)]

use mcp_runtime::{
    Completion, Content, Context, Prompt, PromptMessage, Server, State, ToolError, model, prompt,
    prompts,
};

/// A state.
#[derive(State)]
struct App {
    db: Db,
}

struct Db;

/// A tone.
#[model]
#[derive(Default)]
enum Tone {
    #[default]
    Kind,
    Plain,
}

/// Takes what can be read from text.
#[prompt]
async fn write(
    r#type: String,
    #[arg(range = 1..=10)] sentences: u8,
    #[arg(default)] tone: Tone,
    #[arg(default = true)] short: bool,
    #[arg(one_of("en", "is"))] language: Option<String>,
    app: &App,
    db: &Db,
    cx: &Context,
) -> Result<Prompt, ToolError> {
    let _ = (
        sentences,
        matches!(tone, Tone::Plain),
        short,
        language,
        &app.db,
        db,
        cx,
    );
    Ok(Prompt::new().user(r#type))
}

/// Says something fixed.
#[prompt]
fn fixed() -> &'static str {
    "fixed"
}

/// Shows something.
#[prompt]
async fn show(
    #[arg(complete = words::all)] word: String,
    #[arg(complete = later)] other: String,
) -> Content {
    Content::text(word + &other)
}

mod words {
    pub(super) fn all(typed: String) -> Vec<&'static str> {
        drop(typed);
        Vec::new()
    }
}

async fn later(completion: Completion) -> Result<Vec<String>, String> {
    Ok(vec![completion.value().to_owned()])
}

/// Is some messages.
#[prompt]
fn messages() -> Vec<PromptMessage> {
    Vec::new()
}

/// Is here or not.
#[cfg(any())]
#[prompt]
async fn gone(missing: Missing) -> Missing {}

macro_rules! say {
    ($name:ident, $text:literal) => {
        #[doc = $text]
        #[prompt]
        async fn $name(#[arg(complete = later)] word: String) -> String {
            word
        }
    };
}
say!(hello, "Says hello.");
say!(goodbye, "Says goodbye.");

#[test]
fn compiles() {
    drop((
        fixed(),
        show(String::new(), String::new()),
        messages(),
        hello(String::new()),
        goodbye(String::new()),
    ));
    let prompts = prompts![
        write,
        fixed,
        show,
        messages,
        #[cfg(any())]
        gone,
        hello,
        goodbye
    ];
    drop(
        Server::new("demo", "1.0.0")
            .state(App { db: Db })
            .prompts(prompts),
    );
}
