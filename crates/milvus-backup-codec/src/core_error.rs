//! The conversion of the errors of this crate to those of the system.

use std::io;

use milvus_backup_core as core;

use crate::error::Error;

impl From<Error> for core::Error {
    /// Converts a level to [`core::Error::InvalidParameter`], an existing output to [`core::Error::Refused`], errors of
    /// the operating system to [`core::Error::Storage`], and all others to [`core::Error::Encoding`].
    fn from(error: Error) -> Self {
        match &error {
            Error::InvalidLevel { level } => Self::InvalidParameter {
                field: "compression_level".to_owned(),
                value: level.to_string(),
                limit: "from 1 to 9".to_owned(),
            },
            Error::OutputExists { .. } => {
                Self::Refused { reason: error.to_string(), hint: "name another output, or remove that file".into() }
            }
            _ => match failed_io(&error) {
                Some((action, path, kind)) => Self::Storage {
                    action: action.to_owned(),
                    path,
                    permission: kind == io::ErrorKind::PermissionDenied,
                    retryable: matches!(kind, io::ErrorKind::TimedOut | io::ErrorKind::ConnectionReset),
                    source: Box::new(error),
                },
                None => Self::Encoding { action: "compress or decompress".to_owned(), source: Box::new(error) },
            },
        }
    }
}

/// Returns the action, the path and the kind of an error of the operating system; `None` for other errors.
fn failed_io(error: &Error) -> Option<(&'static str, String, io::ErrorKind)> {
    match error {
        Error::NotFound { path } => Some(("read", path.display().to_string(), io::ErrorKind::NotFound)),
        Error::Io(source) => Some(("read or write", "a stream".to_owned(), source.kind())),
        Error::File { action, path, source } => match source.as_ref() {
            Error::Io(source) => Some((action, path.display().to_string(), source.kind())),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use milvus_backup_core::ErrorKind;

    use super::*;

    #[test]
    fn each_failure_has_the_kind_that_tells_what_to_do() {
        let kind = |error: Error| core::Error::from(error).kind();
        let denied = || Error::Io(io::ErrorKind::PermissionDenied.into());
        assert_eq!(kind(Error::InvalidLevel { level: 0 }), ErrorKind::InvalidParameter);
        assert_eq!(kind(Error::OutputExists { path: "x".into() }), ErrorKind::Refused);
        assert_eq!(kind(Error::TooLarge { limit: 1 }), ErrorKind::Failed);
        assert_eq!(kind(denied()), ErrorKind::Storage);
        let error = core::Error::from(denied().in_file("compress", Path::new("x")));
        assert!(matches!(error, core::Error::Storage { permission: true, path, .. } if path == "x"));
    }
}
