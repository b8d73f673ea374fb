//! The policy for retrying operations that fail for a transient reason.

use std::time::Duration;

/// How often and how fast a call that failed for a transient reason is retried.
///
/// The delay doubles each time, up to one minute, with jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Number of retries after the first attempt; 0 switches them off.
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
    /// The policy of a call that is never retried.
    pub const NEVER: Self = Self { max_retries: 0, delay: Duration::ZERO };
}
