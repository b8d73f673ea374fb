//! The delays of a [`RetryPolicy`].

use std::time::Duration;

use super::environment::Environment;
use crate::retry::RetryPolicy;

impl RetryPolicy {
    /// Returns the delay before each retry, in order: one per retry, spread by the randomness of the environment.
    pub fn delays(self, environment: &Environment) -> impl Iterator<Item = Duration> + Send + Sync + Unpin + use<> {
        let environment = environment.clone();
        let longest = Duration::from_mins(1).max(self.delay);
        std::iter::successors(Some(self.delay), move |delay| Some(delay.saturating_mul(2).min(longest)))
            .take(self.max_retries as usize)
            // Jitter prevents many clients that lost the same server from reconnecting simultaneously.
            .map(move |delay| delay + delay.mul_f64(environment.jitter()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::FutureExt;
    use futures::future::BoxFuture;
    use jiff::Timestamp;

    use super::*;
    use crate::error::Result;
    use crate::traits::{Clock, Entropy, Interrupt};

    /// Time that stands still, and the same bytes every time.
    #[derive(Debug)]
    struct Fixed([u8; 4]);

    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }

        fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
            std::future::ready(()).boxed()
        }
    }

    impl Entropy for Fixed {
        fn bytes(&self) -> Result<[u8; 4]> {
            Ok(self.0)
        }
    }

    #[test]
    fn delays_double_up_to_a_minute_and_at_most_double_once_more_by_chance() {
        let seconds = |bytes: u8| {
            let environment = Environment {
                clock: Arc::new(Fixed([bytes; 4])),
                entropy: Arc::new(Fixed([bytes; 4])),
                interrupt: Interrupt::never(),
            };
            let policy = RetryPolicy { max_retries: 5, delay: Duration::from_secs(5) };
            policy.delays(&environment).map(|delay| delay.as_secs()).collect::<Vec<_>>()
        };
        assert_eq!(seconds(0), [5, 10, 20, 40, 60]);
        assert_eq!(seconds(u8::MAX), [10, 20, 40, 80, 120]);
    }
}
