//! moto 5.2.5: a model of S3 in Python, in memory.

use std::time::Duration;

use super::http;
use crate::{
    error::Error,
    python::Environment,
    server::{
        daemon::{Daemon, Launch},
        ports::{self, Port},
        ready,
        run_dir::RunDir,
    },
};

const NAME: &str = "moto 5.2.5";
const LIMIT: Duration = Duration::from_mins(1);

/// A running moto without buckets.
#[derive(Debug)]
pub(super) struct Moto {
    // The drop order matters: the process before the reservation of its port.
    daemon: Daemon,
    port: Port,
}

impl Moto {
    pub(super) fn start() -> Result<Self, Error> {
        ready::on_free_ports(Self::attempt)
    }

    fn attempt() -> Result<Self, Error> {
        let environment = Environment::moto();
        let installed = environment.install()?;
        let [port] = ports::reserve()?;
        let run = RunDir::new(environment.name())?;
        let launch = Launch {
            program: installed.bin("moto_server"),
            arguments: ["-H", "127.0.0.1", "-p", &port.number().to_string()].map(Into::into).to_vec(),
            environment: vec![("PYTHONUNBUFFERED".to_owned(), "1".into())],
            directory: run.path().to_path_buf(),
            grace: Duration::ZERO,
        };
        let mut daemon = Daemon::start(run, launch)?;
        ready::wait(&mut daemon, NAME, LIMIT, || http::responds(port.number(), &["ListAllMyBucketsResult"]))?;
        Ok(Self { daemon, port })
    }

    /// Returns its process id.
    pub(super) fn pid(&self) -> Option<u32> {
        self.daemon.pid()
    }

    /// Returns the port of the interface of S3.
    pub(super) fn port(&self) -> u16 {
        self.port.number()
    }
}
