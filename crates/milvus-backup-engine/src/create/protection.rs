//! The protection of the segments that a create reads from compaction.
//!
//! It is registered in the repository before it exists, as staging collections are, so that it is found and ended if the
//! process dies.

use milvus_backup_core::{CollectionName, Error, Result};

use super::job::CreateJob;
use super::undo_step::Undo;
use crate::maintain::protection_name;

impl CreateJob<'_> {
    /// Protects the segments of the collection until this job ends, if it was requested.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on a server that has no such protection.
    pub(super) async fn protect(&mut self) -> Result<()> {
        if !self.params.protect_from_compaction {
            return Ok(());
        }
        let (manager, collection) = (self.manager, self.collection.name.clone());
        let capabilities = manager.catalog.capabilities().await?;
        if !capabilities.compaction_protection {
            let version = capabilities.server_version;
            return Err(Error::Unsupported { what: format!("protection from compaction on Milvus {version}") });
        }
        let name = protection_name(&collection, manager.repository.environment.entropy.bytes()?)?;
        manager.register_staging(&self.collection, &name, &collection, &self.backup_id).await;
        // A request that is reported as failed may still take effect.
        self.undo.push(Undo::Unprotect(name.clone()));
        manager.catalog.protect_from_compaction(&collection, &name, self.deadline()).await
    }

    /// Ends the protection, and removes its registration. One that cannot be ended stays registered.
    pub(super) async fn unprotect(&self, name: &CollectionName) {
        let manager = self.manager;
        let current = match manager.catalog.locate_collection(&self.pin).await {
            Ok(current) => current.unwrap_or_else(|| self.collection.name.clone()),
            Err(_) => self.collection.name.clone(),
        };
        match manager.catalog.end_protection(&current, name).await {
            Ok(()) => manager.unregister_staging(&self.collection, name).await,
            Err(error) => self.warn(format!(
                "cannot end the protection of `{current}` from compaction: {}; it is ended when cleaning up after interrupted \
                 operations",
                error.full_message()
            )),
        }
    }
}
