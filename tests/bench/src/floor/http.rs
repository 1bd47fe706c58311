//! The floor over HTTP: one axum route.

use std::net::SocketAddr;

use axum::{
    Router,
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::post,
    serve::ListenerExt as _,
};
use bytes::Bytes;
use tokio::net::TcpListener;

use crate::error::Error;

/// The capacity of a response buffer, so that it is allocated once.
const ROOM: usize = 256;

/// Serves until the process is killed.
pub(crate) async fn serve(addr: SocketAddr) -> Result<(), Error> {
    let listener = TcpListener::bind(addr)
        .await
        .map_err(Error::io("listening"))?
        .tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                eprintln!("bench: setting TCP_NODELAY: {error}");
            }
        });
    axum::serve(listener, Router::new().route("/mcp", post(call)))
        .await
        .map_err(Error::io("serving"))
}

async fn call(request: Bytes) -> impl IntoResponse {
    let mut answer = Vec::with_capacity(ROOM);
    match super::answer(&request, &mut answer) {
        Ok(()) => (StatusCode::OK, [(CONTENT_TYPE, "application/json")], answer).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
