//! `skills/get`: one skill, as `skills/list` describes it.

use serde::Serialize;

use super::Service;
use super::watch::uri_param;
use crate::answer::{Answer, Hint, members};
use crate::protocol::skill::Skill;
use crate::protocol::{Members, RpcError};

#[derive(Serialize)]
struct SkillResult<'a> {
    skill: &'a Skill,
    #[serde(flatten)]
    hint: Hint,
}

impl Service {
    pub(super) fn get_skill(&self, params: Option<&Members>) -> Result<Answer, RpcError> {
        let uri = uri_param(params, "which skill?")?;
        let registry = self.registry.read();
        let skill = registry.skills.iter().find(|skill| skill.uri == uri);
        let skill =
            skill.ok_or_else(|| RpcError::invalid_params("there is no such skill").at(&uri))?;
        Ok(Answer::Members(members(&SkillResult {
            skill,
            hint: Hint::NONE,
        })))
    }
}
