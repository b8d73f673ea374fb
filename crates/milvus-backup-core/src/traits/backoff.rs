//! The delays of a [`RetryPolicy`].

use std::time::Duration;

use super::environment::Environment;
use crate::retry::RetryPolicy;

impl RetryPolicy {
    /// Returns the delay before each retry, in order: one per retry.
    ///
    /// ```
    /// use std::time::Duration;
    /// use milvus_backup_core::RetryPolicy;
    ///
    /// let delays: Vec<Duration> = RetryPolicy { max_retries: 2, delay: Duration::from_secs(5) }.delays().collect();
    /// assert_eq!(delays.len(), 2);
    /// assert!(delays[0] >= Duration::from_secs(5) && delays[1] >= Duration::from_secs(10));
    /// ```
    pub fn delays(self) -> impl Iterator<Item = Duration> + Send + Sync + Unpin {
        self.delays_by(fastrand::f64)
    }

    /// Returns the delay before each retry like [`RetryPolicy::delays`], with the randomness of an environment.
    pub fn delays_in(self, environment: &Environment) -> impl Iterator<Item = Duration> + Send + Sync + Unpin + use<> {
        let environment = environment.clone();
        self.delays_by(move || environment.jitter())
    }

    fn delays_by<J>(self, mut jitter: J) -> impl Iterator<Item = Duration> + Send + Sync + Unpin + use<J>
    where
        J: FnMut() -> f64 + Send + Sync + Unpin,
    {
        let longest = Duration::from_mins(1).max(self.delay);
        std::iter::successors(Some(self.delay), move |delay| Some(delay.saturating_mul(2).min(longest)))
            .take(self.max_retries as usize)
            // Jitter prevents many clients that lost the same server from reconnecting simultaneously.
            .map(move |delay| delay + delay.mul_f64(jitter()))
    }
}
