//! [`FailureContext`]: turns what the tool printed into the error of core.

use std::io;

use milvus_backup_core::{self as core, CollectionRef};

use super::clean::cleaned;
use super::texts::{Cause, recognised};
use crate::error::Error;
use crate::process::Ended;

/// What an invocation was about, as far as errors name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FailureContext<'a> {
    /// The action of the invocation, such as `create a backup`.
    pub(crate) action: &'static str,
    /// The address of the server.
    pub(crate) uri: &'a str,
    /// The root of the storage of the server.
    pub(crate) milvus_storage: &'a str,
    /// The root of the repository.
    pub(crate) backup_storage: &'a str,
    /// The collection that is read, or created.
    pub(crate) collection: &'a CollectionRef,
    /// The backup that is written or read.
    pub(crate) backup: &'a str,
    /// What must not be shown.
    pub(crate) secrets: &'a [&'a str],
}

impl FailureContext<'_> {
    /// Returns the error for an invocation that reported a failure, or was ended by a signal.
    pub(crate) fn error(&self, ended: &Ended) -> core::Error {
        let printed = message(ended);
        let message = printed.map_or_else(|| self.unexplained(ended), |text| cleaned(text, self.secrets));
        match printed.and_then(recognised) {
            Some(cause) => self.of_cause(cause, message),
            None => self.failed(message),
        }
    }

    fn unexplained(&self, ended: &Ended) -> String {
        match (ended.signal, ended.code) {
            (Some(signal), _) => format!("it was ended by signal {signal}"),
            (None, Some(code)) => match ended.stdout.lines().map(str::trim).rfind(|line| !line.is_empty()) {
                Some(line) => format!("it ended with code {code} after `{}`", cleaned(line, self.secrets)),
                None => format!("it ended with code {code} and printed nothing"),
            },
            (None, None) => "it ended in an unknown way".to_owned(),
        }
    }

    fn of_cause(&self, cause: Cause, message: String) -> core::Error {
        let invalid = |field: &str, value: &str, limit: String| core::Error::InvalidParameter {
            field: field.to_owned(),
            value: value.to_owned(),
            limit,
        };
        match cause {
            Cause::Credentials => core::Error::Authentication { uri: self.uri.to_owned(), message },
            Cause::Privileges => core::Error::PermissionDenied {
                uri: self.uri.to_owned(),
                call: self.action.to_owned(),
                privileges: Vec::new(),
                message,
            },
            Cause::Unreachable => core::Error::Unreachable { uri: self.uri.to_owned(), source: message.into() },
            Cause::CallNotOffered => {
                core::Error::Unsupported { what: format!("milvus-backup on this server: {message}") }
            }
            Cause::NoCollection => core::Error::CollectionNotFound {
                collection: self.collection.name.to_string(),
                database: self.collection.database.clone(),
                available: Vec::new(),
            },
            Cause::NoDatabase => core::Error::DatabaseNotFound { database: self.collection.database.clone() },
            Cause::TargetExists => core::Error::TargetExists { collection: self.collection.name.to_string() },
            Cause::WrongRoot => invalid(
                "milvus_storage",
                self.milvus_storage,
                format!("the root of the storage of this Milvus; milvus-backup says: {message}"),
            ),
            Cause::UnreadableBackup | Cause::DamagedFile => core::Error::Corrupted {
                backup: self.backup.to_owned(),
                message: format!("milvus-backup says: {message}"),
                failed_files: Vec::new(),
            },
            Cause::Full => self.storage(false, io::Error::new(io::ErrorKind::StorageFull, message).into()),
            Cause::StorageDenied => self.storage(true, message.into()),
            Cause::StorageUnreachable => self.storage(false, message.into()),
            Cause::NotTheInterface => {
                core::Error::Unsupported { what: format!("this version of milvus-backup: {message}") }
            }
        }
    }

    fn storage(&self, permission: bool, source: core::Source) -> core::Error {
        core::Error::Storage {
            action: format!("let milvus-backup {} with", self.action),
            path: self.backup_storage.to_owned(),
            permission,
            retryable: false,
            source,
        }
    }

    /// Returns the error for a failure without a recognised cause, or for a success that was none.
    pub(crate) fn failed(&self, message: String) -> core::Error {
        Error::Failed { action: self.action, message }.into()
    }
}

/// Returns what tells the failure: the last line that begins like an error, that of a panic, or else the last one.
fn message(ended: &Ended) -> Option<&str> {
    let lines = || ended.stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines().rev().find_map(|line| line.strip_prefix("Error: "));
    error.or_else(|| lines().find(|line| line.starts_with("panic: "))).or_else(|| lines().next_back())
}

#[cfg(test)]
mod tests;
