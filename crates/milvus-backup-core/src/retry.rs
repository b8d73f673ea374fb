//! How often what failed for a transient reason is tried again.

use std::time::Duration;

#[cfg(feature = "manager")]
use crate::environment::Environment;

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
    /// No retries.
    pub const NEVER: Self = Self { max_retries: 0, delay: Duration::ZERO };

    /// The delay before each retry, in order: as many as there are retries.
    ///
    /// ```
    /// use std::time::Duration;
    /// use milvus_backup_core::RetryPolicy;
    ///
    /// let delays: Vec<Duration> = RetryPolicy { max_retries: 2, delay: Duration::from_secs(5) }.delays().collect();
    /// assert_eq!(delays.len(), 2);
    /// assert!(delays[0] >= Duration::from_secs(5) && delays[1] >= Duration::from_secs(10));
    /// ```
    #[cfg(feature = "manager")]
    pub fn delays(self) -> impl Iterator<Item = Duration> + Send + Sync + Unpin {
        self.delays_by(fastrand::f64)
    }

    /// Returns the delay before each retry as [`RetryPolicy::delays`] does, with the randomness of an environment.
    #[cfg(feature = "manager")]
    pub fn delays_in(self, environment: &Environment) -> impl Iterator<Item = Duration> + Send + Sync + Unpin + use<> {
        let environment = environment.clone();
        self.delays_by(move || environment.jitter())
    }

    #[cfg(feature = "manager")]
    fn delays_by<J>(self, mut jitter: J) -> impl Iterator<Item = Duration> + Send + Sync + Unpin + use<J>
    where
        J: FnMut() -> f64 + Send + Sync + Unpin,
    {
        let longest = Duration::from_mins(1).max(self.delay);
        std::iter::successors(Some(self.delay), move |delay| Some(delay.saturating_mul(2).min(longest)))
            .take(self.max_retries as usize)
            // Many clients that lost the same server must not come back at the same moment.
            .map(move |delay| delay + delay.mul_f64(jitter()))
    }
}
