//! [`ServerKind`]: the kinds of servers that tests run on.

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
