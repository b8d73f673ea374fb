//! Progress that can be discarded, for restores that are restarted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use milvus_backup_core::{Progress, ProgressEvent};

/// Forwards events, and records the rows and bytes of each partition.
#[derive(Debug)]
pub(super) struct Tally {
    inner: Arc<dyn Progress>,
    /// Transferred rows and bytes by partition.
    moved: Mutex<BTreeMap<String, (u64, u64)>>,
}

impl Tally {
    pub(super) fn new(inner: Arc<dyn Progress>) -> Self {
        Self { inner, moved: Mutex::default() }
    }

    /// Reports that all transferred rows are discarded.
    pub(super) fn discard(&self) {
        let moved = std::mem::take(&mut *self.moved.lock().unwrap_or_else(PoisonError::into_inner));
        for (partition, (rows, bytes)) in moved {
            self.inner.event(ProgressEvent::Discarded { partition, rows, bytes });
        }
    }
}

impl Progress for Tally {
    fn event(&self, event: ProgressEvent) {
        if let ProgressEvent::Advanced { partition, rows, bytes } = &event {
            let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
            let sums = moved.entry(partition.clone()).or_default();
            sums.0 += rows;
            sums.1 += bytes;
        }
        self.inner.event(event);
    }
}
