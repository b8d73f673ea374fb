//! The leases that dead processes left.

use milvus_backup_core::{CollectionRef, Environment, Result};

use super::files::{epochs, read_until};
use crate::handle::RepositoryHandle;
use crate::layout::LOCKS;

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
            let (mut found, mut alive) = (false, false);
            for epoch in epochs(&directory).await? {
                let now = environment.clock.now();
                let lease = read_until(&directory, epoch.number, |lease| !lease.is_dead(now)).await?;
                found |= lease.is_some();
                alive |= lease.is_some_and(|lease| !lease.is_dead(now));
            }
            if found && !alive {
                dead.push(collection);
            }
        }
        Ok(dead)
    }
}
