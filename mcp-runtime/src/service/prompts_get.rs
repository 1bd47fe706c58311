//! `prompts/get`: the prompt and its arguments, which are strings.

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
        let arguments = params.and_then(Members::arguments);
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
