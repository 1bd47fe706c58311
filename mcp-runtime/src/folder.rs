//! A folder that callers work in; no path can leave it.
//!
//! Invariants: paths are opened below the folder's own handle, by `cap-std`, so that neither `..` nor a link nor a
//! folder replaced during the operation escapes it; only regular files are read and written; every read is limited.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::path::{Component, Path};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

use crate::excerpt::excerpt;
use crate::random;

/// The maximum size of a file, unless [`Folder::max_size`] sets another one.
const LARGEST: u64 = 1024 * 1024;
/// The maximum number of entries of a list.
const ENTRIES: usize = 1_000;

/// A folder whose files the functions of a server read and write, by paths that come from callers.
///
/// Paths are relative, with `/` between their parts. A path that leaves the folder, by `..` or by a link, is refused,
/// and so is everything but a regular file. The functions block: declare tools that use them as `blocking`.
///
/// ```no_run
/// use mcp_runtime::{Folder, FolderError, Server, State, tool, tools};
///
/// #[derive(State)]
/// struct Desk {
///     papers: Folder,
/// }
///
/// /// Reads a paper.
/// #[tool(read_only, blocking)]
/// fn read(papers: &Folder, path: String) -> Result<String, FolderError> {
///     papers.read_text(&path)
/// }
///
/// # fn main_() -> std::io::Result<()> {
/// let papers = Folder::open("papers")?.max_size(64 * 1024);
/// let server = Server::new("desk", "1.0.0").state(Desk { papers }).tools(tools![read]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Folder {
    dir: Arc<Dir>,
    largest: u64,
}

/// A file or a folder in a [`Folder`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct FolderEntry {
    /// The last part of its path.
    pub name: String,
    /// True for a folder.
    pub is_folder: bool,
    /// The size of a file in bytes.
    pub size: u64,
}

/// The reason why a file cannot be read or written. Its text is for the caller: it names the path as the caller gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderError(String);

impl Folder {
    /// Opens an existing folder.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let dir = Dir::open_ambient_dir(path, ambient_authority())?;
        Ok(Self {
            dir: Arc::new(dir),
            largest: LARGEST,
        })
    }

    /// Sets the maximum size of a file that is read or written, in bytes. Default: 1 MiB.
    #[must_use]
    pub fn max_size(mut self, bytes: u64) -> Self {
        self.largest = bytes;
        self
    }

    /// Reads a file.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, FolderError> {
        let place = relative(path)?;
        let mut options = OpenOptions::new();
        options.read(true);
        without_waiting(&mut options);
        let file = self.dir.open_with(place, &options);
        let file = file.map_err(|cause| failed(path, &cause))?;
        let metadata = file.metadata().map_err(|cause| failed(path, &cause))?;
        if !metadata.is_file() {
            return Err(error(path, "is not a file"));
        }
        let mut bytes = Vec::new();
        let read = file
            .take(self.largest.saturating_add(1))
            .read_to_end(&mut bytes);
        read.map_err(|cause| failed(path, &cause))?;
        self.check(path, bytes.len())?;
        Ok(bytes)
    }

    /// Reads a file of UTF-8.
    pub fn read_text(&self, path: &str) -> Result<String, FolderError> {
        let bytes = self.read(path)?;
        String::from_utf8(bytes).map_err(|_| error(path, "is not UTF-8 text"))
    }

    /// Writes a file atomically, replacing an existing one; missing parent folders are created.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> Result<(), FolderError> {
        let (place, bytes) = (relative(path)?, bytes.as_ref());
        self.check(path, bytes.len())?;
        if let Ok(metadata) = self.dir.symlink_metadata(place)
            && !metadata.is_file()
        {
            return Err(error(path, "is not a file"));
        }
        let parent = place.parent().filter(|it| !it.as_os_str().is_empty());
        if let Some(parent) = parent {
            let made = self.dir.create_dir_all(parent);
            made.map_err(|cause| failed(path, &cause))?;
        }
        let id = random::id()
            .ok_or_else(|| error(path, "cannot be written: there is no random source"))?;
        let beside = place.with_file_name(format!(".{id}.new"));
        let written = self.write_new(&beside, bytes);
        let written = written.and_then(|()| self.dir.rename(&beside, &self.dir, place));
        written.map_err(|cause| {
            let _ = self.dir.remove_file(&beside);
            failed(path, &cause)
        })
    }

    fn write_new(&self, place: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let mut file = self.dir.open_with(place, &options)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) -> Result<(), FolderError> {
        let removed = self.dir.remove_file(relative(path)?);
        removed.map_err(|cause| failed(path, &cause))
    }

    /// Lists the files and folders of a folder, sorted, at most 1,000; the path of the folder itself is empty or `.`.
    /// Links and special files are left out.
    pub fn list(&self, path: &str) -> Result<Vec<FolderEntry>, FolderError> {
        let entries = match path {
            "" | "." => self.dir.entries(),
            _ => self.dir.read_dir(relative(path)?),
        };
        let entries = entries.map_err(|cause| failed(path, &cause))?;
        let mut listed = Vec::new();
        for entry in entries.take(ENTRIES) {
            let entry = entry.map_err(|cause| failed(path, &cause))?;
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if metadata.is_file() || metadata.is_dir() {
                listed.push(FolderEntry {
                    name: entry.file_name().to_string_lossy().into_owned(),
                    is_folder: metadata.is_dir(),
                    size: if metadata.is_file() {
                        metadata.len()
                    } else {
                        0
                    },
                });
            }
        }
        listed.sort_unstable();
        Ok(listed)
    }

    fn check(&self, path: &str, size: usize) -> Result<(), FolderError> {
        if u64::try_from(size).is_ok_and(|size| size <= self.largest) {
            return Ok(());
        }
        Err(error(
            path,
            &format!("is larger than {} bytes", self.largest),
        ))
    }
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FolderError {}

