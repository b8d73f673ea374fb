//! Retries of single calls.

use backon::Retryable;
use milvus_backup_core::RetryPolicy;

use crate::refusal::{CallResult, RefusalKind};

/// Runs `attempt` until it succeeds, fails for good, is refused for being one too many, or the retries are used up.
pub(crate) async fn retried<T, F, A>(policy: RetryPolicy, attempt: A) -> CallResult<T>
where
    A: FnMut() -> F + Send,
    F: Future<Output = CallResult<T>> + Send,
{
    attempt
        .retry(policy.delays())
        .when(|failure| failure.retryable() && !failure.is(RefusalKind::RateLimited))
        .notify(|failure, delay| tracing::warn!(%failure, ?delay, "retrying"))
        .await
}
