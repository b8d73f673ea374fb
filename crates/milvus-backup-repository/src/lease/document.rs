//! `locks/NNNNNNNN.json`: the holder of the lease.

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{Error, FORMAT_VERSION, Operation, OwnerState};
use serde::{Deserialize, Serialize};

use crate::process::Process;

/// Time for which a lease of another machine is valid after its last renewal.
pub(super) const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

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

    /// Returns whether the holder is dead. A process of this machine is checked directly, regardless of the age of the
    /// lease: clocks jump. A process of another machine is dead if it has not renewed the lease for [`LIFETIME`]; a
    /// lease from equally far in the future was written with a wrong clock.
    pub(super) fn is_dead(&self, now: Timestamp) -> bool {
        match self.process.state() {
            OwnerState::Dead => true,
            OwnerState::Unknown => now.duration_since(self.renewed_at).abs() > LIFETIME,
            OwnerState::Running => false,
        }
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

    fn lock(machine: &str) -> LeaseDocument {
        let mut lock = LeaseDocument::new("a".to_owned(), Operation::Create, "2026-11-25T12:00:00Z".parse().unwrap());
        if !machine.is_empty() {
            machine.clone_into(&mut lock.process.machine);
        }
        lock
    }

    #[test]
    fn a_lock_of_another_machine_dies_when_it_is_not_renewed() {
        let lock = lock("another");
        for (now, dead) in [
            ("2026-11-25T12:09:59Z", false),
            ("2026-11-25T12:10:01Z", true),
            ("2026-11-25T11:50:01Z", false),
            ("2026-11-25T11:49:59Z", true),
        ] {
            assert_eq!(lock.is_dead(now.parse().unwrap()), dead, "{now}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_lock_of_a_process_that_runs_here_never_dies_of_age() {
        assert!(!lock("").is_dead("2036-01-01T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn the_text_is_the_golden_one() {
        let mut lease = lock("");
        lease.process = Process::example();
        let text = crate::documents::to_bytes(&lease).unwrap();
        insta::assert_snapshot!(std::str::from_utf8(&text).unwrap());
    }
}
