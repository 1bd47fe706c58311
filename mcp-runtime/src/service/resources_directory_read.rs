//! `resources/directory/read`: what is in a folder.

use super::Service;
use super::page::{self, Row};
use super::watch::uri_param;
use crate::answer::Answer;
use crate::protocol::{Members, RpcError};

impl Service {
    pub(super) fn read_directory(&self, params: Option<&Members>) -> Result<Answer, RpcError> {
        let uri = uri_param(params, "which directory?")?;
        let folder = self.registry.files.folders.get(&*uri);
        let folder =
            folder.ok_or_else(|| RpcError::invalid_params("not a directory resource").at(&uri))?;
        let rows: Vec<Row> = folder
            .iter()
            .map(|(uri, descriptor)| Row::new(uri, descriptor))
            .collect();
        let begin = page::begin(&rows, params)?;
        Ok(Answer::Members(
            page::write("resources", rows[begin..].iter(), self.settings.page_size).into(),
        ))
    }
}
