//! [`Server`]: a running server of any kind.

use std::path::PathBuf;

use super::kind::ServerKind;
use super::lite::{Lite, LiteVersion};
use super::options::StandaloneOptions;
use super::standalone::Standalone;
use crate::error::Error;

/// A running server of any kind.
#[derive(Debug)]
#[non_exhaustive]
pub enum Server {
    /// A Milvus 2.3.5 standalone server.
    Standalone(Box<Standalone>),
    /// A Milvus Lite server of either version.
    Lite(Box<Lite>),
}

/// Delegates a call to the server of either kind.
macro_rules! either {
    ($server:expr, $inner:ident => $call:expr) => {
        match $server {
            Server::Standalone($inner) => $call,
            Server::Lite($inner) => $call,
        }
    };
}

impl Server {
    /// Starts a server of this kind with its default settings.
    pub fn start(kind: ServerKind) -> Result<Self, Error> {
        match kind {
            ServerKind::Milvus235 => Ok(Self::Standalone(Box::new(Standalone::start(StandaloneOptions::new())?))),
            ServerKind::Lite322 => Ok(Self::Lite(Box::new(Lite::start(LiteVersion::V3_2_2)?))),
            ServerKind::Lite251 => Ok(Self::Lite(Box::new(Lite::start(LiteVersion::V2_5_1)?))),
        }
    }

    /// Returns the kind of the server.
    pub fn kind(&self) -> ServerKind {
        match self {
            Self::Standalone(_) => ServerKind::Milvus235,
            Self::Lite(lite) => match lite.version() {
                LiteVersion::V3_2_2 => ServerKind::Lite322,
                LiteVersion::V2_5_1 => ServerKind::Lite251,
            },
        }
    }

    /// Returns the address of the server.
    pub fn uri(&self) -> String {
        either!(self, server => server.uri())
    }

    /// Returns the process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        either!(self, server => server.pid())
    }

    /// Returns the path of its data on disk.
    pub fn data_dir(&self) -> PathBuf {
        match self {
            Self::Standalone(server) => server.data_dir(),
            Self::Lite(server) => server.data_dir().to_path_buf(),
        }
    }

    /// Returns the end of its log.
    pub fn log_tail(&self) -> String {
        either!(self, server => server.log_tail())
    }

    /// Sends SIGKILL; returns when the process has ended.
    pub fn kill(&mut self) {
        either!(self, server => server.kill());
    }

    /// Sends SIGTERM, and SIGKILL after a short grace period; returns when the process has ended.
    pub fn stop(&mut self) {
        either!(self, server => server.stop());
    }

    /// Starts it again on the same data and port, and waits until it is ready.
    pub fn restart(&mut self) -> Result<(), Error> {
        either!(self, server => server.restart())
    }
}
