//! The checks before a restore modifies anything.

use milvus_backup_core::schema::RowTraits;
use milvus_backup_core::{
    BackedUpDefinition, BackupMetadata, BackupVersion, Capabilities, CollectionName, Error, RestoreParams, Result,
    StoredBackup,
};

use super::insertion::InsertedRows;
use super::job::RestoreJob;
use super::target::Target;
use super::undo_step::Undo;

impl RestoreJob<'_> {
    /// Checks that the target is unused, or is a collection that is to be replaced or filled, which is then pinned.
    pub(super) async fn require_usable_target(&mut self, capabilities: &Capabilities) -> Result<()> {
        if !self.params.into_existing {
            self.manager.rename_back(&self.target).await?;
        }
        let Some(collection) = self.manager.catalog.resolve_collection(&self.target).await? else { return Ok(()) };
        if collection != self.target {
            let alias = self.target.to_string();
            return Err(Error::TargetIsAlias { alias, collection: collection.to_string() });
        }
        if !self.params.into_existing {
            self.require_replaceable(capabilities).await?;
        }
        let pin = self.manager.pin(&self.target).await?;
        self.undo.push(Undo::Unpin(pin.clone()));
        self.existing = Some(pin);
        self.existing_aliases = self.manager.catalog.describe_collection(&self.target).await?.aliases;
        Ok(())
    }

    async fn require_replaceable(&self, capabilities: &Capabilities) -> Result<()> {
        if self.is_incomplete(&self.target).await? {
            return Err(Error::Refused {
                reason: format!("collection `{}` is incomplete: a previous restore was interrupted", self.target),
                hint: "drop it, and restore again".into(),
            });
        }
        if !self.params.drop_existing {
            return Err(Error::TargetExists { collection: self.target.to_string() });
        }
        if capabilities.rename {
            return Ok(());
        }
        let version = &capabilities.server_version;
        Err(Error::Unsupported {
            what: format!(
                "replacing a collection on Milvus {version}, which cannot rename one: restore to another name"
            ),
        })
    }

    /// Returns whether an interrupted restore was filling the target directly, as on a server that cannot rename.
    async fn is_incomplete(&self, target: &CollectionName) -> Result<bool> {
        let noted = self.manager.repository.store.list_staging().await?;
        Ok(noted.iter().any(|(_, unfinished, _)| {
            let here =
                unfinished.uri == self.manager.catalog.uri() && unfinished.database == self.manager.catalog.database();
            here && unfinished.name == *target && unfinished.target == *target
        }))
    }

    /// Checks that no alias belongs to another collection, from which it would have to be taken.
    pub(super) async fn require_free_aliases(&self, metadata: &BackupMetadata) -> Result<()> {
        for alias in &metadata.aliases {
            match self.manager.catalog.resolve_collection(&alias.parse()?).await? {
                Some(owner) if owner.as_str() == alias => {
                    return Err(Error::Refused {
                        reason: format!("alias `{alias}` cannot be restored: a collection has that name"),
                        hint: "restore without the aliases".into(),
                    });
                }
                Some(owner) if owner != self.target => {
                    return Err(Error::Refused {
                        reason: format!("alias `{alias}` belongs to collection `{owner}`"),
                        hint: "restore without the aliases, or remove that alias first".into(),
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Checks that a part of a collection does not replace a full one by accident.
///
/// # Errors
/// [`Error::PartialReplacement`] for a backup of some partitions, a partial backup, and a restore of some partitions.
pub(super) fn require_whole(target: &CollectionName, metadata: &BackupMetadata, partitions: &[String]) -> Result<()> {
    if BackupVersion::from(metadata).is_whole_with(partitions) {
        return Ok(());
    }
    Err(Error::PartialReplacement { collection: target.to_string(), partitions: partitions.to_vec() })
}

/// Checks that a collection does not replace another one if its restore left out partitions.
///
/// # Errors
/// [`Error::PartialReplacement`].
pub(super) fn require_nothing_failed(target: &CollectionName, filled: &InsertedRows) -> Result<()> {
    if filled.failed.is_empty() {
        return Ok(());
    }
    let collection = target.to_string();
    Err(Error::PartialReplacement { collection, partitions: filled.restored.clone() })
}

/// Checks that the server accepts the rows and keeps them unchanged.
///
/// # Errors
/// [`Error::RowsIncompatible`] with everything that it would refuse or change.
pub(super) fn require_acceptable_rows(
    backup: &StoredBackup,
    partitions: &[String],
    capabilities: &Capabilities,
) -> Result<()> {
    let mut traits = RowTraits::default();
    let chosen = backup.manifest.partitions.iter().filter(|partition| partitions.contains(&partition.name));
    traits.extend(chosen.flat_map(|partition| &partition.chunks).flat_map(|chunk| &chunk.row_traits));
    let refused: Vec<String> = traits.outside(&capabilities.row_traits).map(ToString::to_string).collect();
    if refused.is_empty() {
        return Ok(());
    }
    Err(Error::RowsIncompatible { server: format!("Milvus {}", capabilities.server_version), rows: refused })
}

/// Checks that every vector field has an index, without which a collection cannot be loaded.
///
/// # Errors
/// [`Error::Refused`].
pub(super) fn require_loadable(target: &Target, definition: &BackedUpDefinition, params: &RestoreParams) -> Result<()> {
    let indexes = definition.indexes.as_deref().filter(|_| params.restore_indexes).unwrap_or_default();
    let vectors = target.schema.fields.iter().filter(|field| field.data_type.is_vector());
    let mut bare = vectors.filter(|field| indexes.iter().all(|index| index.field_name != field.name));
    match bare.next() {
        None => Ok(()),
        Some(field) => Err(Error::Refused {
            reason: format!("the restored collection could not be loaded: vector field `{}` has no index", field.name),
            hint: "restore it with its indexes, or without loading it".into(),
        }),
    }
}
