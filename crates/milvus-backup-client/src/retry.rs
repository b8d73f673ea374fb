//! The retries of single calls.

use milvus_backup_core::{Environment, RetryPolicy};

use crate::refusal::{CallResult, RefusalKind};

/// Makes a call until it succeeds, fails permanently, is rate-limited, or the retries are used up.
pub(crate) async fn retried<T, F, A>(environment: &Environment, policy: RetryPolicy, mut call: A) -> CallResult<T>
where
    A: FnMut() -> F + Send,
    F: Future<Output = CallResult<T>> + Send,
{
    for delay in policy.delays(environment) {
        match call().await {
            Err(failure) if failure.retryable() && !failure.is(RefusalKind::RateLimited) => {
                tracing::warn!(%failure, ?delay, "retrying");
                environment.sleep(delay).await;
            }
            outcome => return outcome,
        }
    }
    call().await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use futures::FutureExt;
    use futures::future::BoxFuture;
    use jiff::Timestamp;
    use milvus_backup_core::{Clock, Entropy, Interrupt, Result};

    use super::*;
    use crate::refusal::{Context, Failure, Refusal};

    /// A clock that records waits instead of waiting.
    #[derive(Debug, Default)]
    struct Waits(Mutex<Vec<Duration>>);

    impl Clock for Waits {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn elapsed(&self) -> Duration {
            self.0.lock().unwrap().iter().sum()
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
            self.0.lock().unwrap().push(duration);
            std::future::ready(()).boxed()
        }
    }

    /// Randomness that is constant, in the middle of its range.
    #[derive(Debug)]
    struct Half;

    impl Entropy for Half {
        fn bytes(&self) -> Result<[u8; 4]> {
            Ok((u32::MAX / 2).to_le_bytes())
        }
    }

    fn failing(code: i32) -> Failure {
        let refusal = Refusal::Milvus { code, reason: "no".to_owned(), retriable: code == 1 };
        Failure::new(Context { call: "Query", uri: "http://localhost:19530", database: "default" }, refusal)
    }

    /// Returns the number of calls and the waits, for a server that always rejects with this code.
    async fn refused_with(code: i32) -> (u32, Vec<u64>) {
        let (waits, calls) = (Arc::<Waits>::default(), AtomicU32::new(0));
        let clock: Arc<dyn Clock> = waits.clone();
        let environment = Environment { clock, entropy: Arc::new(Half), interrupt: Interrupt::never() };
        let policy = RetryPolicy { max_retries: 2, delay: Duration::from_secs(10) };
        let call = || async {
            calls.fetch_add(1, Ordering::Relaxed);
            Err::<(), _>(failing(code))
        };
        assert!(retried(&environment, policy, call).await.is_err());
        let waited = waits.0.lock().unwrap().iter().map(Duration::as_secs).collect();
        (calls.into_inner(), waited)
    }

    #[tokio::test]
    async fn only_what_may_pass_is_tried_again_and_each_time_later() {
        assert_eq!(refused_with(1).await, (3, vec![14, 29]), "the server says that it may pass");
        assert_eq!(refused_with(65_535).await, (1, vec![]));
        assert_eq!(refused_with(8).await, (1, vec![]), "the rate limiter sees to that");
    }
}
