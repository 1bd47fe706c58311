//! The size of a program, in MiB.

use std::{path::Path, process::Command};

use crate::error::Error;

/// Returns the size of the file.
pub(crate) fn size(file: &Path) -> Result<f64, Error> {
    let metadata = std::fs::metadata(file).map_err(Error::io("reading the size of a program"))?;
    let kib = u32::try_from(metadata.len() / 1024).unwrap_or(u32::MAX);
    Ok(f64::from(kib) / 1024.0)
}

/// Returns the size without symbols; `None` where there is no `strip`.
pub(crate) fn stripped_size(program: &Path) -> Result<Option<f64>, Error> {
    let copy = std::env::temp_dir().join(format!("bench-stripped.{}", std::process::id()));
    let status = Command::new("strip")
        .arg("-o")
        .arg(&copy)
        .arg(program)
        .status();
    let stripped = match status {
        Ok(status) if status.success() => size(&copy).map(Some),
        _ => Ok(None),
    };
    let _ = std::fs::remove_file(&copy);
    stripped
}
