//! The scans of a verification, which are closed at its end, whatever ends it.

use std::sync::{Arc, Mutex, PoisonError};

use milvus_backup_core::{Result, ScanSession};

/// Sessions that are open.
#[derive(Debug, Default)]
pub(super) struct OpenScans {
    sessions: Mutex<Vec<Arc<dyn ScanSession>>>,
}

impl OpenScans {
    /// Adds a session, which is then closed by [`OpenScans::close`].
    pub(super) fn add(&self, session: &Arc<dyn ScanSession>) {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(session));
    }

    /// Closes all sessions.
    ///
    /// # Errors
    /// The first error of the source.
    pub(super) async fn close(&self) -> Result<()> {
        let sessions = std::mem::take(&mut *self.sessions.lock().unwrap_or_else(PoisonError::into_inner));
        let mut outcome = Ok(());
        for session in sessions {
            outcome = outcome.and(session.close().await);
        }
        outcome
    }
}
