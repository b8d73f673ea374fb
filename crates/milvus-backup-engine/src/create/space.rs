//! Whether the backup fits where it is to be.

use arrow_array::RecordBatch;
use futures::StreamExt;
use milvus_backup_core::{BackupPlan, Error, Result, ScanPosition, ScanSession, ScanUnit};

use super::job::{CreateJob, Scan};

/// Bytes of rows that are read and encoded to estimate from.
const SAMPLE_BYTES: usize = 1 << 20;

/// Pages that are read for that at most.
const SAMPLE_PAGES: usize = 5;

/// What a backup takes besides its rows, and more.
const DOCUMENTS_BYTES: u64 = 1 << 20;

impl CreateJob<'_> {
    /// Compares what the backup will take with what is left. `written_bytes` are in place already.
    ///
    /// # Errors
    /// [`Error::InsufficientStorage`].
    pub(super) async fn require_space(&self, plan: &BackupPlan, scan: &Scan, written_bytes: u64) -> Result<()> {
        let store = &self.manager.repository.store;
        // An object store has no end.
        let Some(available_bytes) = store.available_bytes().await? else { return Ok(()) };
        let required_bytes = self.estimated_bytes(plan, scan).await?.saturating_sub(written_bytes) + DOCUMENTS_BYTES;
        if available_bytes >= required_bytes {
            return Ok(());
        }
        Err(Error::InsufficientStorage { required_bytes, available_bytes, path: store.location().to_owned() })
    }

    /// Estimates what the rows will take: as much for each as the first rows of the largest unit, encoded as planned. The
    /// schema does not say how long texts are, nor what compression makes of them.
    async fn estimated_bytes(&self, plan: &BackupPlan, scan: &Scan) -> Result<u64> {
        let rows: u64 = plan.partitions.iter().map(|partition| partition.expected_rows).sum();
        let Some(largest) = scan.units.iter().max_by_key(|unit| unit.estimated_rows()) else { return Ok(0) };
        let Some(sample) = sample(scan.session.as_ref(), largest).await? else { return Ok(0) };
        let sampled_rows = sample.num_rows().max(1) as u64;
        let format = &self.manager.repository.format;
        let sampled_bytes = format.estimate(&plan.encoding(), sample).await?;
        let bytes = u128::from(sampled_bytes) * u128::from(rows) / u128::from(sampled_rows);
        Ok(u64::try_from(bytes).unwrap_or(u64::MAX))
    }
}

/// Returns a page of about as many bytes as were asked for. The first ones are smaller where rows could be large.
async fn sample(session: &dyn ScanSession, unit: &ScanUnit) -> Result<Option<RecordBatch>> {
    let mut pages = session.read(unit, &ScanPosition::Start, SAMPLE_BYTES).take(SAMPLE_PAGES);
    let mut sample: Option<RecordBatch> = None;
    while let Some(page) = pages.next().await.transpose()? {
        let enough = page.get_array_memory_size() >= SAMPLE_BYTES / 2;
        // The last one has what is left.
        if sample.as_ref().is_none_or(|sample| sample.num_rows() < page.num_rows()) {
            sample = Some(page);
        }
        if enough {
            break;
        }
    }
    Ok(sample)
}
