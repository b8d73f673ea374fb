//! The definition of the collection that a restore fills, checked against the server, and its announcement.

use milvus_backup_core::schema::schema_differences;
use milvus_backup_core::{
    BackedUpDefinition, BackupState, Capabilities, Error, Operation, ProgressEvent, RestoreMethod, Result,
};

use super::checks::require_loadable;
use super::job::RestoreJob;
use super::replication::require_alone;
use super::target::{Target, database_differences, require_importable};

impl RestoreJob<'_> {
    /// Returns the target, after checking that the server supports it.
    pub(super) async fn checked_target(
        &self,
        definition: &BackedUpDefinition,
        capabilities: &Capabilities,
    ) -> Result<Target> {
        let (catalog, params) = (&self.manager.catalog, self.params);
        let mut target = self.plan_target(definition, capabilities).await?;
        if self.method == RestoreMethod::Import {
            require_importable(&target, capabilities)?;
            require_alone(&catalog.replication_role().await?)?;
        }
        if params.load_after_restore && !params.into_existing && capabilities.load_needs_index {
            require_loadable(&target, definition, params)?;
        }
        if !definition.database_properties.is_empty() {
            match catalog.database_properties().await {
                Ok(found) => {
                    target.limitations.extend(database_differences(&definition.database_properties, &found));
                }
                Err(error @ Error::PermissionDenied { .. }) => {
                    let message = format!("properties of the database are not compared: {}", error.full_message());
                    target.limitations.push(message);
                }
                Err(error) => return Err(error),
            }
        }
        if params.with_aliases && !params.into_existing {
            self.require_free_aliases(&self.backup.metadata).await?;
        }
        Ok(target)
    }

    /// Returns the schema for inserts, checked against the server, and against the existing collection, if any.
    async fn plan_target(&self, definition: &BackedUpDefinition, capabilities: &Capabilities) -> Result<Target> {
        if self.method == RestoreMethod::Tool {
            return Target::of_program(&definition.schema, capabilities);
        }
        if !self.params.into_existing {
            return Target::new(&definition.schema, self.params.auto_id, capabilities);
        }
        let existing = self.manager.catalog.describe_collection(&self.target).await?.schema;
        let incompatibilities = schema_differences(&definition.schema, &existing);
        if !incompatibilities.is_empty() {
            let target = format!("collection `{}`", self.target);
            return Err(Error::SchemaIncompatible { target, incompatibilities });
        }
        Target::existing(existing, self.params.auto_id, capabilities)
    }

    pub(super) fn announce(&self) {
        self.manager.repository.progress.event(ProgressEvent::Started {
            operation: Operation::Restore,
            backup_id: self.backup.metadata.backup_id.clone(),
            collection: self.target.to_string(),
        });
    }

    pub(super) fn announce_plan_of(&self, target: &Target, partitions: &[String]) {
        let chosen = || self.backup.manifest.partitions.iter().filter(|partition| partitions.contains(&partition.name));
        self.manager.repository.progress.event(ProgressEvent::Planned {
            state: BackupState::InProgress,
            total_rows: chosen().map(|partition| partition.row_count).sum(),
            total_bytes: chosen().flat_map(|p| &p.chunks).map(|chunk| chunk.uncompressed_size_bytes).sum(),
            partition_rows: chosen().map(|partition| (partition.name.clone(), partition.row_count)).collect(),
        });
        for message in self.backup.metadata.limitations.iter().chain(&target.limitations) {
            self.manager.repository.progress.event(ProgressEvent::Warning { message: message.clone() });
        }
    }
}
