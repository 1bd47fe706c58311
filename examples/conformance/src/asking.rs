//! Tools that ask the client: its user, its model, its roots.

use mcp_runtime::{Capability, Context, Elicit, Sample, ToolError, tool};

#[derive(Elicit)]
struct Account {
    /// User's response.
    username: String,
    /// User's email address.
    #[elicit(email)]
    email: String,
}

#[derive(Elicit)]
struct Defaults {
    /// User name.
    #[elicit(default = "John Doe")]
    name: String,
    /// User age.
    #[elicit(default = 30)]
    age: u32,
    /// User score.
    #[elicit(default = 95.5)]
    score: f64,
    /// User status.
    #[elicit(default = Status::Active)]
    status: Status,
    /// Verification status.
    #[elicit(default = true)]
    verified: bool,
}

#[derive(Elicit, Clone, Copy, Debug)]
enum Status {
    #[elicit(rename = "active")]
    Active,
    #[elicit(rename = "inactive")]
    Inactive,
    #[elicit(rename = "pending")]
    Pending,
}

#[derive(Elicit)]
struct Choices {
    /// Select one option.
    #[elicit(rename = "untitledSingle")]
    untitled_single: Untitled,
    /// Select one option with titles.
    #[elicit(rename = "titledSingle")]
    titled_single: Titled,
    /// Select one option, as older clients know it.
    #[elicit(rename = "legacyEnum")]
    legacy: Legacy,
    /// Select multiple options.
    #[elicit(rename = "untitledMulti", length = 1..=3)]
    untitled_multi: Vec<Untitled>,
    /// Select multiple options with titles.
    #[elicit(rename = "titledMulti", length = 1..=3)]
    titled_multi: Vec<Titled>,
}

#[derive(Elicit, Debug)]
enum Untitled {
    #[elicit(rename = "option1")]
    One,
    #[elicit(rename = "option2")]
    Two,
    #[elicit(rename = "option3")]
    Three,
}

#[derive(Elicit, Debug)]
enum Titled {
    #[elicit(rename = "value1", title = "First Option")]
    First,
    #[elicit(rename = "value2", title = "Second Option")]
    Second,
    #[elicit(rename = "value3", title = "Third Option")]
    Third,
}

#[derive(Elicit, Debug)]
#[elicit(enum_names)]
enum Legacy {
    #[elicit(rename = "opt1", title = "Option One")]
    One,
    #[elicit(rename = "opt2", title = "Option Two")]
    Two,
    #[elicit(rename = "opt3", title = "Option Three")]
    Three,
}

#[derive(Elicit)]
struct Name {
    name: String,
}

#[derive(Elicit)]
struct Okay {
    ok: bool,
}

/// Asks the client's model.
#[tool(read_only)]
pub(crate) async fn test_sampling(cx: &Context, prompt: String) -> Result<String, ToolError> {
    let sampled = cx
        .sample("prompt", Sample::new(prompt).max_tokens(100))
        .await?;
    Ok(format!("LLM response: {}", sampled.text()))
}

/// Asks the user for an account.
#[tool(read_only)]
pub(crate) async fn test_elicitation(cx: &Context, message: String) -> Result<String, ToolError> {
    let Account { username, email } = cx.elicit("account", message).await?;
    Ok(format!("User response: {username} <{email}>"))
}

/// Asks by a form with defaults of all types.
#[tool(read_only)]
pub(crate) async fn test_elicitation_sep1034_defaults(cx: &Context) -> Result<String, ToolError> {
    let Defaults {
        name,
        age,
        score,
        status,
        verified,
    } = cx.elicit("user", "Please review the defaults.").await?;
    Ok(format!(
        "Elicitation completed: {name}, {age}, {score}, {status:?}, {verified}"
    ))
}

/// Asks by a form with choices of all forms.
#[tool(read_only)]
pub(crate) async fn test_elicitation_sep1330_enums(cx: &Context) -> Result<String, ToolError> {
    let Choices {
        untitled_single,
        titled_single,
        legacy,
        untitled_multi,
        titled_multi,
    } = cx.elicit("choices", "Please choose.").await?;
    Ok(format!(
        "Elicitation completed: {untitled_single:?}, {titled_single:?}, {legacy:?}, {untitled_multi:?}, {titled_multi:?}"
    ))
}

