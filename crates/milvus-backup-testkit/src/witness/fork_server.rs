//! The process from which those of the scripts are forked.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{
    error::{Attempt, Error},
    python::Installed,
};

const SERVER: &str = include_str!("../../scripts/serve_witness.py");

/// A Python process that listens on a socket of the file system. It ends when this value is dropped, and with the
/// process that holds it.
#[derive(Debug)]
pub(super) struct ForkServer {
    child: Child,
    directory: tempfile::TempDir,
}

impl ForkServer {
    /// Starts the process, and waits until it listens.
    pub(super) fn start(installed: &Installed) -> Result<Self, Error> {
        let action = || "start the process of the witnesses".to_owned();
        let directory = tempfile::Builder::new().prefix("witness-").tempdir().attempt(action)?;
        let mut python = Command::new(installed.python());
        python.arg("-c").arg(SERVER).arg(socket_in(directory.path()));
        // A proxy of the environment must not be used for local servers.
        python.env("NO_PROXY", "127.0.0.1,localhost").env("no_proxy", "127.0.0.1,localhost");
        let child = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().attempt(action)?;
        let mut server = Self { child, directory };
        // It writes a line once it listens, or ends without one.
        if let Some(output) = server.child.stdout.take() {
            BufReader::new(output).read_line(&mut String::new()).attempt(action)?;
        }
        Ok(server)
    }

    /// Returns the path of the socket.
    pub(super) fn socket(&self) -> PathBuf {
        socket_in(self.directory.path())
    }
}

impl Drop for ForkServer {
    fn drop(&mut self) {
        // It ends with its standard input.
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

fn socket_in(directory: &Path) -> PathBuf {
    directory.join("socket")
}