/// The path, if it consists of plain names.
fn relative(path: &str) -> Result<&Path, FolderError> {
    let place = Path::new(path);
    let mut parts = place.components();
    let is_inside = parts.all(|part| matches!(part, Component::Normal(_)));
    if place.as_os_str().is_empty() || !is_inside || path.contains('\0') {
        return Err(error(
            path,
            "is not a path inside the folder; write one such as notes/today.md",
        ));
    }
    Ok(place)
}

/// Opens without blocking: a pipe would otherwise wait for its other end.
fn without_waiting(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt as _;
        let flag = rustix::fs::OFlags::NONBLOCK.bits();
        options.custom_flags(i32::try_from(flag).unwrap_or_default());
    }
    #[cfg(not(unix))]
    let _ = options;
}

fn error(path: &str, what: &str) -> FolderError {
    FolderError(format!("`{}` {what}", excerpt(path)))
}

/// The error text of a failed operation, without details of the system.
fn failed(path: &str, cause: &io::Error) -> FolderError {
    error(
        path,
        match cause.kind() {
            io::ErrorKind::NotFound => "is not there",
            io::ErrorKind::IsADirectory => "is a folder",
            io::ErrorKind::NotADirectory => "leads through a file",
            io::ErrorKind::DirectoryNotEmpty => "is a folder that is not empty",
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "cannot be written: there is no space left"
            }
            io::ErrorKind::PermissionDenied => "cannot be accessed",
            _ => "cannot be read or written",
        },
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    /// A folder `inside` with a file, next to a file outside of it.
    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("folder-{name}-{}", std::process::id()));
            fs::create_dir_all(path.join("inside/deep")).unwrap();
            fs::write(path.join("secret"), "hunter2").unwrap();
            fs::write(path.join("inside/a.txt"), "hello").unwrap();
            Self(path)
        }

        fn folder(&self) -> Folder {
            Folder::open(self.0.join("inside")).unwrap()
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn files_are_read_written_listed_and_removed() {
        let place = Place::new("works");
        let folder = place.folder();
        assert_eq!(folder.read_text("a.txt").as_deref(), Ok("hello"));
        folder.write("new/b.txt", "b").unwrap();
        folder.write("new/b.txt", "better").unwrap();
        assert_eq!(folder.read("new/b.txt").as_deref(), Ok(&b"better"[..]));
        let names = |path: &str| {
            let listed = folder.list(path).unwrap();
            listed
                .into_iter()
                .map(|it| (it.name, it.is_folder, it.size))
                .collect::<Vec<_>>()
        };
        let entry = |name: &str, is_folder, size| (name.to_owned(), is_folder, size);
        assert_eq!(
            names(""),
            [
                entry("a.txt", false, 5),
                entry("deep", true, 0),
                entry("new", true, 0)
            ]
        );
        assert_eq!(names("new"), [entry("b.txt", false, 6)]);
        folder.remove("new/b.txt").unwrap();
        assert_eq!(
            folder.read("new/b.txt").unwrap_err().to_string(),
            "`new/b.txt` is not there"
        );
    }

    #[test]
    fn no_path_leads_out() {
        let place = Place::new("out");
        let folder = place.folder();
        for path in [
            "",
            ".",
            "..",
            "../secret",
            "deep/../../secret",
            "/etc/passwd",
            "a\0b",
            "./a.txt",
        ] {
            let error = folder.read(path).unwrap_err();
            assert!(
                error.to_string().contains("not a path inside"),
                "{path:?}: {error}"
            );
            assert!(
                folder.write(path, "x").is_err() && folder.remove(path).is_err(),
                "{path:?}"
            );
        }
        assert_eq!(
            fs::read_to_string(place.0.join("secret")).unwrap(),
            "hunter2"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn no_link_and_no_pipe_leads_out_or_waits() {
        use std::os::unix::fs::symlink;

        let place = Place::new("link");
        let folder = place.folder();
        let inside = place.0.join("inside");
        symlink("../secret", inside.join("link")).unwrap();
        symlink("..", inside.join("up")).unwrap();
        symlink("a.txt", inside.join("here")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            inside.join("pipe"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        for path in ["link", "up/secret", "up/inside/a.txt", "pipe", "deep"] {
            let read = folder.read(path);
            assert!(read.is_err(), "{path}: {read:?}");
        }
        assert!(folder.write("up/new", "x").is_err() && folder.write("link", "x").is_err());
        assert_eq!(
            folder.read_text("here").as_deref(),
            Ok("hello"),
            "a link inside is followed"
        );
        let listed = folder.list("").unwrap();
        let names: Vec<_> = listed.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a.txt", "deep"]);
        assert_eq!(
            fs::read_to_string(place.0.join("secret")).unwrap(),
            "hunter2"
        );
    }

    #[test]
    fn a_file_has_a_maximum_size() {
        let place = Place::new("size");
        let folder = place.folder().max_size(4);
        for error in [
            folder.read("a.txt").unwrap_err(),
            folder.write("b", "12345").unwrap_err(),
        ] {
            assert!(error.to_string().contains("larger than 4 bytes"), "{error}");
        }
        folder.write("b", "1234").unwrap();
        folder.write("c", [0xff]).unwrap();
        assert!(
            folder
                .read_text("c")
                .unwrap_err()
                .to_string()
                .contains("UTF-8")
        );
    }
}
