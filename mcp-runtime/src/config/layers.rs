//! The layers of the configuration, each over the one before.
//!
//! The order is the program, the file, the environment, flags; a layer replaces a whole value, and lists are not
//! joined. A reload reads the file, and the files of secrets, again; variables and flags keep their values of the
//! start.

use std::path::{Path, PathBuf};

use super::Settings;
use super::environment::Environment;
use super::file;
use super::mistake::{self, Mistake};
use super::origin::Origin;
use super::overrides::Declared;
use super::raw::Raw;
use super::setting::{self, Setting};
use crate::error::{Error, Result};
use crate::policy::requests::RequestLimits;

/// The layers above the settings of the program.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The file that `--config` names.
    pub file: Option<PathBuf>,
    /// The variables of the process.
    pub environment: Environment,
    /// The flags that were given, each with its values.
    pub flags: Vec<(&'static Setting, Vec<String>)>,
}

/// The settings of all layers, each with its origin.
#[derive(Clone, Debug)]
pub(crate) struct Layers {
    /// The values of all layers together.
    pub settings: Settings,
    /// The origins of the values, in the order of the table.
    origins: Vec<Origin>,
    /// The `MCP_*` variables of other programs.
    pub foreign: Vec<String>,
}

impl Sources {
    /// Returns true if the environment requests a log in JSON, for messages before the settings are read.
    pub(crate) fn wants_json(&self) -> bool {
        self.environment.is("MCP_LOG_FORMAT", "json")
    }

    /// Returns the file of settings that is read.
    pub(crate) fn present_file(&self) -> Option<PathBuf> {
        file::find(self.file.as_deref())
    }

    /// Lists the files to watch, existing or not.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let named = self.file.clone();
        vec![named.unwrap_or_else(|| PathBuf::from(file::NAME))]
    }

    /// Applies all layers over the settings of the program; an error lists all mistakes.
    pub(crate) fn over(&self, program: &Settings, declared: &Declared) -> Result<Layers> {
        let mut layers = Layers::of_program(program);
        let mut mistakes = Vec::new();
        if let Some(path) = file::find(self.file.as_deref()) {
            layers.read_file(&path, declared, &mut mistakes);
        }
        let (assignments, foreign) = self.environment.read(program, &mut mistakes);
        layers.foreign = foreign;
        for assignment in assignments {
            match assignment.read(&mut layers.settings) {
                Ok(()) => layers.came(assignment.setting, assignment.origin),
                Err(problem) => mistakes.push(Mistake::value(&assignment.name, &problem)),
            }
        }
        for (setting, values) in &self.flags {
            let flag = setting.flag.unwrap_or(setting.name);
            let raw = match &**values {
                [value] => Raw::Text(value.clone()),
                values => Raw::List(values.to_vec()),
            };
            match setting.kind.read(&mut layers.settings, &raw) {
                Ok(()) => layers.came(setting, Origin::Flag(flag)),
                Err(problem) => mistakes.push(Mistake::value(&format!("--{flag}"), &problem)),
            }
        }
        mistakes.extend(layers.contradiction());
        if mistakes.is_empty() {
            return Ok(layers);
        }
        Err(Error::configuration(mistake::render(&mistakes)))
    }
}

impl Layers {
    /// The settings of the program, over the defaults.
    fn of_program(program: &Settings) -> Self {
        let (mut settings, mut defaults) = (program.clone(), Settings::default());
        let origin = |setting: &Setting| {
            let kind = setting.kind;
            if kind.show(&mut settings) == kind.show(&mut defaults) {
                Origin::Default
            } else {
                Origin::Code
            }
        };
        let origins = setting::all().map(origin).collect();
        Self {
            settings,
            origins,
            foreign: Vec::new(),
        }
    }

    /// Applies the values of a file.
    fn read_file(&mut self, path: &Path, declared: &Declared, mistakes: &mut Vec<Mistake>) {
        let Some(file) = file::read(path, declared, mistakes) else {
            return;
        };
        self.settings.overrides = file.overrides;
        for file::Assignment {
            setting,
            raw,
            position,
        } in file.assignments
        {
            match setting.kind.read(&mut self.settings, &raw) {
                Ok(()) => self.came(setting, Origin::File(file.name.clone(), position)),
                Err(problem) => {
                    mistakes.push(Mistake::value(setting.name, &problem).at(&file.name, position));
                }
            }
        }
    }

    /// The mistake of settings that need another one.
    fn contradiction(&self) -> Option<Mistake> {
        let (set, none) = (&self.settings.requests, RequestLimits::default());
        let is_incomplete = set.count == 0 && (set.burst, set.period) != (none.burst, none.period);
        let text = "a rate limit of all requests has a burst or a window, and no quota";
        let help = "set rate_limit.quota, such as \"1000/min\", or MCP_RATE_LIMIT_REQUESTS";
        is_incomplete.then(|| Mistake::new(text).help(help))
    }

    /// Lists the differences in `new`: those that apply at run time, and those that need a restart.
    pub(crate) fn changes(&self, new: &Self) -> (Vec<String>, Vec<String>) {
        let (mut old, mut other) = (self.settings.clone(), new.settings.clone());
        let changed = setting::present().filter(|it| it.kind.differs(&mut old, &mut other));
        let (live, restart): (Vec<_>, Vec<_>) = changed.partition(|it| it.live);
        let name = |setting: &Setting| setting.name.to_owned();
        let functions = self.settings.overrides.changes(&new.settings.overrides);
        let live = live.into_iter().map(name).chain(functions);
        (live.collect(), restart.into_iter().map(name).collect())
    }

    /// Lists the files that secrets were read from.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let secrets = self.origins.iter().filter_map(|origin| match origin {
            Origin::Secret(path) => Some(path.clone()),
            _ => None,
        });
        secrets.collect()
    }

    /// Records the origin of a value.
    fn came(&mut self, setting: &Setting, origin: Origin) {
        let row = setting::all().position(|it| it.name == setting.name);
        if let Some(position) = row.and_then(|row| self.origins.get_mut(row)) {
            *position = origin;
        }
    }

    /// Returns every setting of this program with its value and origin.
    pub(crate) fn values(&self) -> Vec<(&'static Setting, String, &Origin)> {
        let mut settings = self.settings.clone();
        let rows = setting::all().zip(&self.origins);
        let mut value = |(setting, origin): (&'static Setting, _)| {
            let shown = setting.kind.show(&mut settings);
            (setting, shown, origin)
        };
        rows.map(&mut value)
            .filter(|(setting, ..)| setting.is_present())
            .collect()
    }
}
