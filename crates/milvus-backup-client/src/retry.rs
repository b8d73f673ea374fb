//! Retries of single calls.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use milvus_backup_core::{Error, Result, RetryPolicy};

/// Runs `attempt` until it succeeds, fails for good, or the retries are used up.
pub(crate) async fn retried<T, F, A>(policy: RetryPolicy, attempt: A) -> Result<T>
where
    A: FnMut() -> F + Send,
    F: Future<Output = Result<T>> + Send,
{
    let backoff = ExponentialBuilder::default()
        .with_min_delay(policy.delay)
        .with_max_delay(Duration::from_mins(1).max(policy.delay))
        .with_max_times(policy.max_retries as usize)
        .with_jitter();
    attempt
        .retry(backoff)
        .when(Error::retryable)
        .notify(|error, delay| tracing::warn!(%error, ?delay, "retrying"))
        .await
}
