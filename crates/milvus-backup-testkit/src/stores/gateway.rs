//! nginx in front of a store with the interface of S3, for clients of Google Cloud Storage.
//!
//! The XML interface of that store differs from S3's in its conditions, which nginx translates: a generation is an entity
//! tag, and generation 0 is that of an object that does not exist.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use super::http;
use crate::{
    apt,
    error::{Attempt, Error},
    server::{
        daemon::{Daemon, Launch},
        ports::{self, Port},
        ready,
        run_dir::RunDir,
    },
};

const NAME: &str = "nginx";
const LIMIT: Duration = Duration::from_secs(20);
const PROGRAM: &str = "usr/sbin/nginx";
const CONFIGURATION: &str = include_str!("../../scripts/gcs_gateway.conf");

/// Returns the path of nginx: that of the system, or else one that is unpacked into the cache, and not installed as a service.
pub(super) fn install() -> Result<PathBuf, Error> {
    let system = Path::new("/").join(PROGRAM);
    if system.is_file() {
        return Ok(system);
    }
    Ok(apt::unpack("nginx")?.join(PROGRAM))
}

/// An nginx that is running.
#[derive(Debug)]
pub(super) struct Gateway {
    // The drop order matters: the process before the reservation of its ports.
    daemon: Daemon,
    ports: [Port; 2],
}

impl Gateway {
    /// Starts a gateway to the store on this port.
    pub(super) fn start(upstream: u16) -> Result<Self, Error> {
        ready::on_free_ports(|| Self::attempt(upstream))
    }

    fn attempt(upstream: u16) -> Result<Self, Error> {
        let program = install()?;
        let ports: [Port; 2] = ports::reserve()?;
        let run = RunDir::new(NAME)?;
        let directory = run.path().to_path_buf();
        let configuration = CONFIGURATION
            .replace("READ_WRITE_PORT", &ports[0].number().to_string())
            .replace("READ_ONLY_PORT", &ports[1].number().to_string())
            .replace("UPSTREAM_PORT", &upstream.to_string());
        let path = directory.join("nginx.conf");
        fs::write(&path, configuration).attempt(|| format!("write {}", path.display()))?;
        let arguments = ["-p".into(), directory.clone().into(), "-c".into(), path.into(), "-e".into(), "stderr".into()];
        let launch = Launch {
            program,
            arguments: arguments.to_vec(),
            environment: Vec::new(),
            directory,
            grace: Duration::ZERO,
        };
        let mut daemon = Daemon::start(run, launch)?;
        ready::wait(&mut daemon, NAME, LIMIT, || http::responds(ports[0].number(), &["ListAllMyBucketsResult"]))?;
        Ok(Self { daemon, ports })
    }

    /// Returns its process id.
    pub(super) fn pid(&self) -> Option<u32> {
        self.daemon.pid()
    }

    /// Returns the port for clients that may write.
    pub(super) fn port(&self) -> u16 {
        self.ports[0].number()
    }

    /// Returns the port on which everything but reading is forbidden.
    pub(super) fn read_only_port(&self) -> u16 {
        self.ports[1].number()
    }
}
