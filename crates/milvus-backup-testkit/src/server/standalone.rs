//! Milvus 2.3.5, the real standalone server with its embedded etcd and message queue.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::json;

use super::{
    daemon::Daemon,
    layout::{self, Ports},
    options::StandaloneOptions,
    ready,
    run_dir::RunDir,
};
use crate::{
    command,
    error::Error,
    python::{Environment, Installed},
};

const NAME: &str = "Milvus 2.3.5";
const LIMIT: Duration = Duration::from_mins(2);
const PROBE: &str = include_str!("../../scripts/probe_ddl.py");
/// Time limit of one probe in seconds, short enough to detect in between that the server has ended.
const PROBE_SECONDS: u64 = 5;

/// A running Milvus 2.3.5 with separate data; it is stopped, and its data removed, when it is dropped.
#[derive(Debug)]
pub struct Standalone {
    // The drop order matters: the process before the reservation of its ports.
    daemon: Daemon,
    base: PathBuf,
    ports: Ports,
    options: StandaloneOptions,
    installed: Installed,
}

impl Standalone {
    /// Starts a server and waits until it has created and dropped a collection.
    pub fn start(options: StandaloneOptions) -> Result<Self, Error> {
        let installed = Environment::milvus_235().install()?;
        ready::on_free_ports(move || Self::attempt(installed.clone(), options.clone()))
    }

    fn attempt(installed: Installed, options: StandaloneOptions) -> Result<Self, Error> {
        let ports = Ports::reserve()?;
        let run = RunDir::new("milvus-2.3.5")?;
        let base = run.path().join("milvus");
        let launch = layout::prepare(&installed, &base, &ports, &options)?;
        let daemon = Daemon::start(run, launch)?;
        let mut server = Self { daemon, base, ports, options, installed };
        server.wait()?;
        Ok(server)
    }

    fn wait(&mut self) -> Result<(), Error> {
        let Self { daemon, ports, options, installed, .. } = self;
        ready::wait(daemon, NAME, LIMIT, || {
            ready::healthy(ports.metrics())?;
            probe(installed, ports.proxy(), options).map_err(|error| error.to_string())
        })
    }

    /// Returns the address of the server: `http://127.0.0.1:PORT`, or `https://` with TLS.
    pub fn uri(&self) -> String {
        let scheme = if self.options.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.ports.proxy())
    }

    /// Returns `USER:PASSWORD` of the first user, if the server requires one.
    pub fn token(&self) -> Option<&str> {
        self.options.token.as_deref()
    }

    /// Returns the process id, or `None` between [`Self::kill`] or [`Self::stop`] and [`Self::restart`].
    pub fn pid(&self) -> Option<u32> {
        self.daemon.pid()
    }

    /// Returns the root of its storage (`localStorage.path`), with `insert_log`, `delta_log` and so on, and
    /// `etcd.data`.
    pub fn data_dir(&self) -> PathBuf {
        layout::data_dir(&self.base)
    }

    /// Returns the path of its `milvus.yaml`.
    pub fn config_path(&self) -> PathBuf {
        self.base.join("configs").join("milvus.yaml")
    }

    /// Returns `HOST:PORT` of its embedded etcd.
    pub fn etcd_endpoint(&self) -> String {
        format!("127.0.0.1:{}", self.ports.etcd())
    }

    /// Returns the directory of its files, including its log.
    pub fn base_dir(&self) -> &Path {
        &self.base
    }

    /// Returns the end of its log.
    pub fn log_tail(&self) -> String {
        self.daemon.log_tail()
    }

    /// Sends SIGKILL: the server cannot write anything any more. Returns when the process has ended.
    pub fn kill(&mut self) {
        self.daemon.kill();
    }

    /// Sends SIGTERM, waits for a second, and sends SIGKILL. Returns when the process has ended.
    pub fn stop(&mut self) {
        self.daemon.stop();
    }

    /// Starts it again on the same data and port, after stopping it if it runs, and waits until it is ready.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.daemon.stop();
        self.daemon.spawn()?;
        self.wait()
    }
}

/// Creates and drops a collection.
fn probe(installed: &Installed, port: u16, options: &StandaloneOptions) -> Result<(), Error> {
    let tls = options.tls.as_ref().map(|tls| {
        json!({
            "ca": tls.ca,
            "client_cert": tls.client.as_ref().map(|client| &client.certificate),
            "client_key": tls.client.as_ref().map(|client| &client.key),
            "server_name": tls.server_name,
        })
    });
    let wanted = json!({
        "target": format!("127.0.0.1:{port}"),
        "name": "milvus_backup_testkit_probe",
        "token": options.token,
        "tls": tls,
        "seconds": PROBE_SECONDS,
    });
    let mut python = Command::new(installed.python());
    python.args(["-c", PROBE]).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    command::run(python, wanted.to_string().as_bytes(), Duration::from_secs(4 * PROBE_SECONDS)).map(drop)
}
