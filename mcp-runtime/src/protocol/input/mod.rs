//! The input requests that a server sends to its client during a call: the same requests in every revision.
//!
//! In 2026-07-28 they are the values of `inputRequests` in an `input_required` result, in older revisions requests of
//! the server. [MCP 2026-07-28, multi round-trip
//! requests](https://modelcontextprotocol.io/specification/2026-07-28/basic/utilities/mrtr).

pub(crate) mod elicitation;
pub(crate) mod roots;
pub(crate) mod sampling;

use serde::Serialize;
use serde_json::{Value, json};

use super::capabilities::Capability;
use sampling::Sample;

const ELICITATION_CREATE: &str = "elicitation/create";
const SAMPLING_CREATE_MESSAGE: &str = "sampling/createMessage";
const ROOTS_LIST: &str = "roots/list";

/// An input request: a method of the client and its params.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub(crate) struct InputRequest {
    /// `elicitation/create`, `sampling/createMessage` or `roots/list`.
    pub method: &'static str,
    /// The params of the method.
    pub params: Value,
    /// The capabilities that the client must have declared.
    #[serde(skip)]
    pub needs: Vec<Capability>,
}

impl InputRequest {
    /// Requests a form for the user: `schema` is an object of flat properties.
    pub(crate) fn form(message: &str, schema: Value) -> Self {
        let mut params = json!({ "mode": "form", "message": message });
        params["requestedSchema"] = schema;
        Self {
            method: ELICITATION_CREATE,
            params,
            needs: vec![Capability::Elicitation],
        }
    }

    /// Requests that the user opens a URL.
    pub(crate) fn url(message: &str, url: &str) -> Self {
        let params = json!({ "mode": "url", "message": message, "url": url });
        Self {
            method: ELICITATION_CREATE,
            params,
            needs: vec![Capability::ElicitationUrl],
        }
    }

    /// Requests a sample of the client's model.
    pub(crate) fn sample(sample: &Sample) -> Self {
        // Text, numbers and JSON can always be serialized.
        let params = serde_json::to_value(sample).unwrap_or_default();
        Self {
            method: SAMPLING_CREATE_MESSAGE,
            params,
            needs: sample.needs(),
        }
    }

    /// Requests the client's roots.
    pub(crate) fn roots() -> Self {
        Self {
            method: ROOTS_LIST,
            params: json!({}),
            needs: vec![Capability::Roots],
        }
    }
}
