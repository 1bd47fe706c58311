//! The service of a server, which all transports share.
//!
//! `build` consumes the builder. From then on the program's clones of [`Items`] change the running registry.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use super::stores::{measured, sharing, store_backend, tasks, with_store};
use super::{Parts, Server};
use crate::answer::Identity;
use crate::auth::settings::Verifier;
use crate::changes::Changes;
use crate::config::Settings;
use crate::config::reload::Reloaders;
use crate::error::{Error, Result};
use crate::handler::call::inject::State;
use crate::limits::{self, Limit};
use crate::live::{Live, Number};
use crate::ops::audit::Audit;
use crate::ops::drain::Drain;
use crate::ops::health::Health;
use crate::ops::hook::Hooks;
use crate::ops::metrics::Metrics;
#[cfg(feature = "otel")]
use crate::ops::otel::Telemetry;
use crate::policy::requests::Requests;
use crate::registry::items::Items;
use crate::registry::live::{Configure, LiveRegistry, Setup};
use crate::server::verify::Verified;
use crate::service::Service;
use crate::service::list::Lists;
use crate::share::{Budget, Calls, Maximum, Shares};
use crate::skills::Catalogue;
use crate::store::Stores;

impl<S: State> Server<S> {
    /// Checks that the server could start. An error lists every fault.
    ///
    /// Checks the settings, the schemas and rules of every declaration, conflicting names and URIs, views that are not
    /// resources, the files of skills and of TLS, and the verifiers of callers. Nothing is bound or run, and the
    /// server can be served afterwards. The layers of [`Server::run`] are not read; its command `check` does that.
    ///
    /// ```
    /// use mcp_runtime::Server;
    ///
    /// let error = Server::new("shop", "1.0.0").page_size(0).check().unwrap_err();
    /// assert!(error.is_setting());
    /// assert!(error.to_string().contains("page_size"));
    /// ```
    pub fn check(&self) -> Result<()> {
        self.parts.verify_http()
    }

    /// Builds the server for a transport that verifies no callers.
    pub(crate) fn build(self) -> Result<Arc<Service>> {
        self.into_parts().build()
    }
}

impl Parts {
    /// Builds the server for HTTP, where callers are verified.
    pub(in crate::server) fn build_http(self) -> Result<Arc<Service>> {
        self.verify_http()?;
        self.build()
    }

    /// Creates the parts that can fail, and begins to export telemetry.
    fn prepared(&self) -> Result<Verified> {
        let verified = self.verify()?;
        #[cfg(feature = "otel")]
        self.begin_telemetry()?;
        Ok(verified)
    }

    /// Builds the server for any other transport.
    pub(in crate::server) fn build(self) -> Result<Arc<Service>> {
        let verified = self.prepared()?;
        let Self {
            info,
            instructions,
            items,
            checks,
            start,
            stop,
            changes,
            drain,
            settings,
            ..
        } = self;
        let hooks = Arc::new(Hooks::new(start, stop));
        prepare(&drain, &settings, &hooks);
        let auth = settings.auth.verifier();
        let reloaders = reloaders(auth.as_ref());
        let number = |read| reloaders.number(&settings, read);
        let held = number(|it| it.max_held);
        let shares = |limit, number| Shares::new(limit, Maximum::new(number, &held));
        let audit = open_audit(&settings)?;
        let live = Arc::new(Live::new(settings.clone()));
        let sharing = sharing(&settings, &changes, (&info.name, &info.version))?;
        let metrics = Metrics::new(&info.version, audit.dropped());
        let metrics = Arc::new(measured(metrics, &sharing));
        let connected = (&metrics, &changes, &sharing.stores);
        let registry = registered(&items, verified.catalogue, (&live, &held), connected);
        let service = Arc::new(Service {
            lists: Lists::default(),
            identity: Identity::new(info, instructions),
            registry,
            metrics,
            health: Health::new(with_store(checks, &sharing)),
            hooks,
            audit,
            drain,
            changes,
            tasks: Arc::new(tasks(&settings, &sharing, &reloaders, &held)),
            leases: OnceLock::new(),
            store_backend: store_backend(&sharing.stores, held.clone()),
            requests: Live::new(Requests::new(&sharing.stores).reconfigured(&settings.requests)),
            sharing,
            #[cfg(feature = "websocket")]
            websockets: shares(Limit::WebSockets, number(|it| it.max_sessions)),
            in_flight: Calls::new(number(|it| it.limits.calls)),
            calls: shares(Limit::SessionCalls, limits::SESSION_CALLS.into()),
            unread: shares(Limit::UnreadResults, usize::MAX.into()),
            subscriptions: shares(Limit::Subscriptions, number(|it| it.max_listeners)),
            reloaders,
            auth,
            keys: Live::new(verified.keys),
            live,
            lists_are_filtered: AtomicBool::new(false),
            #[cfg(feature = "tls")]
            tls: verified.tls.map(Arc::new),
            settings,
        });
        Ok(leaves(service))
    }
}

