//! [`StoreKind`]: the kinds of object stores that tests run on.

use super::{azurite, gateway};
use crate::{error::Error, python::Environment};

/// Every kind of object store, for tests that run on each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StoreKind {
    /// `SeaweedFS` 4.48, with the interface of S3: it checks signatures and permissions, and has conditional writes.
    SeaweedFs,
    /// moto 5.2.5, with the interface of S3: it has conditional writes, and accepts any credentials.
    Moto,
    /// Azurite 3.35.0, Microsoft's emulator of Azure Blob Storage.
    Azurite,
    /// nginx in front of `SeaweedFS`, for the path of a client of Google Cloud Storage. It translates the conditions of
    /// that protocol, and shows neither the semantics of that store nor its authentication.
    Gcs,
}

impl StoreKind {
    /// All kinds of object stores.
    pub const ALL: [Self; 4] = [Self::SeaweedFs, Self::Moto, Self::Azurite, Self::Gcs];

    /// Installs the components of the store, so that a later start is faster.
    pub fn install(self) -> Result<(), Error> {
        Environment::store_clients().install()?;
        match self {
            Self::SeaweedFs => Environment::seaweedfs().install().map(drop),
            Self::Moto => Environment::moto().install().map(drop),
            Self::Azurite => azurite::install().map(drop),
            Self::Gcs => Environment::seaweedfs().install().and_then(|_| gateway::install()).map(drop),
        }
    }

    /// Returns a short name, in lower case, for names of collections and buckets.
    pub fn label(self) -> &'static str {
        match self {
            Self::SeaweedFs => "seaweedfs",
            Self::Moto => "moto",
            Self::Azurite => "azurite",
            Self::Gcs => "gcs",
        }
    }
}
