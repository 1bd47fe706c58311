//! A folder on the disk, read into a tree.
//!
//! Invariants: names that begin with a dot are skipped; a link to a file is followed inside the folder, and an error
//! if it leaves the folder; a folder is read at one path; only regular files are opened; entries are bounded in
//! number, depth and bytes before they are read.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::tree::{Tree, is_name};

/// The maximum number of entries of a folder of skills, including subfolders.
const ENTRIES: usize = 20_000;
/// The maximum depth of folders.
const DEPTH: usize = 32;

/// Adds the contents of `folder` to `tree`.
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
        folders: BTreeMap::from([(root, folder.to_owned())]),
        entries: 0,
    }
    .folder(folder, "")
}

struct Walk<'t> {
    /// The canonical path of the folder of skills.
    root: PathBuf,
    tree: &'t mut Tree,
    /// The folders that were read: from their canonical paths to the paths where they were found.
    folders: BTreeMap<PathBuf, PathBuf>,
    /// The number of entries read.
    entries: usize,
}

impl Walk<'_> {
    /// Reads `folder`, whose path in the tree is `path`.
    fn folder(&mut self, folder: &Path, path: &str) -> Result<(), String> {
        let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(folder, &error))?;
            self.count(folder)?;
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
        let bytes = self.contents(place, &real)?;
        self.tree.add(path, bytes, shown(place))
    }

    fn count(&mut self, folder: &Path) -> Result<(), String> {
        self.entries += 1;
        if self.entries <= ENTRIES {
            return Ok(());
        }
        Err(format!(
            "with `{}` the folder of skills has more than {ENTRIES} entries; give one that holds skills only",
            shown(folder)
        ))
    }

    /// Reads a file up to the remaining size, since it may grow meanwhile.
    fn contents(&self, place: &Path, real: &Path) -> Result<Vec<u8>, String> {
        let failed = |error| unreadable(place, &error);
        let kind = fs::metadata(real).map_err(failed)?;
        // Opening a pipe would wait for its other end, and a device has no end.
        if !kind.is_file() {
            return Err(format!(
                "`{}` is neither a file nor a folder; remove it",
                shown(place)
            ));
        }
        self.tree.room(kind.len(), &shown(place))?;
        let file = File::open(real).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(self.tree.left().saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        Ok(bytes)
    }

    fn nested(&mut self, place: &Path, real: PathBuf, path: String) -> Result<(), String> {
        if let Some(other) = self.folders.get(&real) {
            return Err(if real_contains(&real, place) {
                format!(
                    "`{}` is a link to a folder that it is in; remove it",
                    shown(place)
                )
            } else {
                format!(
                    "`{}` and `{}` are one folder; put a copy in the place of the link",
                    shown(other),
                    shown(place)
                )
            });
        }
        if path.split('/').count() > DEPTH {
            return Err(format!(
                "`{}` lies more than {DEPTH} folders deep; move it up",
                shown(place)
            ));
        }
        self.folders.insert(real, place.to_owned());
        self.folder(place, &path)?;
        self.tree.folders.insert(path);
        Ok(())
    }
}

/// Returns true if the folder at the canonical path `real` contains the link at `place`.
fn real_contains(real: &Path, place: &Path) -> bool {
    let above = place.parent().and_then(|above| above.canonicalize().ok());
    above.is_some_and(|above| above.starts_with(real))
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
