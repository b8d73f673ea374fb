//! Azurite 3.35.0: Microsoft's emulator of Azure Blob Storage.

use std::{path::PathBuf, time::Duration};

use super::http;
use crate::{
    error::Error,
    npm,
    server::{
        daemon::{Daemon, Launch},
        ports::{self, Port},
        ready,
        run_dir::RunDir,
    },
};

const NAME: &str = "Azurite 3.35.0";
const VERSION: &str = "3.35.0";
const LIMIT: Duration = Duration::from_mins(1);
/// Its default of 5 seconds would close connections that a client still holds.
const KEEP_ALIVE_SECONDS: &str = "120";

/// Installs it, and returns the path of its program.
pub(super) fn install() -> Result<PathBuf, Error> {
    Ok(npm::install("azurite", VERSION)?.join("azurite-blob"))
}

/// A running Azurite on fresh data.
#[derive(Debug)]
pub(super) struct Azurite {
    // The drop order matters: the process before the reservation of its port.
    daemon: Daemon,
    port: Port,
}

impl Azurite {
    pub(super) fn start() -> Result<Self, Error> {
        ready::on_free_ports(Self::attempt)
    }

    fn attempt() -> Result<Self, Error> {
        let program = install()?;
        let [port] = ports::reserve()?;
        let run = RunDir::new("azurite-3.35.0")?;
        let number = port.number().to_string();
        let arguments = [
            ["--silent", "--disableTelemetry"],
            ["--blobKeepAliveTimeout", KEEP_ALIVE_SECONDS],
            ["--blobHost", "127.0.0.1"],
            ["--blobPort", &number],
            ["--location", "data"],
        ];
        let launch = Launch {
            program,
            arguments: arguments.into_iter().flatten().map(Into::into).collect(),
            environment: Vec::new(),
            directory: run.path().to_path_buf(),
            grace: Duration::ZERO,
        };
        let mut daemon = Daemon::start(run, launch)?;
        ready::wait(&mut daemon, NAME, LIMIT, || http::responds(port.number(), &["Azurite-Blob"]))?;
        Ok(Self { daemon, port })
    }

    /// Returns its process id.
    pub(super) fn pid(&self) -> Option<u32> {
        self.daemon.pid()
    }

    /// Returns the port of the blob service.
    pub(super) fn port(&self) -> u16 {
        self.port.number()
    }
}
