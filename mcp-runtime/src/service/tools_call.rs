//! `tools/call`: the tool and its arguments.
//!
//! An unknown name is -32602 in every revision, with the nearest name among the first 1,000 tools that the caller may
//! call; a tool that is hidden from the caller gives the same text, so that names cannot be probed.

use std::sync::Arc;

use super::call::CallParams;
use super::tasks::Mode;
use super::{Service, text_param};
use crate::answer::Answer;
use crate::handler::argument::problem::nearest;
use crate::handler::{Context, Principal};
use crate::protocol::{Members, RawStr, RpcError};

/// The maximum number of tools whose names are compared with an unknown one.
const COMPARED: usize = 1_000;

impl Service {
    pub(super) async fn call_tool(
        self: &Arc<Self>,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let name = text_param(params, "name", "which tool?")?;
        let called = self.call_named(&name, params, cx).await;
        called.map_err(|error| self.with_nearest_tool(error, &name, cx.principal()))
    }

    /// Adds the nearest name of a tool that `principal` may call to the error of an unknown tool; a hidden tool has
    /// the same error.
    fn with_nearest_tool(
        &self,
        mut error: RpcError,
        name: &str,
        principal: &Principal,
    ) -> RpcError {
        if error.message != RpcError::unknown("tool", name).message {
            return error;
        }
        let registry = self.registry.read();
        let entries = registry.tools.entries().iter().take(COMPARED);
        let admitted = entries.filter(|entry| entry.policies().access.admits(principal));
        let names: Vec<&str> = admitted.map(|entry| &*entry.name).collect();
        if let Some(near) = nearest(name, &names) {
            error.message = format!("{}; did you mean `{near}`?", error.message).into();
        }
        error
    }

    async fn call_named(
        self: &Arc<Self>,
        name: &str,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let entry = self
            .registry
            .read()
            .tools
            .get(name)
            .cloned()
            .ok_or_else(|| RpcError::unknown("tool", name))?;
        let arguments = params.and_then(Members::arguments);
        let call = CallParams {
            members: params,
            arguments,
            textual: false,
        };
        match Mode::choose(&entry, cx) {
            Mode::Now => self.call(&entry, cx, call).await,
            Mode::Task => Box::pin(self.call_as_task(&entry, cx, call)).await,
            Mode::Refused(answer) => {
                entry
                    .policies()
                    .access
                    .check(entry.item(), cx.principal())?;
                answer
            }
        }
    }
}

/// The text of an argument as mirrored in a header; `None` if it is absent or `null`.
pub(crate) fn mirrored(raw: Option<RawStr<'_>>) -> Option<&str> {
    raw.map(RawStr::get).filter(|text| *text != "null")
}
