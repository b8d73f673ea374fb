//! The conversion of the errors of this crate to those of the system.

use milvus_backup_core as core;

use crate::error::Error;

impl From<Error> for core::Error {
    /// Converts a path or stream that cannot be read to [`core::Error::Storage`], a malformed digest to
    /// [`core::Error::InvalidParameter`], and all others to [`core::Error::Encoding`]. The original remains the source.
    fn from(error: Error) -> Self {
        match &error {
            Error::NotFound { path } | Error::UnsupportedFile { path, .. } => {
                let path = path.display().to_string();
                storage("read", path, None, error)
            }
            Error::Io { action, path, source } => {
                let (action, path, kind) = (*action, path.display().to_string(), source.kind());
                storage(action, path, Some(kind), error)
            }
            Error::Read { source } => {
                let kind = source.kind();
                storage("read", "the stream".to_owned(), Some(kind), error)
            }
            Error::MalformedDigest { text, .. } | Error::MalformedRowDigest { text } => Self::InvalidParameter {
                field: "checksum".to_owned(),
                value: text.clone(),
                limit: "a whole digest in hexadecimal digits".to_owned(),
            },
            Error::UnsupportedType { .. } | Error::DuplicateColumn { .. } => {
                Self::Encoding { action: "compute the row digest".to_owned(), source: Box::new(error) }
            }
        }
    }
}

fn storage(action: &str, path: String, kind: Option<std::io::ErrorKind>, source: Error) -> core::Error {
    core::Error::Storage {
        action: action.to_owned(),
        path,
        permission: kind == Some(std::io::ErrorKind::PermissionDenied),
        retryable: matches!(kind, Some(std::io::ErrorKind::TimedOut | std::io::ErrorKind::ConnectionReset)),
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn permissions_are_told_apart_and_causes_kept() {
        let error = core::Error::from(Error::Io {
            action: "open",
            path: "x".into(),
            source: io::ErrorKind::PermissionDenied.into(),
        });
        assert!(matches!(&error, core::Error::Storage { permission: true, retryable: false, .. }));
        assert!(error.full_message().contains("cannot open `x`: permission denied"), "{}", error.full_message());
    }
}
