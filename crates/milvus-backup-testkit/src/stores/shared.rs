//! Object stores that all tests of a test binary share.

use std::sync::OnceLock;

use super::kind::StoreKind;
use super::server::ObjectStoreServer;
use crate::error::Error;

/// Returns the store of this kind that all tests of a test binary share: it is started on first use, and ended with the
/// process. Each root that it returns is in a bucket of its own.
pub fn shared_store(kind: StoreKind) -> Result<&'static ObjectStoreServer, &'static Error> {
    static SEAWEEDFS: OnceLock<Result<ObjectStoreServer, Error>> = OnceLock::new();
    static MOTO: OnceLock<Result<ObjectStoreServer, Error>> = OnceLock::new();
    static AZURITE: OnceLock<Result<ObjectStoreServer, Error>> = OnceLock::new();
    static GCS: OnceLock<Result<ObjectStoreServer, Error>> = OnceLock::new();
    let slot = match kind {
        StoreKind::SeaweedFs => &SEAWEEDFS,
        StoreKind::Moto => &MOTO,
        StoreKind::Azurite => &AZURITE,
        StoreKind::Gcs => &GCS,
    };
    slot.get_or_init(|| ObjectStoreServer::start(kind)).as_ref()
}
