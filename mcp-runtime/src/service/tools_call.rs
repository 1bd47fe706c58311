//! `tools/call`: the tool and its arguments.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::call::CallParams;
use super::tasks::Mode;
use super::{Service, text_param};
use crate::answer::Answer;
use crate::handler::Context;
use crate::protocol::{Members, RpcError};

impl Service {
    pub(super) async fn call_tool(
        self: &Arc<Self>,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let name = text_param(params, "name", "which tool?")?;
        let entry = self
            .registry
            .read()
            .tools
            .get(&name)
            .cloned()
            .ok_or_else(|| RpcError::unknown("tool", &name))?;
        let arguments = params
            .and_then(|params| params.decode::<&RawValue>("arguments"))
            .and_then(Result::ok);
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

/// The text of an argument as a header mirrors it; `None` when it is absent or `null`.
pub(crate) fn mirrored(raw: Option<&RawValue>) -> Option<&str> {
    raw.map(RawValue::get).filter(|text| *text != "null")
}
