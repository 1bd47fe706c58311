//! A folder on the disk, read into a tree.
//!
//! Invariants: what begins with a dot is left out; a link is followed where it stays inside the folder, and an error
//! where it leads out of it or round in a circle.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::tree::{Tree, is_name};

/// Adds all that is in `folder` to `tree`.
pub(super) fn read(folder: &Path, tree: &mut Tree) -> Result<(), String> {
    let root = folder.canonicalize().map_err(|error| {
        format!(
            "the folder `{}` cannot be read: {error}; give the folder that holds the skills",
            folder.display()
        )
    })?;
    Walk {
        root: root.clone(),
        tree,
        above: vec![root],
    }
    .folder(folder, "")
}

struct Walk<'t> {
    /// Where the folder of skills really is.
    root: PathBuf,
    tree: &'t mut Tree,
    /// Where the folders really are that are being read, from the outermost to the innermost.
    above: Vec<PathBuf>,
}

impl Walk<'_> {
    /// Reads `folder`, whose path in the tree is `path`.
    fn folder(&mut self, folder: &Path, path: &str) -> Result<(), String> {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<DirEntry>>>);
        for entry in entries.map_err(|error| unreadable(folder, &error))? {
            let place = entry.path();
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| {
                format!("the name of `{}` is not UTF-8; rename it", shown(&place))
            })?;
            if name.starts_with('.') {
                continue;
            }
            if !is_name(name) {
                return Err(format!(
                    "`{}` has a backslash in its name; rename it",
                    shown(&place)
                ));
            }
            let path = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}/{name}")
            };
            self.entry(&place, path)?;
        }
        Ok(())
    }

    fn entry(&mut self, place: &Path, path: String) -> Result<(), String> {
        let real = place
            .canonicalize()
            .map_err(|error| unreadable(place, &error))?;
        if !real.starts_with(&self.root) {
            return Err(format!(
                "`{}` is a link out of the folder; put a copy there instead",
                shown(place)
            ));
        }
        if real.is_dir() {
            return self.nested(place, real, path);
        }
        let size = fs::metadata(&real)
            .map_err(|error| unreadable(place, &error))?
            .len();
        self.tree.room(size, &shown(place))?;
        let bytes = fs::read(&real).map_err(|error| unreadable(place, &error))?;
        self.tree.add(path, bytes, shown(place))
    }

    fn nested(&mut self, place: &Path, real: PathBuf, path: String) -> Result<(), String> {
        if self.above.contains(&real) {
            return Err(format!(
                "`{}` is a link to a folder that it is in; remove it",
                shown(place)
            ));
        }
        self.above.push(real);
        self.folder(place, &path)?;
        self.above.pop();
        self.tree.folders.insert(path);
        Ok(())
    }
}

fn shown(place: &Path) -> String {
    place.display().to_string()
}

fn unreadable(place: &Path, error: &io::Error) -> String {
    format!(
        "`{}` cannot be read: {error}; make it readable, or remove it",
        place.display()
    )
}
