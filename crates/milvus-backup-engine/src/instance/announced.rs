//! The progress of one of several operations that run concurrently.

use std::sync::Arc;

use milvus_backup_core::{Progress, ProgressEvent};

/// Forwards the warnings of one operation, with its collection, and nothing else: the amounts of several operations cannot
/// be told apart.
#[derive(Debug)]
pub(super) struct Announced {
    inner: Arc<dyn Progress>,
    collection: String,
}

impl Announced {
    pub(super) fn new(inner: Arc<dyn Progress>, collection: String) -> Self {
        Self { inner, collection }
    }
}

impl Progress for Announced {
    fn event(&self, event: ProgressEvent) {
        if let ProgressEvent::Warning { message } = event {
            self.inner.event(ProgressEvent::Warning { message: format!("{}: {message}", self.collection) });
        }
    }
}
