//! The acquisition of a lease, including the take-over from a dead process.

use std::sync::Arc;
use std::time::SystemTime;

use jiff::Timestamp;
use milvus_backup_core::{CollectionRef, Environment, Lease, Operation, Result};
use milvus_backup_storage::Directory;
use milvus_backup_storage::error::is_conflict;

use super::confirmation::Confirmation;
use super::document::{LeaseDocument, in_progress};
use super::files::{Epoch, epochs, file_of, read, read_all, read_until};
use super::held::Held;
use super::renewal::{RENEWAL, RenewedLease};
use crate::documents::to_bytes;
use crate::handle::RepositoryHandle;
use crate::layout::{LOCKS, NOTES, PINS};
use crate::process::random_hex;

/// Number of attempts on a lease whose winner has released it before it could be read.
const ATTEMPTS: usize = 10;

impl RepositoryHandle {
    /// Acquires the lease of a collection. It is renewed until it is released or dropped.
    ///
    /// # Errors
    /// [`InProgress`](milvus_backup_core::Error::InProgress) with the holder,
    /// [`Storage`](milvus_backup_core::Error::Storage), and [`Refused`](milvus_backup_core::Error::Refused) for a lease
    /// that cannot be read and for a repository that only a newer version may change.
    pub async fn lease(
        &self,
        collection: &CollectionRef,
        operation: Operation,
        environment: &Environment,
    ) -> Result<Arc<dyn Lease>> {
        self.require_writable().await?;
        let path = format!("{}/{LOCKS}", collection.directory());
        self.storage().refuse_links(&path).await?;
        let contender = Contender {
            repository: self,
            directory: self.storage().directory(path),
            resource: format!("backups of {collection}"),
            operation,
            environment,
        };
        for _ in 0..ATTEMPTS {
            if let Some(held) = contender.attempt().await? {
                // A write takes less time than a renewal: a process that started one earlier is dead.
                let since = environment.clock.now().saturating_sub(RENEWAL).ok().map(SystemTime::from);
                for documents in [LOCKS, NOTES, PINS] {
                    let path = format!("{}/{documents}", collection.directory());
                    self.storage().remove_temporary_files(&path, since);
                }
                return Ok(Arc::new(RenewedLease::new(Arc::new(held), environment)));
            }
        }
        Err(in_progress(&contender.resource, "other operations, one after the other".to_owned()))
    }

    /// Checks that no process holds the lease of a collection to delete backups of it.
    ///
    /// # Errors
    /// [`InProgress`](milvus_backup_core::Error::InProgress) with the holder.
    pub(crate) async fn require_no_deletion(&self, collection: &CollectionRef, now: Timestamp) -> Result<()> {
        let directory = self.storage().directory(format!("{}/{LOCKS}", collection.directory()));
        let leases = read_all(&directory, |_| true).await?;
        match leases.iter().find(|(_, lease)| lease.is_of_deletion() && !lease.is_dead(now)) {
            Some((_, lease)) => Err(in_progress(&format!("backups of {collection}"), lease.holder())),
            None => Ok(()),
        }
    }
}

/// An operation that tries to acquire the lease.
struct Contender<'a> {
    repository: &'a RepositoryHandle,
    directory: Directory,
    resource: String,
    operation: Operation,
    environment: &'a Environment,
}

impl Contender<'_> {
    /// Makes one attempt. Returns `None` if another operation acquired the lease first and has released it since: it
    /// may then be free, and the next epoch differs.
    async fn attempt(&self) -> Result<Option<Held>> {
        let dead = self.dead().await?;
        let number = dead.last().map_or(1, |last| last + 1);
        // Distinguishes this acquisition from all others.
        let owner = random_hex(self.environment.entropy.as_ref(), 2)?;
        let document = LeaseDocument::new(owner, self.operation, self.environment.clock.now());
        let e_tag = match self.directory.create_document(&file_of(number), to_bytes(&document)?).await {
            Ok(e_tag) => e_tag,
            Err(error) => {
                return match read(&self.directory, number).await? {
                    Some(winner) => Err(in_progress(&self.resource, winner.holder())),
                    None if is_conflict(&error) => Ok(None),
                    None => Err(error),
                };
            }
        };
        let asked = Confirmation::now(self.environment.clock.as_ref());
        self.require_alone(number, &dead).await?;
        self.directory.delete(dead.into_iter().map(file_of)).await?;
        let (directory, resource) = (self.directory.clone(), self.resource.clone());
        let (storage, clock) = (self.repository.storage().clone(), Arc::clone(&self.environment.clock));
        let created = (Epoch { number, e_tag }, document);
        Ok(Some(Held::new(storage, directory, resource, clock, created, asked)))
    }

    /// Lists the epochs that dead processes left, in ascending order.
    ///
    /// # Errors
    /// [`InProgress`](milvus_backup_core::Error::InProgress) if the holder of one is alive.
    async fn dead(&self) -> Result<Vec<u64>> {
        let mut dead = Vec::new();
        for Epoch { number: epoch, .. } in epochs(&self.directory).await? {
            let is_alive = |lease: &LeaseDocument| !lease.is_dead(self.environment.clock.now());
            match read_until(&self.directory, epoch, is_alive).await? {
                // The lease was released concurrently.
                None => {}
                Some(lease) if !is_alive(&lease) => dead.push(epoch),
                Some(lease) => return Err(in_progress(&self.resource, lease.holder())),
            }
        }
        Ok(dead)
    }

    /// Checks that this process is the only contender: another operation may have started without a lease while this
    /// one took over a dead one. Both then see each other, and both withdraw.
    async fn require_alone(&self, ours: u64, dead: &[u64]) -> Result<()> {
        for Epoch { number: epoch, .. } in epochs(&self.directory).await? {
            if epoch == ours || dead.contains(&epoch) {
                continue;
            }
            if let Some(other) = read(&self.directory, epoch).await? {
                self.directory.delete([file_of(ours)]).await?;
                return Err(in_progress(&self.resource, other.holder()));
            }
        }
        Ok(())
    }
}
