//! Retries of single calls.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use milvus_backup_core::{Error, Result};

/// How often and how fast a call that failed for a transient reason is tried again.
///
/// The delay doubles each time, up to a minute, with jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Retries after the first attempt; 0 switches them off.
    pub max_retries: u32,
    /// Delay before the first retry.
    pub delay: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_retries: 3, delay: Duration::from_secs(5) }
    }
}

impl RetryPolicy {
    /// Runs `attempt` until it succeeds, fails for good, or the retries are used up.
    pub(crate) async fn run<T, F, A>(&self, attempt: A) -> Result<T>
    where
        A: FnMut() -> F + Send,
        F: Future<Output = Result<T>> + Send,
    {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(self.delay)
            .with_max_delay(Duration::from_mins(1).max(self.delay))
            .with_max_times(self.max_retries as usize)
            .with_jitter();
        attempt
            .retry(backoff)
            .when(Error::retryable)
            .notify(|error, delay| tracing::warn!(%error, ?delay, "retrying"))
            .await
    }
}
