//! "Loaded" is what a server reports. For some seconds after it, or after a bulk import, Milvus 2.3 finds none of the rows
//! that came last, and counts none of them either: a backup that starts then would miss them and look complete.
//!
//! So the segments that are stored are compared with those that are loaded, and where some are missing, the rows that are
//! counted with those that are stored, until either comparison shows that nothing is missing.

use std::time::Duration;

use futures::future::try_join_all;
use milvus_backup_core::{BackupState, CollectionDescription, Error, ProgressEvent, ReadPoint, Result, ScanSession};

use super::job::CreateJob;
use super::shortage::Shortage;

/// How long rows that are stored may take to be found. Milvus 2.3.5 was seen to take 20 seconds.
const LIMIT: Duration = Duration::from_mins(1);

/// How long counts must stay the same to be believed, where the server does not report its segments. Milvus 2.3 looks for
/// new segments every 10 seconds.
const STABLE: Duration = Duration::from_secs(12);

/// How often it is asked.
const POLL: Duration = Duration::from_millis(250);

impl CreateJob<'_> {
    /// Waits until queries find all rows that are stored. Returns the partitions where they do not in the end.
    pub(super) async fn await_visibility(
        &mut self,
        description: &CollectionDescription,
        partitions: &[String],
    ) -> Result<Vec<Shortage>> {
        let (milvus, clock) = (&self.manager.catalog, &self.manager.repository.environment.clock);
        // A server that loads collections only as a whole has loaded them when it says so.
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
                // Where nothing but counts is known, rows that were deleted look like rows that are missing.
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

    /// The partitions of which fewer rows are counted than are stored.
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
