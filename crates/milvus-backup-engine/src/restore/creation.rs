//! The creation of a collection from a backup: its definition, its rows, its indexes.

use std::sync::Arc;

use milvus_backup_core::schema::IndexDefinition;
use milvus_backup_core::{
    BackedUpDefinition, BackupState, CollectionName, Error, Progress, ProgressEvent, RestoreMethod, RestorePlan, Result,
};

use super::insertion::InsertedRows;
use super::job::RestoreJob;
use super::optional_properties::without_optional;
use super::tally::Tally;
use super::undo_step::Undo;

impl RestoreJob<'_> {
    /// Creates the collection with its rows and indexes. After a transient failure it is dropped and recreated, as often as
    /// calls are retried: an insert whose response was lost may or may not have been carried out.
    pub(super) async fn create_with_retries(
        &mut self,
        plan: &RestorePlan,
        definition: &BackedUpDefinition,
    ) -> Result<(InsertedRows, u64)> {
        let (manager, backup_id) = (self.manager, &plan.backup.metadata.backup_id);
        manager.register_staging(&self.source, &plan.target, &self.target, backup_id).await;
        self.undo.push(Undo::Unregister(plan.target.clone()));
        if plan.target == self.staging {
            // A creation that is reported as failed may still take effect.
            self.undo.push(Undo::Drop(plan.target.clone()));
        }
        let (config, environment) = (&manager.repository.config, &manager.repository.environment);
        let mut delays = config.retry_policy().delays(environment);
        loop {
            let tally = Arc::new(Tally::new(Arc::clone(&self.manager.repository.progress)));
            match self.create_once(plan, definition, &tally).await {
                Err(error) if error.retryable() => {
                    let Some(delay) = delays.next() else { return Err(error) };
                    tally.discard();
                    self.manager.repository.progress.event(ProgressEvent::Warning {
                        message: format!("restarting the restore after: {}", error.full_message()),
                    });
                    environment.sleep(delay).await;
                    if plan.target == self.staging || self.created {
                        self.manager.catalog.drop_collection(&plan.target).await?;
                    }
                }
                outcome => return outcome,
            }
        }
    }

    async fn create_once(
        &mut self,
        plan: &RestorePlan,
        definition: &BackedUpDefinition,
        tally: &Arc<Tally>,
    ) -> Result<(InsertedRows, u64)> {
        if plan.method == RestoreMethod::Tool {
            let filled = self.fill_by_program(plan, tally).await?;
            let indexes = self.restore_indexes(&plan.target, definition).await?;
            return Ok((filled, indexes));
        }
        self.create_collection(plan).await?;
        if !self.created && plan.target != self.staging {
            self.undo.push(Undo::Drop(plan.target.clone()));
        }
        self.created = true;
        let in_place = self.require_indexable(&plan.target, definition).await?;
        let progress: Arc<dyn Progress> = tally.clone();
        let filled = self.manager.insert_rows(plan, self.rows.clone(), true, &progress).await?;
        if in_place {
            return Ok((filled, definition.indexes.as_deref().unwrap_or_default().len() as u64));
        }
        let indexes = self.restore_indexes(&plan.target, definition).await?;
        Ok((filled, indexes))
    }

    /// Creates the collection. If the server refuses it with the properties that do not change what rows mean, they are
    /// postponed: each is set at the end, and is left out if it is then refused as well.
    async fn create_collection(&mut self, plan: &RestorePlan) -> Result<()> {
        let catalog = self.manager.catalog.as_ref();
        self.postponed.clear();
        let refused = match catalog.create_collection(&plan.target, &plan.schema).await {
            Err(error @ Error::Milvus { retryable: false, .. }) => error,
            created => return created,
        };
        let (schema, optional) = without_optional(&plan.schema);
        if optional.is_empty() {
            return Err(refused);
        }
        match catalog.create_collection(&plan.target, &schema).await {
            // They are not the reason.
            Err(Error::Milvus { retryable: false, .. }) => Err(refused),
            created => {
                self.postponed = optional;
                created
            }
        }
    }

    /// Checks that the server accepts the indexes, before any rows are inserted: they are created on the empty collection, and
    /// dropped again, since inserts are faster without them. Returns whether they remain because this user may not drop them.
    ///
    /// # Errors
    /// [`Error::IndexRefused`].
    async fn require_indexable(&self, collection: &CollectionName, definition: &BackedUpDefinition) -> Result<bool> {
        if !self.params.restore_indexes || !self.manager.catalog.capabilities().await?.checks_indexes {
            return Ok(false);
        }
        let indexes = definition.indexes.as_deref().unwrap_or_default();
        for index in indexes {
            self.manager.catalog.create_index(collection, index).await.map_err(|error| refused_index(index, error))?;
        }
        for index in indexes {
            match self.manager.catalog.drop_index(collection, index).await {
                Err(Error::PermissionDenied { .. }) => return Ok(true),
                dropped => dropped?,
            }
        }
        Ok(false)
    }

    async fn restore_indexes(&self, collection: &CollectionName, definition: &BackedUpDefinition) -> Result<u64> {
        let indexes = definition.indexes.as_deref().unwrap_or_default();
        if !self.params.restore_indexes || indexes.is_empty() {
            return Ok(0);
        }
        self.manager.repository.progress.event(ProgressEvent::StateChanged {
            state: BackupState::InProgress,
            message: match indexes.len() {
                1 => "creating 1 index".to_owned(),
                number => format!("creating {number} indexes"),
            },
        });
        for index in indexes {
            self.manager.catalog.create_index(collection, index).await.map_err(|error| refused_index(index, error))?;
        }
        Ok(indexes.len() as u64)
    }
}

fn refused_index(index: &IndexDefinition, error: Error) -> Error {
    match error {
        Error::Milvus { message, retryable: false, .. } => {
            Error::IndexRefused { field: index.field_name.clone(), params: index.params.clone(), message }
        }
        error => error,
    }
}
