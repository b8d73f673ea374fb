//! When the holder of a lease is dead, and the leases that dead processes left.

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{CollectionRef, Environment, OwnerState, Result};

use super::document::LeaseDocument;
use super::files::read_all;
use crate::handle::RepositoryHandle;
use crate::layout::LOCKS;

/// Time for which a lease of another machine is valid after its last renewal.
pub(super) const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

impl LeaseDocument {
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
}

impl RepositoryHandle {
    /// Lists the collections whose lease is held by a process that is dead, by the rules by which it is taken over.
    ///
    /// # Errors
    /// [`Storage`](milvus_backup_core::Error::Storage), and [`Refused`](milvus_backup_core::Error::Refused) for a lease
    /// that cannot be read.
    pub async fn dead_leases(&self, environment: &Environment) -> Result<Vec<CollectionRef>> {
        self.require_readable().await?;
        let mut dead = Vec::new();
        for name in self.storage().subdirectories("").await? {
            let Some(collection) = CollectionRef::from_directory(&name) else { continue };
            let path = format!("{name}/{LOCKS}");
            self.storage().refuse_links(&path).await?;
            let directory = self.storage().directory(path);
            let now = environment.clock.now();
            let leases = read_all(&directory, |lease| !lease.is_dead(now)).await?;
            if !leases.is_empty() && leases.iter().all(|(_, lease)| lease.is_dead(now)) {
                dead.push(collection);
            }
        }
        Ok(dead)
    }
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::Operation;

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
}
