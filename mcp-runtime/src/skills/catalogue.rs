//! A tree of files as skills: each folder with a `SKILL.md` is one, including everything below it.
//!
//! Invariants: entries list every file once, with the digest of the served bytes; no skill exceeds the limits that
//! every host must accept; files outside of skills are not served.

use std::collections::BTreeMap;

use crate::digest::sha256_hex;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::frontmatter::{self, Frontmatter};
use super::tree::{File, Tree};
use super::{Catalogue, media_type};
use crate::protocol::Resource;
use crate::protocol::resource::{Descriptor, UriOrTemplate};
use crate::protocol::skill::{Skill, SkillFile};
use crate::registry::Entry;
use crate::registry::files::Files;

/// The maximum number of files in a skill that every host accepts.
const MOST_FILES: usize = 512;
/// The maximum size of a skill that every host accepts: 16 MiB.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
const MANIFEST: &str = "SKILL.md";
const FOLDER: &str = "inode/directory";

/// All characters except those that RFC 3986 allows both in an authority and in a path.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// The skills of a tree, by the paths of their folders.
type Manifests<'t> = BTreeMap<&'t str, Frontmatter>;

/// Makes the catalogue of `tree`, which is served in addition to `entries`; returns the errors of all skills.
pub(super) fn read(tree: &Tree, entries: &[Entry]) -> Result<Catalogue, Vec<String>> {
    let manifests = manifests(tree)?;
    let mut faults: Vec<String> = check_folders(tree, &manifests).err().into_iter().collect();
    let mut skills = Vec::new();
    for folder in manifests.keys() {
        match entry(tree, folder, &manifests) {
            Ok(skill) => skills.push(skill),
            Err(fault) => faults.push(fault),
        }
    }
    let files = files(tree, &manifests);
    let taken = entries
        .iter()
        .filter(|entry| files.contents.contains_key(entry.uri()));
    faults.extend(taken.map(|entry| {
        format!(
            "{} has the URI of a file, `{}`; give it another one",
            entry.item(),
            entry.uri()
        )
    }));
    if faults.is_empty() {
        Ok(Catalogue { skills, files })
    } else {
        Err(faults)
    }
}

fn manifests(tree: &Tree) -> Result<Manifests<'_>, Vec<String>> {
    let mut manifests = Manifests::new();
    let mut faults = Vec::new();
    for (path, file) in &tree.files {
        let (folder, name) = split(path);
        if name != MANIFEST {
            continue;
        }
        match checked_manifest(folder, file) {
            Ok(read) => drop(manifests.insert(folder, read)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(manifests)
    } else {
        Err(faults)
    }
}

/// Reads the manifest of the skill in `folder`, whose name it must have.
fn checked_manifest(folder: &str, file: &File) -> Result<Frontmatter, String> {
    if folder.is_empty() {
        return Err(format!(
            "`{}` is in no folder of its own; give the folder that the skill's folder is in",
            file.shown
        ));
    }
    let read = manifest(file).map_err(|fault| format!("`{}` {fault}", file.shown))?;
    let (_, called) = split(folder);
    if read.name != called {
        return Err(format!(
            "`{}` has the name `{}`, but its folder is called `{called}`; give both the same name",
            file.shown, read.name
        ));
    }
    Ok(read)
}

fn manifest(file: &File) -> Result<Frontmatter, String> {
    let text = str::from_utf8(&file.bytes).map_err(|_| "is not UTF-8; save it as such")?;
    frontmatter::read(text)
}

/// Each folder at the top holds a skill, or is one.
fn check_folders(tree: &Tree, manifests: &Manifests<'_>) -> Result<(), String> {
    let folders = tree
        .folders
        .iter()
        .chain(tree.files.keys())
        .filter_map(|path| path.split('/').next());
    for folder in folders.filter(|name| !tree.files.contains_key(*name)) {
        if !manifests
            .keys()
            .any(|skill| *skill == folder || is_below(skill, folder))
        {
            return Err(format!(
                "the folder `{folder}` has no skill in it; add a `{MANIFEST}`, spelt like this"
            ));
        }
    }
    if manifests.is_empty() {
        return Err(format!(
            "there is no skill; a skill is a folder with a `{MANIFEST}`"
        ));
    }
    Ok(())
}

fn entry(tree: &Tree, folder: &str, manifests: &Manifests<'_>) -> Result<Skill, String> {
    let files = tree.files.iter().filter(|(path, _)| is_below(path, folder));
    let resources: Vec<SkillFile> = files
        .map(|(path, file)| SkillFile {
            uri: uri(path),
            digest: digest(&file.bytes),
            size: file.bytes.len() as u64,
        })
        .collect();
    if resources.len() > MOST_FILES {
        let count = resources.len();
        return Err(format!(
            "the skill `{folder}` has {count} files, and a host need accept only {MOST_FILES}; remove some"
        ));
    }
    let bytes: u64 = resources.iter().map(|file| file.size).sum();
    if bytes > MOST_BYTES {
        return Err(format!(
            "the skill `{folder}` has {bytes} bytes, and a host need accept only {MOST_BYTES} (16 MiB); make it smaller"
        ));
    }
    let frontmatter = manifests
        .get(folder)
        .map(|read| read.fields.clone())
        .unwrap_or_default();
    Ok(Skill {
        uri: uri(&format!("{folder}/{MANIFEST}")),
        frontmatter,
        resources,
    })
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256_hex(bytes))
}

