//! The number of calls to a server in flight: lower while it applies back-pressure, and increasing while it does not.
//!
//! The limit grows by one for each round of accepted calls, and is halved when one is rejected for being too many, as
//! TCP does with its window (RFC 5681). It starts above the concurrency of any operation: only a server that applies
//! back-pressure is throttled.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use milvus_backup_core::{Environment, RetryPolicy};
use tokio::sync::Notify;

use crate::refusal::{CallResult, Failure, RefusalKind};
use crate::retry::retried;

/// Maximum number of concurrent calls.
const MAX_IN_FLIGHT: usize = 64;

/// Delay after a first refusal; it doubles, up to [`MAX_WAIT`].
const MIN_WAIT: Duration = Duration::from_millis(100);

const MAX_WAIT: Duration = Duration::from_secs(5);

/// Limits the calls in flight over one connection. Clones share the limit.
#[derive(Debug, Clone)]
pub(crate) struct RateLimiter {
    environment: Environment,
    window: Arc<Mutex<Window>>,
    freed: Arc<Notify>,
}

#[derive(Debug)]
struct Window {
    /// Number of calls that may be in flight.
    limit: usize,
    in_flight: usize,
    /// Number of calls that were accepted since the limit changed.
    taken: usize,
    /// Number of times that the limit was halved: calls that were sent before the last halving do not halve it again.
    halvings: u64,
}

impl Default for Window {
    fn default() -> Self {
        Self { limit: MAX_IN_FLIGHT, in_flight: 0, taken: 0, halvings: 0 }
    }
}

impl RateLimiter {
    /// Creates a limiter with the highest limit.
    pub(crate) fn new(environment: Environment) -> Self {
        Self { environment, window: Arc::default(), freed: Arc::default() }
    }

    /// Makes a call until it is accepted, fails permanently, or the retries are used up. Rate limiting does not consume
    /// retries: it is bounded by the deadline of the operation and by the time without progress.
    pub(crate) async fn retried<T, F, A>(&self, policy: RetryPolicy, mut call: A) -> CallResult<T>
    where
        A: FnMut() -> F + Send,
        F: Future<Output = CallResult<T>> + Send,
        T: Send,
    {
        let mut wait = MIN_WAIT;
        loop {
            let permit = self.acquire().await;
            match retried(&self.environment, policy, &mut call).await {
                Err(failure) if failure.is(RefusalKind::RateLimited) && policy.max_retries > 0 => {
                    permit.refused(&failure);
                }
                outcome => {
                    permit.taken();
                    return outcome;
                }
            }
            // Calls that were rejected together must not be repeated together.
            self.environment.sleep(wait + wait.mul_f64(self.environment.jitter())).await;
            wait = (wait * 2).min(MAX_WAIT);
        }
    }

    /// Waits until fewer calls than the limit are in flight.
    async fn acquire(&self) -> Permit {
        loop {
            let freed = self.freed.notified();
            if let Some(halvings) = self.lock().enter() {
                return Permit { limiter: self.clone(), halvings };
            }
            freed.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn enter(&mut self) -> Option<u64> {
        (self.in_flight < self.limit).then(|| {
            self.in_flight += 1;
            self.halvings
        })
    }

    fn taken(&mut self) {
        self.taken += 1;
        if self.taken >= self.limit {
            self.limit = (self.limit + 1).min(MAX_IN_FLIGHT);
            self.taken = 0;
        }
    }

    /// Sets the limit to half of the calls in flight, unless it was halved since the call was sent. Returns whether it
    /// did.
    fn refused(&mut self, halvings: u64) -> bool {
        let first = self.halvings == halvings;
        if first {
            self.limit = (self.in_flight / 2).max(1);
            self.taken = 0;
            self.halvings += 1;
        }
        first
    }
}

/// The permit for one call in flight.
#[derive(Debug)]
struct Permit {
    limiter: RateLimiter,
    halvings: u64,
}

impl Permit {
    fn taken(self) {
        self.limiter.lock().taken();
    }

    fn refused(self, failure: &Failure) {
        let mut window = self.limiter.lock();
        if window.refused(self.halvings) {
            let limit = window.limit;
            tracing::info!(%failure, limit, "the server rate-limits calls: fewer of them concurrently");
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.limiter.lock().in_flight -= 1;
        self.limiter.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::environment::system_environment;
    use crate::refusal::{Context, Refusal};

    const QUICK: RetryPolicy = RetryPolicy { max_retries: 1, delay: Duration::ZERO };

    fn too_many() -> Failure {
        let refusal = Refusal::Milvus { code: 8, reason: "rate limit exceeded".to_owned(), retriable: false };
        Failure::new(Context { call: "Query", uri: "http://localhost:19530", database: "default" }, refusal)
    }

    /// The server accepts a limited number of concurrent calls, and rejects all others.
    #[tokio::test]
    async fn a_server_that_takes_few_gets_few_and_all_calls_are_made() {
        let (limiter, inside, refusals) =
            (RateLimiter::new(system_environment()), AtomicUsize::new(0), AtomicUsize::new(0));
        let call = || async {
            let now = inside.fetch_add(1, Ordering::SeqCst);
            let taken = now < 3;
            if taken {
                system_environment().sleep(Duration::from_millis(5)).await;
            }
            inside.fetch_sub(1, Ordering::SeqCst);
            if taken {
                return Ok(());
            }
            refusals.fetch_add(1, Ordering::SeqCst);
            Err(too_many())
        };
        let calls = (0..100).map(|_| limiter.retried(QUICK, call));
        futures::future::try_join_all(calls).await.unwrap();
        let limit = limiter.lock().limit;
        assert!((1..=6).contains(&limit), "{limit}");
        let refusals = refusals.into_inner();
        assert!((1..100).contains(&refusals), "{refusals}");
        assert_eq!(limiter.lock().in_flight, 0);
    }

    #[tokio::test]
    async fn a_call_that_is_dropped_gives_its_permit_back() {
        let limiter = RateLimiter::new(system_environment());
        let never = || std::future::pending::<CallResult<()>>();
        let hanging = limiter.retried(QUICK, never);
        assert!(system_environment().within(Duration::from_millis(10), hanging).await.is_none());
        assert_eq!(limiter.lock().in_flight, 0);
    }

    #[tokio::test]
    async fn without_retries_a_refusal_is_an_error() {
        let refuse = || async { Err::<(), _>(too_many()) };
        assert!(RateLimiter::new(system_environment()).retried(RetryPolicy::NEVER, refuse).await.is_err());
    }

    #[test]
    fn one_round_of_refusals_halves_once() {
        let mut window = Window::default();
        let sent: Vec<u64> = (0..8).map(|_| window.enter().unwrap()).collect();
        let halved = sent.into_iter().filter(|halvings| window.refused(*halvings)).count();
        assert_eq!((halved, window.limit), (1, 4));
        (0..4).for_each(|_| window.taken());
        assert_eq!(window.limit, 5);
    }
}
