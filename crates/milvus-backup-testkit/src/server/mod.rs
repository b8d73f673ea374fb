//! Real Milvus servers on free ports of 127.0.0.1.
//!
//! Each runs in a separate process group and directory and ends with its value: on drop, and also if the process that
//! started it is killed with SIGKILL, because a small keeper shell detects that our end of a pipe is closed.

mod daemon;
mod layout;
mod lite;
mod options;
mod ports;
mod ready;
mod run_dir;
mod standalone;
mod tls;

use std::{path::PathBuf, sync::OnceLock};

pub use lite::{Lite, LiteVersion};
pub use options::StandaloneOptions;
pub use standalone::Standalone;
pub use tls::{Identity, Tls};

use crate::error::Error;

/// Every kind of server, for tests that run on each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServerKind {
    /// Milvus 2.3.5 standalone, with etcd.
    Milvus235,
    /// Milvus Lite 3.2.2, in Python.
    Lite322,
    /// Milvus Lite 2.5.1, in C++.
    Lite251,
}

impl ServerKind {
    /// All kinds of servers.
    pub const ALL: [Self; 3] = [Self::Milvus235, Self::Lite322, Self::Lite251];

    /// Installs the components of the server, so that a later start is faster.
    pub fn install(self) -> Result<(), Error> {
        let environment = match self {
            Self::Milvus235 => crate::python::Environment::milvus_235(),
            Self::Lite322 => crate::python::Environment::lite_322(),
            Self::Lite251 => crate::python::Environment::lite_251(),
        };
        environment.install().map(drop)
    }
}

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

/// Returns the server of this kind that all tests of a test binary share: it is started on first use, and ended with
/// the process. It must not be assumed to be empty: give every collection a unique name.
pub fn shared(kind: ServerKind) -> Result<&'static Server, &'static Error> {
    static MILVUS_235: OnceLock<Result<Server, Error>> = OnceLock::new();
    static LITE_322: OnceLock<Result<Server, Error>> = OnceLock::new();
    static LITE_251: OnceLock<Result<Server, Error>> = OnceLock::new();
    let slot = match kind {
        ServerKind::Milvus235 => &MILVUS_235,
        ServerKind::Lite322 => &LITE_322,
        ServerKind::Lite251 => &LITE_251,
    };
    slot.get_or_init(|| Server::start(kind)).as_ref()
}
