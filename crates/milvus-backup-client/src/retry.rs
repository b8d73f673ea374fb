//! Retries of single calls.

use backon::Retryable;
use milvus_backup_core::{Result, RetryPolicy};

use crate::status::is_backpressure;

/// Runs `attempt` until it succeeds, fails for good, is refused for being one too many, or the retries are used up.
pub(crate) async fn retried<T, F, A>(policy: RetryPolicy, attempt: A) -> Result<T>
where
    A: FnMut() -> F + Send,
    F: Future<Output = Result<T>> + Send,
{
    attempt
        .retry(policy.delays())
        .when(|error| error.retryable() && !is_backpressure(error))
        .notify(|error, delay| tracing::warn!(%error, ?delay, "retrying"))
        .await
}
