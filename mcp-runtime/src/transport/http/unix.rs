//! A listening Unix socket: its file is created at the start, and removed at the end.
//!
//! The file of a killed server would keep the next one from starting, so a socket that refuses connections is removed.
//! Two servers that start at the same moment may both do so; the second `bind` then fails. At the end the file is
//! removed only if it is still the same: another server may have replaced it.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tokio::net::UnixListener;

/// The file of a listening socket, removed when dropped, if it is still that of this server.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    mark: Mark,
}

/// Distinguishes a file from its successor at the same path, whose inode may be the same.
type Mark = (u64, Option<SystemTime>);

fn mark(path: &Path) -> io::Result<Mark> {
    let found = fs::symlink_metadata(path)?;
    Ok((found.ino(), found.modified().ok()))
}

/// Listens on `path`. A stale socket is replaced; any other file is left alone.
pub(crate) fn bind(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    remove_stale(path)?;
    let listener = UnixListener::bind(path)?;
    let file = SocketFile {
        path: path.to_owned(),
        mark: mark(path)?,
    };
    Ok((listener, file))
}

/// Removes a socket without a listener.
fn remove_stale(path: &Path) -> io::Result<()> {
    let Ok(found) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    if !found.file_type().is_socket() {
        let text = "there is a file that is not a socket; remove it, or choose another path";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => {
            let text = "another server listens on this socket; end it, or choose another path";
            Err(io::Error::new(io::ErrorKind::AlreadyExists, text))
        }
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        Err(error) => Err(error),
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if mark(&self.path).is_ok_and(|found| found == self.mark) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("mcp-{name}-{}.sock", std::process::id()))
    }

    #[tokio::test]
    async fn a_stale_socket_is_replaced_and_one_in_use_is_not() {
        let path = path("stale");
        // A listener of std leaves its file behind.
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        let (listener, file) = bind(&path).unwrap();
        let error = bind(&path).unwrap_err();
        assert!(
            error.to_string().contains("another server listens"),
            "{error}"
        );
        drop(listener);
        drop(file);
        assert!(!path.exists(), "it is removed at the end");
    }

    #[tokio::test]
    async fn a_file_that_is_no_socket_stays_and_so_does_the_socket_of_a_successor() {
        let path = path("file");
        fs::write(&path, "precious").unwrap();
        let error = bind(&path).unwrap_err();
        assert!(error.to_string().contains("not a socket"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        fs::remove_file(&path).unwrap();
        let (old, old_file) = bind(&path).unwrap();
        drop(old);
        let (_new, new_file) = bind(&path).unwrap();
        drop(old_file);
        assert!(path.exists());
        drop(new_file);
        assert!(!path.exists());
    }
}
