//! Waits until queries find all stored rows. For some seconds after Milvus 2.3 reports a collection as loaded, and after a
//! bulk import, it neither finds nor counts the newest rows: a backup that started then would miss them and look complete.
//!
//! Therefore the stored segments are compared with the loaded ones, and if some are missing, the counted rows with the
//! stored ones, until either comparison shows that nothing is missing.

use std::time::Duration;

use futures::future::try_join_all;
use milvus_backup_core::{BackupState, CollectionDescription, Error, ProgressEvent, ReadPoint, Result, ScanSession};

use super::job::CreateJob;
use super::shortage::Shortage;

/// Time limit until stored rows are found. Milvus 2.3.5 was measured to take up to 20 seconds.
const LIMIT: Duration = Duration::from_mins(1);

/// Time for which counts must remain constant to be trusted if the server does not report its segments. Milvus 2.3 looks
/// for new segments every 10 seconds.
const STABLE: Duration = Duration::from_secs(12);

/// Interval between two comparisons.
const POLL: Duration = Duration::from_millis(250);

impl CreateJob<'_> {
    /// Waits until queries find all stored rows. Returns the partitions in which rows are still missing at the limit.
    pub(super) async fn await_visibility(
        &mut self,
        description: &CollectionDescription,
        partitions: &[String],
    ) -> Result<Vec<Shortage>> {
        let (milvus, clock) = (&self.manager.catalog, &self.manager.repository.environment.clock);
        // A server that loads collections only as a whole has loaded them once it reports so.
        if !milvus.capabilities().await?.partition_loading {
            return Ok(Vec::new());
        }
        let session = self.open_session(description, Some(ReadPoint::Unknown)).await?;
        let started = clock.elapsed();
        let (mut announced, mut stable_since, mut before) = (false, started, Vec::new());
        loop {
            let pending = session.pending_rows(partitions).await?;
            if pending == Some(0) {
                return Ok(Vec::new());
            }
            let shortages = self.shortages(session.as_ref(), description, partitions).await?;
            let now = clock.elapsed();
            if shortages != before {
                stable_since = now;
            }
            let believed = pending.is_none() && now.saturating_sub(stable_since) >= STABLE;
            if shortages.is_empty() || believed {
                // If only counts are known, deleted rows cannot be distinguished from missing ones.
                return Ok(Vec::new());
            }
            if now.saturating_sub(started) >= LIMIT {
                return Ok(shortages);
            }
            if !announced {
                announced = true;
                self.manager.repository.progress.event(ProgressEvent::StateChanged {
                    state: BackupState::InProgress,
                    message: format!("waiting until Milvus finds all stored rows of {}", self.collection.name),
                });
            }
            before = shortages;
            clock.sleep(POLL).await;
        }
    }

    /// Returns the partitions in which fewer rows are counted than are stored.
    async fn shortages(
        &self,
        session: &dyn ScanSession,
        description: &CollectionDescription,
        partitions: &[String],
    ) -> Result<Vec<Shortage>> {
        let (name, schema) = (&self.collection.name, &description.schema);
        let compared = try_join_all(partitions.iter().map(|partition| async move {
            let addressed = (!schema.has_partition_key()).then_some(partition.as_str());
            let stored = self.manager.sink.stored_rows(name, addressed).await?;
            let counted = session.count_rows(partition).await?;
            Ok::<_, Error>(Shortage { partition: partition.clone(), stored, counted })
        }));
        Ok(compared.await?.into_iter().filter(|partition| partition.counted < partition.stored).collect())
    }
}
