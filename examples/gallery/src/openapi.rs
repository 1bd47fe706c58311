//! Tools created at run time from an OpenAPI description, one for each operation.
//!
//! A function sends the requests, so that tests need no network; `outbound.rs` has a client for it.

use std::sync::Arc;

use mcp_runtime::{DynamicTool, Server, ToolError};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

/// The description; a program may read it from a file or a URL instead.
const PETS: &str = include_str!("pets.json");

/// Sends a request, and returns the body of its response.
type Send = Arc<dyn Fn(&str, &str) -> Result<String, ToolError> + std::marker::Send + Sync>;

/// Creates a tool for each operation of a description.
fn tools(description: &Value, send: &Send) -> Vec<DynamicTool> {
    let paths = description["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, operations)| {
            let operations = operations.as_object().into_iter().flatten();
            operations.filter_map(|(method, operation)| tool(path, method, operation, send))
        })
        .collect()
}

/// Creates a tool for an operation with an id; its path and query parameters are the arguments.
fn tool(path: &str, method: &str, operation: &Value, send: &Send) -> Option<DynamicTool> {
    let name = operation["operationId"].as_str()?;
    let parameters = operation["parameters"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for parameter in &parameters {
        let name = parameter["name"].as_str()?;
        let mut schema = parameter["schema"].clone();
        schema["description"] = parameter["description"].clone();
        properties.insert(name.to_owned(), schema);
        if parameter["required"] == true {
            required.push(name.to_owned());
        }
    }
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    let summary = operation["summary"].as_str().unwrap_or(name);
    let (path, method, send) = (path.to_owned(), method.to_uppercase(), Arc::clone(send));
    let tool = DynamicTool::new(name, schema)
        .description(summary)
        .open_world(true);
    let tool = if method == "GET" {
        tool.read_only()
    } else {
        tool
    };
    Some(tool.handler(move |_cx, arguments: Value| {
        let answer = send(&method, &target(&path, &parameters, &arguments));
        async move { answer }
    }))
}

/// Inserts the arguments into a path, and appends the query parameters.
fn target(path: &str, parameters: &[Value], arguments: &Value) -> String {
    let (mut target, mut query) = (path.to_owned(), Vec::new());
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let value = match &arguments[name] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let value = utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string();
        if parameter["in"] == "path" {
            target = target.replace(&format!("{{{name}}}"), &value);
        } else {
            query.push(format!("{name}={value}"));
        }
    }
    if query.is_empty() {
        return target;
    }
    format!("{target}?{}", query.join("&"))
}

pub(crate) fn server() -> Server {
    let description = serde_json::from_str(PETS).unwrap_or_default();
    let send: Send = Arc::new(|method, target| Ok(format!("{method} {target}")));
    let tools = tools(&description, &send);
    tools
        .into_iter()
        .fold(Server::new("pets", "1.0.0"), Server::tool)
}

#[cfg(test)]
mod tests {
    use mcp_testkit::TestClient;
    use serde_json::json;

    #[mcp_testkit::server]
    fn server() -> mcp_runtime::Server {
        super::server()
    }

    #[mcp_testkit::test(eras = "all")]
    async fn each_operation_is_a_tool_with_checked_arguments(client: TestClient) {
        let tools = client.tools().await;
        let names: Vec<_> = tools
            .iter()
            .map(|it| it["name"].as_str().unwrap_or_default())
            .collect();
        assert_eq!(names, ["listPets", "showPet", "removePet"]);
        let listed = client
            .call("listPets", json!({"limit": 5, "kind": "cat & dog"}))
            .await;
        listed.assert_text("GET /pets?limit=5&kind=cat%20%26%20dog");
        let shown = client.call("showPet", json!({"id": "../secrets"})).await;
        shown.assert_text("GET /pets/%2E%2E%2Fsecrets");
        client
            .call("listPets", json!({"limit": 500}))
            .await
            .assert_error("at most 100");
    }
}
