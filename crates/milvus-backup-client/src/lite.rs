//! Milvus Lite on a path ending in `.db`, as in pymilvus: a private server for the duration of the command.

mod last_lines;

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use last_lines::LastLines;
use milvus_backup_core::{Environment, Error, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin, Command};

/// Name of the program that serves Milvus Lite, as installed by `pip install milvus-lite pymilvus`.
pub const LITE_EXECUTABLE: &str = "milvus-lite";

const START_DEADLINE: Duration = Duration::from_mins(1);
/// Time between two attempts to connect while it starts.
const START_POLL: Duration = Duration::from_millis(50);
const STOP_GRACE: Duration = Duration::from_secs(10);

/// Runs the server and stops it when the pipe to it closes, so that it cannot outlive this process, however that ends.
const WATCHDOG: &str = r#"exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(cat <&3; kill "$server") >/dev/null 2>&1 &
wait "$server""#;

/// The error of Milvus Lite 3 for a database that another process has open.
const LOCKED: &str = "DataDirLockedError";

/// The action if there is no database at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Create an empty database there.
    Create,
    /// Fail, and create nothing.
    Refuse,
}

/// A running Milvus Lite server.
///
/// It is stopped by [`LiteServer::stop`], on drop, and when this process ends in any other way.
#[derive(Debug)]
pub struct LiteServer {
    child: Child,
    /// Open for as long as the server is needed.
    pipe: Option<ChildStdin>,
    uri: String,
    environment: Environment,
}

impl LiteServer {
    /// Returns whether an address refers to a Milvus Lite database rather than to a server.
    pub fn is_lite_uri(uri: &str) -> bool {
        !uri.contains("://") && Path::new(uri).extension().is_some_and(|extension| extension == "db")
    }

    /// Starts Milvus Lite on a database, on a free port of the loopback interface, and waits until it responds.
    ///
    /// `executable` names the program; [`LITE_EXECUTABLE`] unless the user chose another one.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the program is not installed or the database was created by Milvus Lite 2.x,
    /// [`Error::LiteDatabaseNotFound`], [`Error::LiteDatabaseOpen`] if another process has the database open,
    /// [`Error::LiteFailed`] if Milvus Lite ends early, [`Error::Unreachable`] if it does not respond.
    pub async fn start(database: &Path, executable: &Path, missing: Missing, environment: Environment) -> Result<Self> {
        if database.is_file() {
            return Err(Error::Unsupported {
                what: format!(
                    "`{}`: a single-file database of Milvus Lite 2.x; start it yourself and give its address",
                    database.display()
                ),
            });
        }
        if missing == Missing::Refuse && !database.exists() {
            return Err(Error::LiteDatabaseNotFound { path: database.display().to_string() });
        }
        require_parent(database)?;
        let port = free_port().await.map_err(|source| unreachable(database, source))?;
        let mut child = spawn(database, executable, port).map_err(|source| unreachable(database, source))?;
        let pipe = child.stdin.take();
        let errors = child.stderr.take().map(LastLines::of);
        let mut server = Self { child, pipe, uri: format!("http://127.0.0.1:{port}"), environment };
        match server.wait_until_ready(database, port).await? {
            None => Ok(server),
            Some(status) if matches!(status.code(), Some(126 | 127)) => Err(not_installed(executable)),
            Some(status) => {
                let printed = match errors {
                    Some(errors) => errors.all(&server.environment).await,
                    None => Vec::new(),
                };
                Err(ended_early(database, status, &printed))
            }
        }
    }

    /// Returns the address to connect to.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Stops the server and waits until it has written everything.
    pub async fn stop(mut self) {
        self.pipe.take();
        if self.environment.within(STOP_GRACE, self.child.wait()).await.is_none() {
            // It is killed on drop.
            tracing::warn!("Milvus Lite does not stop");
        }
    }

    /// Waits until the server accepts connections, or returns its exit status if it ended.
    async fn wait_until_ready(&mut self, database: &Path, port: u16) -> Result<Option<ExitStatus>> {
        let deadline = self.environment.elapsed() + START_DEADLINE;
        while self.environment.elapsed() < deadline {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(None);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Ok(Some(status));
            }
            self.environment.sleep(START_POLL).await;
        }
        Err(unreachable(database, std::io::Error::from(std::io::ErrorKind::TimedOut)))
    }
}

fn spawn(database: &Path, executable: &Path, port: u16) -> std::io::Result<Child> {
    Command::new("sh")
        .args(["-c", WATCHDOG, "milvus-lite"])
        .arg(executable)
        .args(["server", "--host", "127.0.0.1", "--port", &port.to_string(), "--data-dir"])
        .arg(database)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // pymilvus reads it on import, and rejects a path there.
        .env_remove("MILVUS_URI")
        // Ctrl-C is handled by this process: the server must live until the operation has cleaned up.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

async fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?.port())
}

fn require_parent(database: &Path) -> Result<()> {
    let parent = database.parent().filter(|parent| !parent.as_os_str().is_empty()).map(PathBuf::from);
    match parent {
        Some(parent) if !parent.is_dir() => Err(Error::InvalidParameter {
            field: "uri".to_owned(),
            value: database.display().to_string(),
            limit: "in a directory that exists".to_owned(),
        }),
        _ => Ok(()),
    }
}

fn not_installed(executable: &Path) -> Error {
    Error::Unsupported {
        what: format!(
            "a `.db` address without the program `{}`: install it with `pip install milvus-lite==3.2.2 pymilvus`, or \
             name it in MILVUS_BR_MILVUS_LITE",
            executable.display()
        ),
    }
}

fn ended_early(database: &Path, status: ExitStatus, printed: &[String]) -> Error {
    let path = database.display().to_string();
    if printed.iter().any(|line| line.contains(LOCKED)) {
        return Error::LiteDatabaseOpen { path };
    }
    // The last line of a traceback is the error; the others are for the log.
    for line in printed {
        tracing::info!("milvus-lite: {line}");
    }
    let said = printed.last().map_or_else(|| "it printed nothing".to_owned(), ToOwned::to_owned);
    Error::LiteFailed { path, message: format!("it ended with {status}: {said}") }
}

fn unreachable(database: &Path, source: std::io::Error) -> Error {
    Error::Unreachable { uri: database.display().to_string(), source: Box::new(source) }
}
