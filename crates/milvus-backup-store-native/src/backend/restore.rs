//! A restore by the tool.

use milvus_backup_core::{CollectionRef, Error, PayloadRestore, Progress, Result};

use super::NativeBackend;
use super::import::ImportedRows;
use crate::commands::{RestoreOptions, RestoredCollection};
use crate::name::NativeBackupName;
use crate::namespace::Namespace;
use crate::process::while_running;
use crate::rows::payload;

const ACTION: &str = "restore a backup";

impl NativeBackend {
    /// Lets the tool create the target and fill it. Neither the rows nor the definition of the target are compared here.
    pub(super) async fn restored(&self, request: &PayloadRestore<'_>, progress: &dyn Progress) -> Result<()> {
        let metadata = &request.backup.metadata;
        let (source, target) = (metadata.collection()?, request.target);
        let name: NativeBackupName = payload(request.backup)?.name.parse()?;
        let restored =
            RestoredCollection { source: Namespace::try_from(&source)?, target: Namespace::try_from(target)? };
        if self.exists(target).await? {
            return Err(Error::TargetExists { collection: target.name.to_string() });
        }
        let session = self.session(&self.parts.repository.directory_of(metadata)?).await?;
        // Indexes are created afterwards, from the definition in the backup.
        let invocation = session.commands.restore(&name, &[restored], &RestoreOptions::default())?;
        let catalog = self.parts.catalog.as_ref();
        let mut imported = ImportedRows::new(catalog, &target.name, request.partitions, progress);
        let ended = while_running(session.run(&invocation), imported.watch(&self.parts.environment)).await?;
        imported.measure().await;
        let backup = metadata.backup_id.as_str();
        if !ended.claims_success() {
            return Err(self.failure(ACTION, target, backup, |context| context.error(&ended)));
        }
        if self.exists(target).await? {
            return Ok(());
        }
        let message = format!("it reported success, but there is no collection `{target}`");
        Err(self.failure(ACTION, target, backup, |context| context.failed(message)))
    }

    async fn exists(&self, collection: &CollectionRef) -> Result<bool> {
        match self.parts.catalog.stored_collection(&collection.name).await {
            Ok(_) => Ok(true),
            // The tool creates a database that is missing.
            Err(Error::CollectionNotFound { .. } | Error::DatabaseNotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
