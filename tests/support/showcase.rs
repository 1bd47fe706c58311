//! A server for the browser test of the page: arguments of every form, input requests of every kind, a view, tasks,
//! and texts that would be HTML if a page interpreted them.

use std::collections::BTreeMap;
use std::time::Duration;

use mcp_runtime::{
    Content, Context, Elicit, ElicitError, Json, Level, Sample, Server, ToolError, View, model,
    prompt, prompts, resource, resources, tool, tools,
};
use tokio::time::sleep;

/// Text that would run a script if it were read as HTML.
const HOSTILE: &str =
    "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>";

/// A place on the way.
#[model(input)]
struct Stop {
    /// Its name.
    city: String,
    /// Nights.
    nights: Option<u8>,
}

/// The way to travel.
#[model(input)]
#[serde(rename_all = "lowercase")]
enum Vehicle {
    Train,
    Boat,
}

/// The payment.
#[model(input)]
#[serde(tag = "by", rename_all = "lowercase")]
enum Payment {
    /// By card.
    Card { number: String },
    /// By invoice.
    Invoice { days: u8 },
}

/// A traveller.
#[model(input)]
struct Traveller {
    /// Full name.
    name: String,
    /// In years.
    age: u8,
}

/// Plans a journey: takes arguments of every form, and returns them.
#[tool(read_only, rate_limit = "100/min")]
#[expect(clippy::too_many_arguments, reason = "one of each form")]
fn plan(
    /// The title.
    #[arg(length = 3..=40, example = "To the sea")]
    title: String,
    /// The vehicle.
    vehicle: Vehicle,
    /// Who travels.
    traveller: Traveller,
    /// Where it stops.
    #[arg(length = 1..=3)]
    stops: Vec<Stop>,
    /// How it is paid.
    payment: Option<Payment>,
    /// In euros.
    #[arg(range = 0.0..=1000.0, default = 99.5)]
    budget: f64,
    /// A big number.
    number: Option<i64>,
    /// With a return ticket.
    #[arg(default = true)]
    both_ways: bool,
    /// Remarks by topic.
    remarks: Option<BTreeMap<String, String>>,
) -> String {
    let stops: Vec<String> = stops
        .into_iter()
        .map(|stop| format!("{} for {} nights", stop.city, stop.nights.unwrap_or(1)))
        .collect();
    let vehicle = match vehicle {
        Vehicle::Train => "train",
        Vehicle::Boat => "boat",
    };
    let paid = match payment {
        Some(Payment::Card { number }) => format!("card {number}"),
        Some(Payment::Invoice { days }) => format!("invoice in {days} days"),
        None => "nothing".to_owned(),
    };
    format!(
        "{title}: {} ({}) by {vehicle} via {}, {budget} euros paid by {paid}, both ways {both_ways}, number {number:?}, {} remarks",
        traveller.name,
        traveller.age,
        stops.join(" and "),
        remarks.unwrap_or_default().len(),
    )
}

#[derive(Elicit)]
struct Visitor {
    /// Your name.
    #[elicit(length = 1..=20)]
    name: String,
    /// Your address.
    #[elicit(email)]
    email: String,
    /// In years.
    #[elicit(range = 18..=120, default = 30)]
    age: u8,
    /// Send news.
    #[elicit(default = true)]
    news: bool,
    /// The meal.
    meal: Meal,
    /// Days.
    #[elicit(length = 1..=2)]
    days: Vec<Day>,
}

#[derive(Elicit, Debug)]
enum Meal {
    #[elicit(title = "With fish")]
    Fish,
    #[elicit(title = "Without")]
    Plain,
}

#[derive(Elicit, Debug)]
enum Day {
    Saturday,
    Sunday,
}

