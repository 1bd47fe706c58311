//! `prompts/get`: the prompt and its arguments, which are strings.

use serde_json::value::RawValue;

use super::call::CallParams;
use super::{Service, text_param};
use crate::answer::Answer;
use crate::handler::Context;
use crate::protocol::{Members, RpcError};

impl Service {
    pub(super) async fn get_prompt(
        &self,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let name = text_param(params, "name", "which prompt?")?;
        let entry = self
            .registry
            .read()
            .prompts
            .get(&name)
            .cloned()
            .ok_or_else(|| RpcError::unknown("prompt", &name))?;
        let arguments = params
            .and_then(|params| params.decode::<&RawValue>("arguments"))
            .and_then(Result::ok);
        self.call(
            &entry,
            cx,
            CallParams {
                members: params,
                arguments,
                textual: true,
            },
        )
        .await
    }
}
