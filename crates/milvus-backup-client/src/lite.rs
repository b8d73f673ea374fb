//! Milvus Lite on a path ending in `.db`, as in pymilvus: a server of our own for the length of the command.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use milvus_backup_core::{Error, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{Instant, sleep, timeout};

/// Name of the program that serves Milvus Lite, as installed by `pip install milvus-lite`.
pub const LITE_EXECUTABLE: &str = "milvus-lite";

const START_DEADLINE: Duration = Duration::from_mins(1);
const STOP_GRACE: Duration = Duration::from_secs(10);

/// Runs the server and stops it when the pipe to it closes, so that it cannot outlive us, however we end.
const WATCHDOG: &str = r#"exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(cat <&3 >/dev/null; kill "$server" 2>/dev/null) &
wait "$server""#;

/// A running Milvus Lite.
///
/// It is stopped by [`LiteServer::stop`], when it is dropped, and when this process ends in any other way.
#[derive(Debug)]
pub struct LiteServer {
    child: Child,
    /// Open for as long as the server is wanted.
    pipe: Option<ChildStdin>,
    uri: String,
}

impl LiteServer {
    /// Whether an address means a Milvus Lite database rather than a server.
    pub fn is_lite_uri(uri: &str) -> bool {
        !uri.contains("://") && Path::new(uri).extension().is_some_and(|extension| extension == "db")
    }

    /// Starts Milvus Lite on a database, on a free port of the loopback interface, and waits until it answers.
    ///
    /// `executable` names the program, [`LITE_EXECUTABLE`] unless the user said otherwise.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the program is not installed or the database was made by Milvus Lite 2.x,
    /// [`Error::Unreachable`] when it does not answer.
    pub async fn start(database: &Path, executable: &Path) -> Result<Self> {
        if database.is_file() {
            return Err(Error::Unsupported {
                what: format!(
                    "`{}`: a single-file database of Milvus Lite 2.x; start it yourself and give its address",
                    database.display()
                ),
            });
        }
        require_parent(database)?;
        let port = free_port().await.map_err(|source| unreachable(database, source))?;
        let mut child = spawn(database, executable, port).map_err(|source| unreachable(database, source))?;
        let pipe = child.stdin.take();
        let mut server = Self { child, pipe, uri: format!("http://127.0.0.1:{port}") };
        server.wait_until_ready(database, executable, port).await?;
        Ok(server)
    }

    /// The address to connect to.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Stops the server and waits until it has written everything.
    pub async fn stop(mut self) {
        self.pipe.take();
        if timeout(STOP_GRACE, self.child.wait()).await.is_err() {
            // It is killed on drop.
            tracing::warn!("Milvus Lite does not stop");
        }
    }

    async fn wait_until_ready(&mut self, database: &Path, executable: &Path, port: u16) -> Result<()> {
        let deadline = Instant::now() + START_DEADLINE;
        while Instant::now() < deadline {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(match status.code() {
                    Some(126 | 127) => not_installed(executable),
                    _ => unreachable(database, std::io::Error::other(format!("Milvus Lite ended with {status}"))),
                });
            }
            sleep(Duration::from_millis(50)).await;
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
        .stderr(Stdio::null())
        // pymilvus reads it on import, and refuses a path there.
        .env_remove("MILVUS_URI")
        // Ctrl-C is ours to handle: the server must live until the operation has cleaned up.
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
            "a `.db` address without the program `{}`: install it with `pip install milvus-lite==3.2.2`, or name it \
             in MILVUS_BR_MILVUS_LITE",
            executable.display()
        ),
    }
}

fn unreachable(database: &Path, source: std::io::Error) -> Error {
    Error::Unreachable { uri: database.display().to_string(), source: Box::new(source) }
}
