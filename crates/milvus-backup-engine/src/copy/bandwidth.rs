//! [`Bandwidth`]: the limit of the bytes that a copy moves per second.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use milvus_backup_core::Environment;

/// A limit that everything which is copied at a time shares.
#[derive(Debug)]
pub(crate) struct Bandwidth {
    bytes_per_second: u64,
    environment: Environment,
    /// The time, since the fixed moment of the clock, at which the link is free again.
    free: Mutex<Duration>,
}

impl Bandwidth {
    pub(crate) fn new(bytes_per_second: u64, environment: &Environment) -> Self {
        let free = Mutex::new(environment.elapsed());
        Self { bytes_per_second, environment: environment.clone(), free }
    }

    /// Waits until so many bytes may be sent. Cancel-safe: bytes that were waited for in vain count as sent.
    pub(crate) async fn wait_for(&self, bytes: u64) {
        let now = self.environment.elapsed();
        let start = {
            let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            let start = (*free).max(now);
            *free = start + self.time_of(bytes);
            start
        };
        let wait = start.saturating_sub(now);
        if !wait.is_zero() {
            self.environment.sleep(wait).await;
        }
    }

    fn time_of(&self, bytes: u64) -> Duration {
        let nanoseconds = u128::from(bytes) * 1_000_000_000 / u128::from(self.bytes_per_second.max(1));
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }
}
