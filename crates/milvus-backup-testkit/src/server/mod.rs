//! Real Milvus servers on free ports of 127.0.0.1.
//!
//! Each runs in a process group and a directory of its own and ends with its value: on drop, and also when the process
//! that started it is killed with SIGKILL, because a small keeper shell sees our end of a pipe close.

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

/// Every kind of server there is, for tests that run on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServerKind {
    /// Milvus 2.3.5 standalone.
    Milvus235,
    /// Milvus Lite 3.2.2.
    Lite322,
    /// Milvus Lite 2.5.1.
    Lite251,
}

impl ServerKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Milvus235, Self::Lite322, Self::Lite251];

    /// Installs what it needs, so that a later start takes only the start.
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
    /// Milvus 2.3.5 standalone.
    Standalone(Box<Standalone>),
    /// Milvus Lite of either version.
    Lite(Box<Lite>),
}

/// Passes a call on to whichever server it is.
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

    /// Which kind it is.
    pub fn kind(&self) -> ServerKind {
        match self {
            Self::Standalone(_) => ServerKind::Milvus235,
            Self::Lite(lite) => match lite.version() {
                LiteVersion::V3_2_2 => ServerKind::Lite322,
                LiteVersion::V2_5_1 => ServerKind::Lite251,
            },
        }
    }

    /// Where clients connect.
    pub fn uri(&self) -> String {
        either!(self, server => server.uri())
    }

    /// The process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        either!(self, server => server.pid())
    }

    /// Its data on disk.
    pub fn data_dir(&self) -> PathBuf {
        match self {
            Self::Standalone(server) => server.data_dir(),
            Self::Lite(server) => server.data_dir().to_path_buf(),
        }
    }

    /// The end of its log.
    pub fn log_tail(&self) -> String {
        either!(self, server => server.log_tail())
    }

    /// SIGKILL; returns when the process is gone.
    pub fn kill(&mut self) {
        either!(self, server => server.kill());
    }

    /// SIGTERM, a short grace, SIGKILL; returns when the process is gone.
    pub fn stop(&mut self) {
        either!(self, server => server.stop());
    }

    /// Starts it again on the same data and port and waits until it is ready.
    pub fn restart(&mut self) -> Result<(), Error> {
        either!(self, server => server.restart())
    }
}

/// The one server of this kind that all tests of a test binary share: started by the first that asks, ended with the
/// process. It must not be assumed to be empty: give every collection a name of its own.
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
