//! The environment of measurements: the cores, and the programs of servers that are not part of this one.

use std::path::PathBuf;

use crate::{
    cargo,
    contender::Contender,
    cpu::{self, Cores},
    error::Error,
    options::Plan,
    redis::Redis,
    scenario::Scenario,
};

/// The feature of this package that its server with a shared limit needs, and that server's name.
const SHARED: (&str, &str) = ("redis", "bench-shared");

/// The state that all measurements of a run share.
#[derive(Debug, Default)]
pub(crate) struct Lab {
    cores: Option<Cores>,
    rmcp: Option<PathBuf>,
    shared: Option<PathBuf>,
    redis: Option<Redis>,
}

impl Lab {
    /// Builds the programs of the plan, and moves to the load generator's core.
    pub(crate) fn open(plan: &Plan) -> Result<Self, Error> {
        let needs_redis = plan.scenarios.iter().any(Scenario::is_shared);
        let mut lab = Self {
            cores: Cores::choose()?,
            ..Self::default()
        };
        if plan.rmcp {
            lab.rmcp = Some(cargo::build_rmcp()?);
        }
        if needs_redis {
            let (feature, program) = SHARED;
            let arguments = ["-p", "bench", "--features", feature, "--bin", program];
            lab.shared = Some(cargo::build(&arguments, program)?);
        }
        if let Some(cores) = lab.cores {
            cpu::pin(cores.load)?;
        }
        if needs_redis {
            lab.redis = Redis::start()?;
        }
        Ok(lab)
    }

    /// The cores, if they can be chosen.
    pub(crate) fn cores(&self) -> Option<Cores> {
        self.cores
    }

    /// Returns `true` if a server can be started.
    pub(crate) fn has(&self, contender: Contender) -> bool {
        match contender {
            Contender::Rmcp => self.rmcp.is_some(),
            Contender::Local | Contender::Shared => self.redis.is_some(),
            _ => true,
        }
    }

    /// Returns the program of a server, by default this one.
    pub(crate) fn program(&self, contender: Contender) -> Result<PathBuf, Error> {
        let other = match contender {
            Contender::Rmcp => &self.rmcp,
            Contender::Local | Contender::Shared => &self.shared,
            _ => &None,
        };
        match other {
            Some(program) => Ok(program.clone()),
            None => std::env::current_exe().map_err(Error::io("finding this program")),
        }
    }

    /// Returns the variables of a server's environment, in addition to those of all servers.
    pub(crate) fn environment(&self, contender: Contender) -> Option<(&'static str, &str)> {
        let redis = self.redis.as_ref()?;
        (contender == Contender::Shared).then_some(("BENCH_REDIS_URL", redis.url()))
    }

    /// Starts a program on the servers' core.
    pub(crate) fn on_server_core<T>(&self, start: impl FnOnce() -> T) -> Result<T, Error> {
        let Some(Cores { server, load }) = self.cores else {
            return Ok(start());
        };
        cpu::pin(server)?;
        let started = start();
        cpu::pin(load)?;
        Ok(started)
    }
}
