//! The TLS provider of the client.

/// Makes `ring` the TLS provider of the process, which the client of Milvus uses as well, unless there is one already.
/// The client of object stores has none of its own.
pub(super) fn install_provider() {
    // The provider that another part of the program installed is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
