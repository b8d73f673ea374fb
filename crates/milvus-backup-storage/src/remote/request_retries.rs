//! How long a request is retried.
//!
//! Must always hold: a request is retried in one place only. The client of `object_store` retries requests, because
//! only it can repeat one part of an upload, one page of a listing, or the rest of a response. [`Retrying`]
//! repeats only failures that the client does not.
//!
//! [`Retrying`]: crate::retrying::Retrying

use std::time::Duration;

use milvus_backup_core::RetryPolicy;
use object_store::{BackoffConfig, RetryConfig};

/// Delay before the first retry of a request, unless the policy has a shorter one.
const FIRST_DELAY: Duration = Duration::from_millis(100);

/// Longest delay of a policy.
const MAX_DELAY: Duration = Duration::from_mins(1);

/// Number of retries of a request for each retry of the policy: requests are smaller than the calls that a policy is
/// written for, so they are repeated sooner and more often within the same time.
const REQUESTS_PER_RETRY: usize = 5;

/// Returns the retries of requests within the budget of a policy: as long as its delays take in total, without jitter.
pub(super) fn retries(policy: RetryPolicy) -> RetryConfig {
    let first = policy.delay.min(FIRST_DELAY);
    RetryConfig {
        backoff: BackoffConfig { init_backoff: first, max_backoff: policy.delay.min(MAX_DELAY).max(first), base: 2.0 },
        max_retries: REQUESTS_PER_RETRY
            * usize::try_from(policy.max_retries).unwrap_or(usize::MAX / REQUESTS_PER_RETRY),
        retry_timeout: total(policy),
    }
}

/// Returns the sum of the delays of a policy, each of which is twice the previous one.
fn total(policy: RetryPolicy) -> Duration {
    let delays = std::iter::successors(Some(policy.delay.min(MAX_DELAY)), |delay| Some((*delay * 2).min(MAX_DELAY)));
    let retries = usize::try_from(policy.max_retries.min(1000)).unwrap_or_default();
    delays.take(retries).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_that_of_the_policy() {
        let default = retries(RetryPolicy::default());
        assert_eq!((default.retry_timeout, default.max_retries), (Duration::from_secs(5 + 10 + 20), 15));
        assert_eq!(default.backoff.max_backoff, Duration::from_secs(5));
        let never = retries(RetryPolicy::NEVER);
        assert_eq!((never.retry_timeout, never.max_retries), (Duration::ZERO, 0));
        let long = retries(RetryPolicy { max_retries: 8, delay: Duration::from_secs(30) });
        assert_eq!(long.retry_timeout, Duration::from_secs(30 + 7 * 60));
    }
}
