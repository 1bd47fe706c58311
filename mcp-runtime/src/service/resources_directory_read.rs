//! `resources/directory/read`: the contents of a folder.

use super::Service;
use super::page::{self, Page, Row, RowKey};
use super::watch::uri_param;
use crate::answer::Answer;
use crate::protocol::{Members, RpcError};

impl Service {
    pub(super) fn read_directory(&self, params: Option<&Members>) -> Result<Answer, RpcError> {
        let uri = uri_param(params, "which directory?")?;
        let registry = self.registry.read();
        let folder = registry.files.folders.get(&*uri);
        let folder =
            folder.ok_or_else(|| RpcError::invalid_params("not a directory resource").at(&uri))?;
        // A cursor is valid for one folder only.
        let after = page::cursor(&uri, params)?;
        let mut page = Page::new(self.live.with(|it| it.page_size));
        let rows = folder.values().enumerate();
        let mut rows = rows.map(|(index, file)| Row::new(RowKey::Fixed(index as u64), file));
        let is_behind = |row: &Row| after.as_ref().is_none_or(|after| row.key > *after);
        rows.by_ref().filter(is_behind).all(|row| page.push(row));
        Ok(Answer::Members(page.write("resources", &uri).into()))
    }
}
