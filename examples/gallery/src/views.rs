//! A result that clients with MCP Apps show as a page, in a sandbox limited to the origins that the page declares.

use mcp_runtime::{Json, Server, View, model, resource, resources, tool, tools};

/// A share of the whole.
#[model(output)]
struct Share {
    name: String,
    percent: u8,
}

/// The shares as bars.
#[resource("ui://poll/bars")]
async fn bars() -> View {
    View::html(include_str!("bars.html"))
}

/// Returns the result of the poll: data for the model, a page for the user.
#[tool(read_only, ui = "ui://poll/bars")]
async fn poll() -> Json<Vec<Share>> {
    let share = |name: &str, percent| Share {
        name: name.to_owned(),
        percent,
    };
    Json(vec![share("tea", 60), share("coffee", 40)])
}

pub(crate) fn server() -> Server {
    Server::new("views", "1.0.0")
        .tools(tools![poll])
        .resources(resources![bars])
}

#[cfg(test)]
mod tests {
    use mcp_testkit::TestClient;
    use serde_json::json;

    #[mcp_testkit::server]
    fn server() -> mcp_runtime::Server {
        super::server()
    }

    #[mcp_testkit::test]
    async fn the_tool_names_its_page(client: TestClient) {
        let tools = client.tools().await;
        assert_eq!(tools[0]["_meta"]["ui"]["resourceUri"], "ui://poll/bars");
        let page = client.read("ui://poll/bars").await;
        assert!(page.text().contains("<!doctype html>"));
        let poll = client.call("poll", json!({})).await;
        assert_eq!(poll.structured()[0]["name"], "tea");
    }
}
