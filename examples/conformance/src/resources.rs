//! Resources, and a template of resources.

use mcp_runtime::{Json, model, resource};

use crate::content::PNG;

/// A text.
#[resource("test://static-text", mime_type = "text/plain")]
pub(crate) fn static_text() -> &'static str {
    "This is the content of the static text resource."
}

/// A red pixel.
#[resource("test://static-binary", mime_type = "image/png")]
pub(crate) fn static_binary() -> &'static [u8] {
    PNG
}

/// A text to subscribe to.
#[resource("test://watched-resource", mime_type = "text/plain")]
pub(crate) fn watched_resource() -> &'static str {
    "Watched resource content"
}

#[model(output)]
pub(crate) struct Item {
    id: String,
    #[serde(rename = "templateTest")]
    template_test: bool,
    data: String,
}

/// The data of an id.
#[resource("test://template/{id}/data", mime_type = "application/json")]
pub(crate) fn template_data(id: String) -> Json<Item> {
    let data = format!("Data for ID: {id}");
    Json(Item {
        id,
        template_test: true,
        data,
    })
}
