//! The progress of every operation that copies the files of a backup: between roots, into an archive and out of one.

use std::collections::BTreeMap;

use milvus_backup_core::{BackupId, BackupState, CollectionRef, Operation, ProgressEvent};

use super::bandwidth::Bandwidth;
use crate::BackupRepository;

impl BackupRepository {
    /// Reports that the copy of a backup starts.
    pub(crate) fn report_copy(&self, backup_id: &BackupId, collection: &CollectionRef) {
        self.progress.event(ProgressEvent::Started {
            operation: Operation::Copy,
            backup_id: backup_id.clone(),
            collection: collection.to_string(),
        });
    }

    /// Reports how many bytes of files are to be copied. Their rows are not counted.
    pub(crate) fn report_planned_bytes(&self, total_bytes: u64) {
        self.progress.event(ProgressEvent::Planned {
            state: BackupState::InProgress,
            total_rows: 0,
            total_bytes,
            partition_rows: BTreeMap::new(),
        });
    }

    /// Waits until `bytes` of a file may pass, if the bandwidth is limited, and reports them.
    pub(crate) async fn pass_bytes(&self, bandwidth: Option<&Bandwidth>, file: String, bytes: u64) {
        if let Some(bandwidth) = bandwidth {
            bandwidth.wait_for(bytes).await;
        }
        self.progress.event(ProgressEvent::Advanced { partition: file, rows: 0, bytes });
    }
}
