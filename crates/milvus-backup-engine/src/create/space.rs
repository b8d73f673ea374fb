//! The check that the backup fits into the free space.

use arrow_array::RecordBatch;
use futures::StreamExt;
use milvus_backup_core::{BackupPlan, Result, ScanPosition, ScanSession, ScanUnit};

use super::job::{CreateJob, Scan};

/// Size of the sample of rows for the estimate, in bytes.
const SAMPLE_BYTES: usize = 1 << 20;

/// Maximum number of pages that are read for the sample.
const SAMPLE_PAGES: usize = 5;

/// Upper bound of the size of all documents of a backup, in bytes.
const DOCUMENTS_BYTES: u64 = 1 << 20;

impl CreateJob<'_> {
    /// Compares the estimated size of the backup with the free space. `written_bytes` are already stored.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::InsufficientStorage`].
    pub(super) async fn require_space(&self, plan: &BackupPlan, scan: &Scan, written_bytes: u64) -> Result<()> {
        let repository = &self.manager.repository;
        // An object store has no limit.
        let Some(available_bytes) = repository.store.available_bytes().await? else { return Ok(()) };
        let required_bytes = self.estimated_bytes(plan, scan).await?.saturating_sub(written_bytes) + DOCUMENTS_BYTES;
        repository.require_space(required_bytes, available_bytes)
    }

    /// Estimates the size of all rows from the first rows of the largest unit, encoded as planned. The schema alone determines
    /// neither the lengths of texts nor the effect of compression.
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

/// Returns a page of about the requested size. The first pages are smaller if rows could be large.
async fn sample(session: &dyn ScanSession, unit: &ScanUnit) -> Result<Option<RecordBatch>> {
    let mut pages = session.read(unit, &ScanPosition::Start, SAMPLE_BYTES).take(SAMPLE_PAGES);
    let mut sample: Option<RecordBatch> = None;
    while let Some(page) = pages.next().await.transpose()? {
        let enough = page.get_array_memory_size() >= SAMPLE_BYTES / 2;
        // The last page may be smaller than an earlier one.
        if sample.as_ref().is_none_or(|sample| sample.num_rows() < page.num_rows()) {
            sample = Some(page);
        }
        if enough {
            break;
        }
    }
    Ok(sample)
}