#[cfg(feature = "otel")]
impl Parts {
    /// Begins to export, unless already done; the shutdown flushes the rest.
    pub(in crate::server) fn begin_telemetry(&self) -> Result<Option<&Arc<Telemetry>>> {
        let identity = (&*self.info.name, &*self.info.version);
        if self.drain.telemetry().is_none()
            && let Some(begun) = Telemetry::begin(&self.settings.telemetry, identity)?
        {
            self.drain.flushes(begun);
        }
        Ok(self.drain.telemetry())
    }
}

/// Sets the times of the shutdown, and the functions that run at its end.
///
/// A [`ShutdownHandle`](crate::ShutdownHandle) may exist before the server is built; it has nothing to wait for until
/// then.
fn prepare(drain: &Drain, settings: &Settings, hooks: &Arc<Hooks>) {
    let (delay, deadline) = (settings.shutdown_delay, settings.shutdown_deadline);
    drain.prepare(delay, deadline, Arc::clone(hooks));
}

/// Leaves the other instances at the end of the shutdown, unless the service was dropped before.
fn leaves(service: Arc<Service>) -> Arc<Service> {
    let leaving = Arc::downgrade(&service);
    service.drain.ends_with(move || {
        let service = leaving.upgrade();
        Box::pin(async move {
            if let Some(service) = service {
                service.leave().await;
            }
        })
    });
    service
}

/// Opens the file of audit records, if one is set.
fn open_audit(settings: &Settings) -> Result<Audit> {
    let path = settings.audit_file.as_deref();
    Audit::open(path).map_err(|cause| {
        let shown = path.unwrap_or(Path::new("")).display().to_string();
        let help = format!(
            "it cannot be opened for appending: {cause}; write the path of a file in a folder that exists"
        );
        Error::setting("audit_file", &shown, &help)
    })
}

/// Registers the parts that read files of their own on a reload.
fn reloaders(auth: Option<&Verifier>) -> Reloaders {
    let reloaders = Reloaders::default();
    if let Some(auth) = auth {
        reloaders.register(Arc::new(auth.clone()));
    }
    reloaders
}

/// Registers the entries added before the start, connected to the parts of the server; from now on `items` changes the
/// result.
fn registered(
    items: &Items,
    catalogue: Catalogue,
    (settings, held): (&Arc<Live<Settings>>, &Number),
    (metrics, changes, stores): (&Arc<Metrics>, &Changes, &Stores),
) -> Arc<LiveRegistry> {
    let setup = Setup {
        metrics: Arc::clone(metrics),
        budget: Budget::new(held.clone()),
        stores: stores.clone(),
        describe_rules: settings.get().describe_rules,
        configure: configure(settings),
        changes: changes.clone(),
        is_open: items.is_held(),
    };
    let entries = items.with_entries(std::mem::take);
    let registry = LiveRegistry::new(entries, (catalogue.files, catalogue.skills), setup);
    let registry = Arc::new(registry);
    items.run(&registry);
    registry
}

/// Applies the limits of the configuration in force over those of an entry.
#[cfg(feature = "cli")]
fn configure(settings: &Arc<Live<Settings>>) -> Configure {
    let settings = Arc::clone(settings);
    Configure(Box::new(move |entry| {
        settings.get().overrides.put_in_force(entry);
    }))
}

/// Without the command line there is no configuration.
#[cfg(not(feature = "cli"))]
fn configure(_: &Arc<Live<Settings>>) -> Configure {
    Configure(Box::new(|_| ()))
}
