//! `locks/NNNNNNNN.json`: the holder of the lease.

use jiff::Timestamp;
use milvus_backup_core::{Error, FORMAT_VERSION, Operation};
use serde::{Deserialize, Serialize};

use super::dead::LIFETIME;
use crate::process::Process;

/// The operation that deletes backups, as a lease records it.
const DELETION: &str = "delete";

/// The content of a lease: its holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LeaseDocument {
    pub(super) format_version: u32,
    /// Distinguishes this acquisition from all others.
    pub(super) owner: String,
    /// The operation for which it was acquired.
    pub(super) operation: String,
    pub(super) process: Process,
    pub(super) acquired_at: Timestamp,
    pub(super) renewed_at: Timestamp,
    /// Human-readable: the time at which other machines take it over unless it is renewed.
    pub(super) expires_at: Timestamp,
}

impl LeaseDocument {
    pub(super) fn new(owner: String, operation: Operation, now: Timestamp) -> Self {
        let operation = match operation {
            Operation::Create => "create",
            Operation::Delete => DELETION,
            Operation::Copy => "copy",
            _ => "another operation",
        };
        Self {
            format_version: FORMAT_VERSION,
            owner,
            operation: operation.to_owned(),
            process: Process::current(),
            acquired_at: now,
            renewed_at: now,
            expires_at: expiry(now),
        }
    }

    pub(super) fn renew(&mut self, now: Timestamp) {
        self.renewed_at = now;
        self.expires_at = expiry(now);
    }

    /// Returns whether it was acquired to delete backups.
    pub(super) fn is_of_deletion(&self) -> bool {
        self.operation == DELETION
    }

    /// Returns the holder in human-readable form.
    pub(super) fn holder(&self) -> String {
        format!("{} of {}, since {:.0}", self.operation, self.process, self.acquired_at)
    }
}

fn expiry(now: Timestamp) -> Timestamp {
    now.saturating_add(LIFETIME).unwrap_or(now)
}

/// Returns the error for a lease that another operation holds.
pub(super) fn in_progress(resource: &str, holder: String) -> Error {
    Error::InProgress { resource: resource.to_owned(), holder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_golden_one() {
        let acquired = "2026-11-25T12:00:00Z".parse().unwrap();
        let mut lease = LeaseDocument::new("a".to_owned(), Operation::Create, acquired);
        lease.process = Process::example();
        let text = crate::documents::to_bytes(&lease).unwrap();
        insta::assert_snapshot!(std::str::from_utf8(&text).unwrap());
    }
}
