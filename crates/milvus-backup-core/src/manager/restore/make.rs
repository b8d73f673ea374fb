//! A collection made from a backup: its definition, its rows, its indexes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::attempt::Attempt;
use super::fill::Filled;
use super::tally::Tally;
use crate::error::Result;
use crate::manager::BackupManager;
use crate::model::BackupState;
use crate::names::CollectionName;
use crate::params::RestoreParams;
use crate::progress::{Progress, ProgressEvent};
use crate::store::{BackedUpDefinition, RestorePlan};

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
        self.note_unfinished(&attempt.source, &plan.target, &attempt.target, &plan.metadata.backup_id).await;
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
        let progress: Arc<dyn Progress> = tally.clone();
        let filled = self.insert_rows(plan, true, &progress).await?;
        let indexes = self.restore_indexes(&plan.target, definition, params).await?;
        Ok((filled, indexes))
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
            message: format!("creating {} indexes", indexes.len()),
        });
        for index in indexes {
            self.milvus.create_index(collection, index).await?;
        }
        Ok(indexes.len() as u64)
    }
}
