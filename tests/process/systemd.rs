//! A service manager that listens at `NOTIFY_SOCKET`, as systemd does.

use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;

use super::child::probe;
use super::config::Folder;
use super::http::Listening;

struct Manager {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Manager {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("mcp-{name}-{}", std::process::id()));
        let socket = UnixDatagram::bind(&path).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        Self { socket, path }
    }

    fn hears(&self) -> String {
        let mut heard = [0; 256];
        let length = self.socket.recv(&mut heard).unwrap();
        String::from_utf8(heard[..length].to_vec()).unwrap()
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[test]
fn systemd_is_notified_of_the_start_and_the_end() {
    let manager = Manager::new("systemd");
    let mut server = Listening::with(probe().env("NOTIFY_SOCKET", &manager.path));
    assert_eq!(manager.hears(), "READY=1");
    server.process.terminate();
    assert_eq!(manager.hears(), "STOPPING=1");
    assert_eq!(server.process.ends().0, Some(0));
}

#[test]
fn systemd_is_notified_of_a_reload_with_its_time() {
    let manager = Manager::new("reload");
    let folder = Folder::new("systemd", "");
    let server = Listening::with(folder.probe().env("NOTIFY_SOCKET", &manager.path));
    assert_eq!(manager.hears(), "READY=1");
    let now = || rustix::time::clock_gettime(rustix::time::ClockId::Monotonic).tv_sec;
    let before = now();
    // A failed reload counts as a reload too.
    for text in ["[log]\nlevel = \"warn\"\n", "[log]\nlevle = \"warn\"\n"] {
        folder.write(text);
        server.process.signal(Signal::HUP);
        let heard = manager.hears();
        let time = heard
            .strip_prefix("RELOADING=1\nMONOTONIC_USEC=")
            .and_then(|time| time.parse::<i64>().ok());
        let seconds = time.unwrap_or_else(|| panic!("{heard}")) / 1_000_000;
        assert!((before..=now()).contains(&seconds), "{heard}");
        assert_eq!(manager.hears(), "READY=1");
    }
}

#[test]
fn the_watchdog_gets_heartbeats() {
    let manager = Manager::new("watchdog");
    let mut command = probe();
    command
        .env("NOTIFY_SOCKET", &manager.path)
        .env("WATCHDOG_USEC", "100000");
    let server = Listening::with(&mut command);
    assert_eq!(manager.hears(), "READY=1");
    for _ in 0..3 {
        assert_eq!(manager.hears(), "WATCHDOG=1");
    }
    drop(server);
}
