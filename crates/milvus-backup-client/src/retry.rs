//! Retries of single calls.

use backon::Retryable;
use milvus_backup_core::{Error, Result, RetryPolicy};

/// Runs `attempt` until it succeeds, fails for good, or the retries are used up.
pub(crate) async fn retried<T, F, A>(policy: RetryPolicy, attempt: A) -> Result<T>
where
    A: FnMut() -> F + Send,
    F: Future<Output = Result<T>> + Send,
{
    attempt
        .retry(policy.delays())
        .when(Error::retryable)
        .notify(|error, delay| tracing::warn!(%error, ?delay, "retrying"))
        .await
}
