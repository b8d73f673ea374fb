//! A collection made from a backup: its definition, its rows, its indexes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use milvus_backup_core::schema::IndexDefinition;
use milvus_backup_core::{
    BackedUpDefinition, BackupState, CollectionName, Error, Progress, ProgressEvent, RestoreParams, RestorePlan, Result,
};

use super::attempt::Attempt;
use super::fill::Filled;
use super::tally::Tally;
use crate::BackupManager;

impl BackupManager {
    /// Makes the collection with its rows and indexes. When that fails for a reason that may pass, it is dropped and
    /// made once more, as often as calls are retried: of an insert whose answer was lost nobody knows what it did.
    pub(super) async fn make_anew(
        &self,
        attempt: &Attempt,
        plan: &RestorePlan,
        definition: &BackedUpDefinition,
        params: &RestoreParams,
    ) -> Result<(Filled, u64)> {
        self.note_unfinished(&attempt.source, &plan.target, &attempt.target, &plan.backup.metadata.backup_id).await;
        let mut delays = self.repository.config.retry_policy().delays();
        loop {
            let tally = Arc::new(Tally::new(Arc::clone(&self.repository.progress)));
            match self.make_once(attempt, plan, definition, params, &tally).await {
                Err(error) if error.retryable() => {
                    let Some(delay) = delays.next() else { return Err(error) };
                    tally.discard();
                    self.repository.progress.event(ProgressEvent::Warning {
                        message: format!("all rows are inserted once more, after this: {}", error.full_message()),
                    });
                    self.repository.environment.clock.sleep(delay).await;
                    if let Some(doomed) = attempt.doomed() {
                        self.milvus.drop_collection(doomed).await?;
                    }
                }
                outcome => return outcome,
            }
        }
    }

    async fn make_once(
        &self,
        attempt: &Attempt,
        plan: &RestorePlan,
        definition: &BackedUpDefinition,
        params: &RestoreParams,
        tally: &Arc<Tally>,
    ) -> Result<(Filled, u64)> {
        self.milvus.create_collection(&plan.target, &plan.schema).await?;
        attempt.created.store(true, Ordering::Release);
        let in_place = self.require_indexable(&plan.target, definition, params).await?;
        let progress: Arc<dyn Progress> = tally.clone();
        let filled = self.insert_rows(plan, true, &progress).await?;
        if in_place {
            return Ok((filled, definition.indexes.as_deref().unwrap_or_default().len() as u64));
        }
        let indexes = self.restore_indexes(&plan.target, definition, params).await?;
        Ok((filled, indexes))
    }

    /// Whether the server takes the indexes, found out before any row goes in: they are created on the empty collection,
    /// and removed again, since rows are inserted faster without. Returns whether they are still there, because this user may
    /// not remove them.
    ///
    /// # Errors
    /// [`Error::IndexRefused`].
    async fn require_indexable(
        &self,
        collection: &CollectionName,
        definition: &BackedUpDefinition,
        params: &RestoreParams,
    ) -> Result<bool> {
        if !params.restore_indexes || !self.milvus.capabilities().await?.checks_indexes {
            return Ok(false);
        }
        let indexes = definition.indexes.as_deref().unwrap_or_default();
        for index in indexes {
            self.milvus.create_index(collection, index).await.map_err(|error| refused_index(index, error))?;
        }
        for index in indexes {
            match self.milvus.drop_index(collection, index).await {
                Err(Error::PermissionDenied { .. }) => return Ok(true),
                dropped => dropped?,
            }
        }
        Ok(false)
    }

    async fn restore_indexes(
        &self,
        collection: &CollectionName,
        definition: &BackedUpDefinition,
        params: &RestoreParams,
    ) -> Result<u64> {
        let indexes = definition.indexes.as_deref().unwrap_or_default();
        if !params.restore_indexes || indexes.is_empty() {
            return Ok(0);
        }
        self.repository.progress.event(ProgressEvent::StateChanged {
            state: BackupState::InProgress,
            message: match indexes.len() {
                1 => "creating 1 index".to_owned(),
                number => format!("creating {number} indexes"),
            },
        });
        for index in indexes {
            self.milvus.create_index(collection, index).await.map_err(|error| refused_index(index, error))?;
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
