//! A failure of the connection, as a human-readable cause.

use std::fmt;

use tonic::Status;

/// A status of the transport in one human-readable line; its own form lists all its headers.
#[derive(Debug)]
pub(super) struct TransportFailure(pub(super) Status);

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.message() {
            "" => f.write_str(self.0.code().description()),
            message => f.write_str(message),
        }
    }
}

impl std::error::Error for TransportFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
