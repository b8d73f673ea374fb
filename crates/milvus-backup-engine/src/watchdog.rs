//! The watchdog of transfers: one in which no rows move is aborted, so that it does not hang until its deadline.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::{Either, select};
use milvus_backup_core::{Clock, Error, Progress, ProgressEvent, Result};

use crate::BackupManager;

/// Forwards events, and records the time of the last one.
#[derive(Debug)]
struct Watched {
    inner: Arc<dyn Progress>,
    clock: Arc<dyn Clock>,
    /// The time of the last progress, in milliseconds of [`Clock::elapsed`].
    last: AtomicU64,
}

impl Watched {
    fn new(inner: Arc<dyn Progress>, clock: Arc<dyn Clock>) -> Self {
        let watched = Self { inner, clock, last: AtomicU64::new(0) };
        watched.note();
        watched
    }

    fn note(&self) {
        self.last.store(milliseconds(self.clock.elapsed()), Ordering::Relaxed);
    }

    /// Completes once no event has occurred for this long.
    async fn stalled(&self, limit: Duration) -> Error {
        loop {
            let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
            let idle = self.clock.elapsed().saturating_sub(last);
            let Some(left) = limit.checked_sub(idle).filter(|left| !left.is_zero()) else {
                return Error::Stalled { seconds: limit.as_secs() };
            };
            self.clock.sleep(left.max(Duration::from_millis(1))).await;
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Progress for Watched {
    fn event(&self, event: ProgressEvent) {
        self.note();
        self.inner.event(event);
    }
}

impl BackupManager {
    /// Runs a transfer that reports to the given progress, and aborts it if no progress is reported for
    /// `no_progress_timeout`.
    ///
    /// # Errors
    /// Those of the transfer, and [`Error::Stalled`].
    pub(crate) async fn watched<T, F>(
        &self,
        progress: &Arc<dyn Progress>,
        transfer: impl FnOnce(Arc<dyn Progress>) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        let watched = Arc::new(Watched::new(Arc::clone(progress), Arc::clone(&self.repository.environment.clock)));
        let stalled = watched.stalled(self.repository.config.no_progress_timeout);
        match select(std::pin::pin!(transfer(watched.clone())), std::pin::pin!(stalled)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right((error, _)) => Err(error),
        }
    }
}