/// Reports progress, and asks.
#[tool(read_only)]
pub(crate) async fn test_streaming_elicitation(cx: &Context) -> Result<String, ToolError> {
    cx.progress(1.0, 2.0, "asking");
    let Okay { ok } = cx.elicit("confirm", "Go on?").await?;
    Ok(format!("Streaming complete: {ok}"))
}

/// Asks for a name, and greets.
#[tool(read_only)]
pub(crate) async fn test_input_required_result_elicitation(
    cx: &Context,
) -> Result<String, ToolError> {
    let Name { name } = cx.elicit("user_name", "What is your name?").await?;
    Ok(format!("Hello, {name}!"))
}

/// Asks the client's model for a capital.
#[tool(read_only)]
pub(crate) async fn test_input_required_result_sampling(cx: &Context) -> Result<String, ToolError> {
    let sample = Sample::new("What is the capital of France?").max_tokens(100);
    Ok(format!(
        "LLM response: {}",
        cx.sample("capital_question", sample).await?.text()
    ))
}

/// Asks for the client's roots.
#[tool(read_only)]
pub(crate) async fn test_input_required_result_list_roots(
    cx: &Context,
) -> Result<String, ToolError> {
    let roots: Vec<String> = cx.roots().await?.into_iter().map(|root| root.uri).collect();
    Ok(format!("Roots: {}", roots.join(", ")))
}

/// Keeps state across an input request.
#[tool(read_only)]
pub(crate) async fn test_input_required_result_request_state(
    cx: &Context,
) -> Result<String, ToolError> {
    let remembered: String = cx.once("state", async { "state-ok".to_owned() }).await;
    let Okay { ok } = cx.elicit("confirm", "Please confirm.").await?;
    Ok(format!("{remembered}: {ok}"))
}

/// Asks the user, the model and for the roots, concurrently.
#[tool(read_only)]
pub(crate) async fn test_input_required_result_multiple_inputs(
    cx: &Context,
) -> Result<String, ToolError> {
    let name = cx.elicit::<Name>("user_name", "What is your name?");
    let greeting = cx.sample(
        "greeting",
        Sample::new("Generate a greeting.").max_tokens(50),
    );
    let (name, greeting, roots) = tokio::join!(name, greeting, cx.roots());
    Ok(format!(
        "{}, {}! ({} roots)",
        greeting?.text(),
        name?.name,
        roots?.len()
    ))
}

/// Asks twice, one after the other.
#[tool(read_only)]
pub(crate) async fn test_input_required_result_multi_round(
    cx: &Context,
) -> Result<String, ToolError> {
    #[derive(Elicit)]
    struct Color {
        color: String,
    }
    let Name { name } = cx.elicit("step1", "Step 1: what is your name?").await?;
    let Color { color } = cx
        .elicit("step2", "Step 2: what is your favourite colour?")
        .await?;
    Ok(format!("{name} likes {color}"))
}

/// Asks, with a request state that is protected against changes.
#[tool(read_only)]
pub(crate) async fn test_input_required_result_tampered_state(
    cx: &Context,
) -> Result<String, ToolError> {
    let Okay { ok } = cx.elicit("confirm", "Please confirm.").await?;
    Ok(format!("Confirmed: {ok}"))
}

/// Asks only for the declared capabilities of the client.
#[tool(read_only)]
pub(crate) async fn test_input_required_result_capabilities(
    cx: &Context,
) -> Result<String, ToolError> {
    if cx.capabilities().has(Capability::Elicitation) {
        let Name { name } = cx.elicit("user_name", "What is your name?").await?;
        return Ok(format!("Hello, {name}!"));
    }
    let sampled = cx
        .sample(
            "greeting",
            Sample::new("Generate a greeting.").max_tokens(50),
        )
        .await?;
    Ok(sampled.text())
}