/// The files of skills, and the folders that lead to them.
fn files(tree: &Tree, manifests: &Manifests<'_>) -> Files {
    let mut files = Files::default();
    let is_served = |path: &str| {
        manifests
            .keys()
            .any(|skill| path == *skill || is_below(path, skill))
    };
    for path in tree.folders.iter().filter(|path| is_served(path)) {
        enter(&mut files, path, folder(path));
        files.folders.entry(uri(path)).or_default();
    }
    for (path, file) in tree.files.iter().filter(|(path, _)| is_served(path)) {
        let (above, name) = split(path);
        let contents = contents(uri(path), name, &file.bytes);
        let mut descriptor = descriptor(path, contents.mime_type.clone());
        descriptor.size = Some(file.bytes.len() as u64);
        if let Some(read) = manifests.get(above).filter(|_| name == MANIFEST) {
            descriptor.name.clone_from(&read.name);
            descriptor.description.clone_from(&read.description);
            files.listed.push(descriptor.clone());
        }
        enter(&mut files, path, descriptor);
        files.contents.insert(uri(path), contents);
    }
    files
}

/// Adds the entry at `path` to its folder, and each folder to its parent, up to the root.
fn enter(files: &mut Files, path: &str, descriptor: Descriptor) {
    let (above, _) = split(path);
    if above.is_empty() {
        return;
    }
    files
        .folders
        .entry(uri(above))
        .or_default()
        .insert(uri(path), descriptor);
    enter(files, above, folder(above));
}

fn folder(path: &str) -> Descriptor {
    descriptor(path, Some(FOLDER.to_owned()))
}

fn descriptor(path: &str, mime_type: Option<String>) -> Descriptor {
    let (_, name) = split(path);
    Descriptor {
        uri: UriOrTemplate::Uri(uri(path)),
        name: name.to_owned(),
        title: None,
        description: String::new(),
        icons: Vec::new(),
        mime_type,
        size: None,
        annotations: None,
        meta: None,
    }
}

fn contents(uri: String, name: &str, bytes: &[u8]) -> Resource {
    match str::from_utf8(bytes) {
        Ok(text) => Resource::text(uri, media_type::for_file(name, true), text),
        Err(_) => Resource::blob(uri, media_type::for_file(name, false), bytes),
    }
}

fn uri(path: &str) -> String {
    let parts: Vec<String> = path
        .split('/')
        .map(|part| utf8_percent_encode(part, ESCAPED).to_string())
        .collect();
    format!("skill://{}", parts.join("/"))
}

/// The folder of a path, and the name in it.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Returns `true` if `path` is in `folder`, at any depth.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}
