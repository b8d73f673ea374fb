//! An environment for tests.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use milvus_backup_core::{Clock, Entropy, Environment, Interrupt, Result};

#[derive(Debug)]
struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> jiff::Timestamp {
        "2026-11-25T12:00:00Z".parse().unwrap()
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    #[expect(clippy::disallowed_methods, reason = "tests pause the time of tokio")]
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed()
    }
}

#[derive(Debug, Default)]
struct Counter(std::sync::atomic::AtomicU32);

impl Entropy for Counter {
    fn bytes(&self) -> Result<[u8; 4]> {
        Ok(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_be_bytes())
    }
}

/// Returns an environment whose clock stands still and whose random bytes are counted up.
pub(crate) fn environment() -> Environment {
    Environment { clock: Arc::new(FixedClock), entropy: Arc::new(Counter::default()), interrupt: Interrupt::never() }
}