/// Asks its user by a form, then to visit a page, then the model, then for the roots.
#[tool]
async fn interview(cx: &Context) -> Result<String, ToolError> {
    let visitor: Visitor = cx.elicit("visitor", "Who are you?").await?;
    cx.elicit_url("sign", "Please sign.", "https://sign.example.com/1")
        .await?;
    let sampled = cx
        .sample("greeting", Sample::new("Greet the visitor.").max_tokens(50))
        .await?;
    let roots = cx.roots().await?;
    Ok(format!(
        "{} <{}>, {}, news {}, {:?}, {:?}, {}, {} roots",
        visitor.name,
        visitor.email,
        visitor.age,
        visitor.news,
        visitor.meal,
        visitor.days,
        sampled.text(),
        roots.len()
    ))
}

/// Works for a while, and says how far it is.
#[tool(read_only, timeout = "1m")]
async fn work(
    cx: &Context,
    /// Steps of 50 ms.
    #[arg(range = 1..=1000, default = 4)]
    steps: u16,
) -> String {
    for step in 1..=steps {
        cx.log(Level::Info, format!("step {step}"));
        cx.progress(f64::from(step), f64::from(steps), "working");
        sleep(Duration::from_millis(50)).await;
    }
    "worked".to_owned()
}

/// Runs as a task, and asks meanwhile.
#[tool(task = "optional")]
async fn errand(cx: &Context) -> Result<String, ElicitError> {
    sleep(Duration::from_millis(200)).await;
    let visitor: mcp_runtime::Confirm = cx.elicit("go", "Go on?").await?;
    Ok(format!("went on: {}", visitor.yes()))
}

/// Is called once a minute at most.
#[tool(read_only, rate_limit = "1/min")]
fn rare() -> &'static str {
    "rare"
}

/// Returns content of every kind, <b>all hostile</b><script>document.title='broken'</script>.
#[tool(read_only, title = "<i>Hostile</i> content")]
fn hostile() -> Vec<Content> {
    vec![
        Content::text(HOSTILE),
        Content::resource_link("javascript:document.title='broken'", HOSTILE),
        Content::resource_link("show://note", "A note"),
    ]
}

/// The wares, as structured data.
#[model(output)]
struct Wares {
    /// Names.
    names: Vec<String>,
}

/// Shows the wares in a view.
#[tool(read_only, ui = "ui://showcase/wares", visible_to("model", "app"))]
fn wares() -> Json<Wares> {
    Json(Wares {
        names: vec!["apple".to_owned(), "pear".to_owned()],
    })
}

/// The view of the wares.
#[resource("ui://showcase/wares")]
fn wares_view() -> View {
    View::html(include_str!("showcase.html"))
}

/// A note.
#[resource("show://note", mime_type = "text/plain")]
fn note() -> &'static str {
    HOSTILE
}

/// A red pixel.
#[resource("show://pixel", mime_type = "image/png")]
fn pixel() -> &'static [u8] {
    &[
        137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2,
        0, 0, 0, 144, 119, 83, 222, 0, 0, 0, 12, 73, 68, 65, 84, 120, 156, 99, 248, 207, 192, 0, 0,
        3, 1, 1, 0, 201, 254, 146, 239, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
    ]
}

/// A page of a book.
#[resource("show://books/{book}/{page}", mime_type = "text/plain")]
fn book(#[arg(complete = books)] book: String, page: u16) -> String {
    format!("{book}, page {page}")
}

fn books(typed: String) -> Vec<String> {
    let all = ["Middlemarch", "Moby-Dick", "Emma"];
    let found = all.into_iter().filter(move |book| book.starts_with(&typed));
    found.map(str::to_owned).collect()
}

/// Changes the note.
#[tool(idempotent)]
fn touch(cx: &Context) {
    cx.resource_updated("show://note");
}

/// A review.
#[prompt(title = "Review")]
fn review(
    /// The book.
    #[arg(complete = books)]
    book: String,
    /// The tone.
    #[arg(default = "kind")]
    tone: String,
) -> String {
    format!("Write a {tone} review of {book}.")
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    Server::new("showcase", "1.0.0")
        .title("Showcase <b>of</b> the page")
        .instructions(
            "Everything that the page can show.\n<script>document.title='broken'</script>",
        )
        .tools(tools![
            plan, interview, work, errand, rare, hostile, wares, touch
        ])
        .resources(resources![wares_view, note, pixel, book])
        .prompts(prompts![review])
        .run()
        .await
}
