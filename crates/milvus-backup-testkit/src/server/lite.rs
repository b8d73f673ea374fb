//! Milvus Lite as a server: 3.2.2 (Python, newest interface) and 2.5.1 (C++ core).

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    daemon::{Daemon, Launch},
    ports::{self, Port},
    ready,
    run_dir::RunDir,
};
use crate::{
    error::{Attempt, Error},
    python::{Environment, Installed},
};

const LIMIT: Duration = Duration::from_mins(1);
const GRACE: Duration = Duration::from_millis(2_500);

/// The version of Milvus Lite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LiteVersion {
    /// Milvus Lite 3.2.2, written in Python; its data is a directory.
    V3_2_2,
    /// Milvus Lite 2.5.1, with the C++ core; its data is one file.
    V2_5_1,
}

impl LiteVersion {
    fn environment(self) -> Environment {
        match self {
            Self::V3_2_2 => Environment::lite_322(),
            Self::V2_5_1 => Environment::lite_251(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::V3_2_2 => "Milvus Lite 3.2.2",
            Self::V2_5_1 => "Milvus Lite 2.5.1",
        }
    }

    /// Returns the command line that starts it on `data` and `port`.
    fn launch(self, installed: &Installed, data: &Path, port: u16, directory: &Path) -> Result<Launch, Error> {
        let directory = directory.to_path_buf();
        match self {
            Self::V3_2_2 => Ok(Launch {
                program: installed.bin("milvus-lite"),
                arguments: vec![
                    "server".into(),
                    "--data-dir".into(),
                    data.into(),
                    "--host".into(),
                    "127.0.0.1".into(),
                    "--port".into(),
                    port.to_string().into(),
                ],
                environment: vec![("PYTHONUNBUFFERED".to_owned(), "1".into())],
                directory,
                grace: GRACE,
            }),
            Self::V2_5_1 => {
                let library = installed.package("milvus_lite")?.join("lib");
                Ok(Launch {
                    program: library.join("milvus"),
                    arguments: vec![data.into(), format!("127.0.0.1:{port}").into(), "INFO".into()],
                    environment: vec![("LD_LIBRARY_PATH".to_owned(), library.into())],
                    directory,
                    grace: GRACE,
                })
            }
        }
    }
}

/// A running Milvus Lite, which is stopped when it is dropped.
#[derive(Debug)]
pub struct Lite {
    // The drop order matters: the process before the reservation of its port.
    daemon: Daemon,
    version: LiteVersion,
    data: PathBuf,
    port: Port,
}

impl Lite {
    /// Starts a server on fresh data, which is removed when it is dropped.
    pub fn start(version: LiteVersion) -> Result<Self, Error> {
        Self::with_retry(version, None)
    }

    /// Starts a server on `path`, a directory for 3.2.2 and a file for 2.5.1, which is created if it is missing. It
    /// outlives the server.
    pub fn start_on(version: LiteVersion, path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let data = std::path::absolute(path).attempt(|| format!("resolve {}", path.display()))?;
        Self::with_retry(version, Some(data))
    }

    fn with_retry(version: LiteVersion, data: Option<PathBuf>) -> Result<Self, Error> {
        let installed = version.environment().install()?;
        ready::on_free_ports(move || Self::attempt(version, &installed, data.clone()))
    }

    fn attempt(version: LiteVersion, installed: &Installed, data: Option<PathBuf>) -> Result<Self, Error> {
        let [port] = ports::reserve()?;
        let run = RunDir::new(version.environment().name())?;
        let data = data.unwrap_or_else(|| run.path().join("milvus.db"));
        if let Some(parent) = data.parent() {
            fs::create_dir_all(parent).attempt(|| format!("create {}", parent.display()))?;
        }
        let launch = version.launch(installed, &data, port.number(), run.path())?;
        let daemon = Daemon::start(run, launch)?;
        let mut server = Self { daemon, version, data, port };
        server.wait()?;
        Ok(server)
    }

    fn wait(&mut self) -> Result<(), Error> {
        let port = self.port.number();
        ready::wait(&mut self.daemon, self.version.name(), LIMIT, || ready::speaks_grpc(port))
    }

    /// Returns the version of the server.
    pub fn version(&self) -> LiteVersion {
        self.version
    }

    /// Returns the address of the server: `http://127.0.0.1:PORT`.
    pub fn uri(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }

    /// Returns the process id, or `None` between [`Self::kill`] or [`Self::stop`] and [`Self::restart`].
    pub fn pid(&self) -> Option<u32> {
        self.daemon.pid()
    }

    /// Returns the path of its data: a directory for 3.2.2, a file for 2.5.1.
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// Returns the end of its log.
    pub fn log_tail(&self) -> String {
        self.daemon.log_tail()
    }

    /// Sends SIGKILL: the server cannot write anything any more. Returns when the process has ended.
    pub fn kill(&mut self) {
        self.daemon.kill();
    }

    /// Sends SIGTERM, waits for two and a half seconds, and sends SIGKILL. Returns when the process has ended.
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
