//! Servers that all tests of a test binary share.

use std::sync::OnceLock;

use super::any::Server;
use super::kind::ServerKind;
use crate::error::Error;

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
