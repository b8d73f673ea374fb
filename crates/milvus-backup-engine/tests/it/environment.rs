//! Time that only passes where it is waited for, counted randomness, and events that are kept.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{Clock, Entropy, Environment, Interrupt, Progress, ProgressEvent, Result};
use tokio::sync::watch;

/// The longest wait that passes at once. Longer ones are deadlines and renewals, which end only when a test says so.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// A clock that moves by one second whenever it is read, and by what is waited.
#[derive(Debug)]
pub(crate) struct TestClock {
    readings: AtomicI64,
    waited: Arc<Mutex<Duration>>,
    /// The time that tests let pass.
    advanced: watch::Sender<Duration>,
}

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        let (advanced, _) = watch::channel(Duration::ZERO);
        Arc::new(Self { readings: AtomicI64::new(0), waited: Arc::default(), advanced })
    }

    /// Ends the long waits that end within this time.
    pub(crate) fn advance(&self, by: Duration) {
        self.advanced.send_modify(|advanced| *advanced += by);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let first: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        first + SignedDuration::from_secs(self.readings.fetch_add(1, Ordering::Relaxed))
    }

    fn elapsed(&self) -> Duration {
        *self.waited.lock().unwrap() + *self.advanced.borrow()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if duration > LONGEST_WAIT {
            let mut advanced = self.advanced.subscribe();
            let end = advanced.borrow().saturating_add(duration);
            return async move {
                if advanced.wait_for(|advanced| *advanced >= end).await.is_err() {
                    futures::future::pending::<()>().await;
                }
            }
            .boxed();
        }
        let waited = Arc::clone(&self.waited);
        async move {
            tokio::task::yield_now().await;
            *waited.lock().unwrap() += duration;
        }
        .boxed()
    }
}

/// Random bytes that are counted up.
#[derive(Debug, Default)]
struct CountedEntropy(AtomicU32);

impl Entropy for CountedEntropy {
    fn bytes(&self) -> Result<[u8; 4]> {
        Ok(self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes())
    }
}

/// An environment that nobody interrupts.
pub(crate) fn environment(clock: Arc<TestClock>) -> Environment {
    Environment { clock, entropy: Arc::new(CountedEntropy::default()), interrupt: Interrupt::never() }
}

/// Keeps the warnings.
#[derive(Debug, Default)]
pub(crate) struct Warnings(Mutex<Vec<String>>);

impl Warnings {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Progress for Warnings {
    fn event(&self, event: ProgressEvent) {
        if let ProgressEvent::Warning { message } = event {
            self.0.lock().unwrap().push(message);
        }
    }
}
