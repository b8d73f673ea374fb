//! Time and randomness of the operating system. The rest of this crate never accesses either directly.

#![expect(clippy::disallowed_methods, reason = "this is where time and randomness come in")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use milvus_backup_core::{Clock, Entropy, Environment, Error, Interrupt, Result};

/// Returns the environment of a program: the time and the randomness of the operating system, and no interrupt.
pub fn system_environment() -> Environment {
    Environment { clock: Arc::new(SystemClock::new()), entropy: Arc::new(SystemEntropy), interrupt: Interrupt::never() }
}

/// The clock of the operating system.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Creates a clock whose elapsed time starts now.
    #[expect(clippy::new_without_default, reason = "each is another: its elapsed time begins when it is made")]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed()
    }
}

/// The randomness of the operating system.
#[derive(Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bytes(&self) -> Result<[u8; 4]> {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes)
            .map_err(|source| Error::Internal { action: "get random bytes".to_owned(), source: Box::new(source) })?;
        Ok(bytes)
    }
}
