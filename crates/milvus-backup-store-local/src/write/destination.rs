//! Where the data files of one backup go, and how they are encoded.

use std::sync::Arc;

use milvus_backup_core::RowEncoding;
use milvus_backup_storage::{AbandonedUploads, Directory};

use super::parts::PartBuffers;

/// What all writers of one backup share. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Destination {
    pub(super) directory: Directory,
    pub(super) encoding: Arc<RowEncoding>,
    pub(super) buffers: PartBuffers,
    pub(super) abandoned: AbandonedUploads,
}
