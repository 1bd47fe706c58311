//! The tools and resources of the server.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use mcp_runtime::{Context, ResourceLink, ToolError, model, server};

use crate::document::{Step, Table};
use crate::recipe::Recipes;

/// The maximum size of a fetched file, in bytes.
const MOST: u64 = 1024 * 1024;
/// The maximum number of files in the cache.
const FILES: usize = 100;

/// A folder, and the files fetched from it.
#[derive(Debug)]
pub struct Desk {
    folder: PathBuf,
    cache: Mutex<BTreeMap<String, String>>,
    recipes: Recipes,
}

/// The part of a file that is returned.
#[model]
#[derive(Clone, Copy, Debug, Default)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// All of it.
    #[default]
    Whole,
    /// The first ten lines.
    Beginning,
    /// The number of its lines and bytes.
    Size,
}

impl Desk {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            cache: Mutex::default(),
            recipes: Recipes::default(),
        }
    }

    pub(crate) fn recipes(&self) -> Recipes {
        self.recipes.clone()
    }

    fn cache(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cached(&self, name: &str) -> Result<String, ToolError> {
        let text = self.cache().get(name).cloned();
        text.ok_or_else(|| ToolError::new(format!("`{name}` is not in the cache; fetch it first")))
    }
}

/// A desk: files are fetched into a cache, and worked on there.
#[server(defaults(max_output = "256KiB"))]
impl Desk {
    /// Fetches a file of the folder into the cache.
    #[tool(blocking, idempotent, timeout = "10s", open_world = false)]
    pub fn fetch(
        &self,
        cx: &Context,
        /// The path below the folder.
        path: String,
        /// The part to return.
        #[arg(default)]
        part: Part,
    ) -> Result<String, ToolError> {
        let below = Path::new(&path);
        if !below
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            return Err(ToolError::new(
                "write a path below the folder, without `..`",
            ));
        }
        let file = self.folder.join(below);
        let size = std::fs::metadata(&file).map(|it| it.len());
        let size = size.map_err(|_| ToolError::new(format!("there is no file `{path}`")))?;
        if size > MOST {
            return Err(ToolError::new(format!(
                "`{path}` has {size} bytes, and at most {MOST} are fetched"
            )));
        }
        let text = std::fs::read_to_string(&file);
        let text = text.map_err(|_| ToolError::new(format!("`{path}` is no text")))?;
        let name = path.replace(['/', '\\'], "-");
        let shown = match part {
            Part::Whole => text.clone(),
            Part::Beginning => text.lines().take(10).collect::<Vec<_>>().join("\n"),
            Part::Size => format!("{} lines, {} bytes", text.lines().count(), text.len()),
        };
        let mut cache = self.cache();
        if cache.len() >= FILES && !cache.contains_key(&name) {
            return Err(ToolError::new("the cache is full; forget a file"));
        }
        cache.insert(name, text);
        drop(cache);
        cx.resources_changed();
        Ok(shown)
    }

    /// Applies steps to a cached text; the result replaces it if `keep` is set.
    #[tool(open_world = false)]
    pub async fn edit_text(
        &self,
        cx: &Context,
        /// The name in the cache.
        name: String,
        /// The steps, in order.
        #[arg(length = 1..=20)]
        steps: Vec<Step>,
        /// Keep the result in the cache.
        #[arg(default)]
        keep: bool,
    ) -> Result<String, ToolError> {
        let text = self.cached(&name)?;
        let done = steps.iter().fold(text, |text, step| step.apply(&text));
        if keep {
            self.cache().insert(name.clone(), done.clone());
            cx.resource_updated(format!("cache://{name}"));
        }
        Ok(done)
    }

    /// Reads a cached table of comma-separated values.
    #[tool(read_only, open_world = false)]
    pub async fn table(
        &self,
        /// The name in the cache.
        name: String,
        /// The operation.
        table: Table,
    ) -> Result<String, ToolError> {
        table.apply(&self.cached(&name)?).map_err(ToolError::new)
    }

    /// Drops a file from the cache.
    #[tool(idempotent, destructive = false, open_world = false)]
    pub async fn forget(
        &self,
        cx: &Context,
        /// The name in the cache.
        name: String,
    ) -> bool {
        let was_there = self.cache().remove(&name).is_some();
        if was_there {
            cx.resources_changed();
        }
        was_there
    }

    /// Creates a tool from a list of steps; clients are notified of it.
    #[tool(open_world = false)]
    pub async fn teach(
        &self,
        /// The name of the new tool.
        name: String,
        /// Its steps, in order.
        #[arg(length = 1..=20)]
        steps: Vec<Step>,
    ) -> Result<String, ToolError> {
        self.recipes.teach(&name, steps)?;
        Ok(format!("`{name}` is a tool now"))
    }

    /// Removes a taught tool.
    #[tool(idempotent, open_world = false)]
    pub async fn unteach(&self, name: String) -> Result<bool, ToolError> {
        if ["fetch", "edit_text", "table", "forget", "teach", "unteach"].contains(&name.as_str()) {
            return Err(ToolError::new("this one was not taught"));
        }
        self.recipes.forget(&name)
    }

    /// A cached file.
    #[resource("cache://{name}", name = "A cached file", list = Self::files)]
    pub async fn file(&self, name: String) -> Option<String> {
        self.cache().get(&name).cloned()
    }

    fn files(&self) -> Vec<ResourceLink> {
        let cache = self.cache();
        let link = |(name, text): (&String, &String)| {
            ResourceLink::new(format!("cache://{name}"), name).size(text.len() as u64)
        };
        cache.iter().map(link).collect()
    }
}
