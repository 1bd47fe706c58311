//! Notifies systemd of the state of the process (`sd_notify(3)`); does nothing without a service manager.
//!
//! `Type=notify` and `WatchdogSec=` of a unit need no library: a datagram to the socket in `NOTIFY_SOCKET`. The
//! watchdog's heartbeat is a task of the server's runtime, so that it stops when the runtime hangs.

use std::time::Duration;

/// The server listens.
pub(crate) const READY: &str = "READY=1";
/// The server shuts down.
pub(crate) const STOPPING: &str = "STOPPING=1";
/// The server is alive.
const WATCHDOG: &str = "WATCHDOG=1";

/// Reports that the configuration is read again, until [`READY`] (`Type=notify-reload`).
#[cfg(unix)]
pub(crate) fn reloading() {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let microseconds = i128::from(now.tv_sec) * 1_000_000 + i128::from(now.tv_nsec) / 1_000;
    notify(&format!("RELOADING=1\nMONOTONIC_USEC={microseconds}"));
}

/// There is no such service manager.
#[cfg(not(unix))]
pub(crate) fn reloading() {}

/// Notifies the service manager.
pub(crate) fn notify(state: &str) {
    #[cfg(unix)]
    if let Some(socket) = std::env::var_os("NOTIFY_SOCKET")
        && let Err(error) = send(&socket, state)
    {
        tracing::warn!(%error, state, "could not notify the service manager");
    }
    #[cfg(not(unix))]
    let _ = state;
}

/// Sends the watchdog's heartbeat, twice in its interval, until this is dropped.
pub(crate) async fn watchdog() {
    let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    let of_other = number("WATCHDOG_PID").is_some_and(|id| id != u64::from(std::process::id()));
    let Some(period) = number("WATCHDOG_USEC").filter(|it| *it > 0 && !of_other) else {
        return;
    };
    let mut beats = tokio::time::interval(Duration::from_micros(period) / 2);
    loop {
        beats.tick().await;
        notify(WATCHDOG);
    }
}

/// Sends to a socket by its path, or in the abstract namespace if it begins with `@`.
#[cfg(unix)]
fn send(socket: &std::ffi::OsStr, state: &str) -> std::io::Result<()> {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let address = match socket.as_bytes() {
        #[cfg(target_os = "linux")]
        [b'@', name @ ..] => {
            use std::os::linux::net::SocketAddrExt as _;
            SocketAddr::from_abstract_name(name)?
        }
        _ => SocketAddr::from_pathname(socket)?,
    };
    let sender = UnixDatagram::unbound()?;
    // A manager that does not read must not block the server.
    sender.set_nonblocking(true)?;
    sender.send_to_addr(state.as_bytes(), &address)?;
    Ok(())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    use super::*;

    #[test]
    fn a_manager_is_notified_at_a_path_and_by_an_abstract_name() {
        let name = format!("mcp-notify-{}", std::process::id());
        let path = std::env::temp_dir().join(&name);
        let at_path = UnixDatagram::bind(&path).unwrap();
        let by_name = SocketAddr::from_abstract_name(name.as_bytes()).unwrap();
        let by_name = UnixDatagram::bind_addr(&by_name).unwrap();
        let names = [path.clone().into_os_string(), format!("@{name}").into()];
        for (manager, socket) in [at_path, by_name].into_iter().zip(names) {
            send(&socket, READY).unwrap();
            let mut heard = [0; 64];
            let length = manager.recv(&mut heard).unwrap();
            assert_eq!(&heard[..length], READY.as_bytes());
        }
        std::fs::remove_file(&path).unwrap();
        assert!(send(path.as_os_str(), READY).is_err());
    }
}
