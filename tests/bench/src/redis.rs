//! A `redis-server` on loopback, which is killed when it is dropped.

use std::{
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{error::Error, server::free_addr};

/// How often, and how long, it is asked whether it listens.
const CONNECT_TRIES: u32 = 500;
const CONNECT_PAUSE: Duration = Duration::from_millis(20);

/// A running Redis.
#[derive(Debug)]
pub(crate) struct Redis {
    child: Child,
    url: String,
}

impl Redis {
    /// Starts one on the core of the caller; `None` where none is installed.
    pub(crate) fn start() -> Result<Option<Self>, Error> {
        let addr = free_addr()?;
        let started = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &addr.port().to_string()])
            .args(["--save", "", "--appendonly", "no"])
            // It would load the data that another Redis left in this folder.
            .args(["--dbfilename", &format!("bench-{}.rdb", addr.port())])
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let child = match started {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            started => started.map_err(Error::io("starting redis-server"))?,
        };
        let redis = Self {
            child,
            url: format!("redis://{addr}"),
        };
        for _ in 0..CONNECT_TRIES {
            if TcpStream::connect(addr).is_ok() {
                return Ok(Some(redis));
            }
            std::thread::sleep(CONNECT_PAUSE);
        }
        Err(Error::Stalled((CONNECT_PAUSE * CONNECT_TRIES).as_secs()))
    }

    /// Its address, as servers are told it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // An error here says that it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
