//! The entries of clients' configurations, for the page to show.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::super::stream::empty;
use super::super::{Endpoint, response};
use crate::config::url::is_web;
use crate::package::Launch;
use crate::package::client::{ALL, Client, Places};

/// The entries of all clients for the URL in the query (`?url=`), by which the page has reached the endpoint.
pub(super) async fn clients(State(endpoint): State<Arc<Endpoint>>, uri: Uri) -> Response {
    let Some(launch) = uri.query().and_then(asked) else {
        return empty(StatusCode::BAD_REQUEST);
    };
    let name = &endpoint.service.identity.info.name;
    let entries: Vec<_> = ALL.iter().map(|it| entry(it, name, &launch)).collect();
    response::json(200, Value::from(entries).to_string().into())
}

/// Parses the URL in a query.
fn asked(query: &str) -> Option<Launch> {
    let url = percent_decode_str(query.strip_prefix("url=")?);
    let url = url.decode_utf8().ok()?;
    is_web(&url).then(|| Launch::Url(url.into_owned()))
}

fn entry(client: &Client, name: &str, launch: &Launch) -> Value {
    json!({
        "title": client.title,
        "file": client.file(&places()),
        "entry": client.snippet(name, launch).unwrap_or_default(),
        "command": client.command(name, launch),
        "link": client.link(name, launch),
        "then": client.then,
    })
}

/// Placeholders for folders: those of this machine are private.
fn places() -> Places {
    let settings = if cfg!(target_os = "macos") {
        "~/Library/Application Support"
    } else if cfg!(windows) {
        "%APPDATA%"
    } else {
        "~/.config"
    };
    Places {
        project: PathBuf::new(),
        home: Some(PathBuf::from("~")),
        settings: Some(PathBuf::from(settings)),
    }
}
