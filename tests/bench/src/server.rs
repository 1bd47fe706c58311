//! A server under load: a child process, killed when it is dropped.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    time::Duration,
};

use crate::{
    contender::{Contender, Transport},
    error::Error,
    lab::Lab,
};

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    addr: SocketAddr,
}

impl Server {
    /// Starts a server on its core. It may not listen yet when this returns.
    pub(crate) fn start(
        lab: &Lab,
        contender: Contender,
        transport: Transport,
    ) -> Result<Self, Error> {
        let addr = free_addr()?;
        let mut command = Command::new(lab.program(contender)?);
        command
            .args(contender.arguments(transport, addr))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .env("MCP_LOG_LEVEL", "warn")
            .envs(lab.environment(contender));
        let child = lab
            .on_server_core(|| command.spawn())?
            .map_err(Error::io("starting a server"))?;
        Ok(Self { child, addr })
    }

    /// Returns the address that it listens on.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Takes its pipes, once.
    pub(crate) fn pipes(&mut self) -> Option<(ChildStdin, ChildStdout)> {
        self.child.stdin.take().zip(self.child.stdout.take())
    }

    /// Returns its exit status, if it has ended.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Returns its exit status, if it ends shortly: pipes and sockets close a moment before a process has ended.
    pub(crate) fn ended_soon(&mut self) -> Option<ExitStatus> {
        (0..20).find_map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            self.ended()
        })
    }

    /// Kills it; pending reads of responses then fail.
    pub(crate) fn kill(&mut self) {
        // An error here says that it is gone already.
        let _ = self.child.kill();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

/// Returns an unused loopback address. If another program takes it before the server does, the run fails with an error.
pub(crate) fn free_addr() -> Result<SocketAddr, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(Error::io("finding a free port"))
}

/// Makes the system end this server when the process that started it ends, for whatever reason.
#[cfg(target_os = "linux")]
pub(crate) fn end_with_parent() -> Result<(), Error> {
    use rustix::process::{Signal, set_parent_process_death_signal};

    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|errno| Error::io("asking to end with the parent")(errno.into()))
}

/// Does nothing here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end_with_parent() -> Result<(), Error> {
    Ok(())
}
