//! Time and randomness of the real world.

use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use milvus_backup_core::{Clock, Entropy, Error, Result};

/// The clock of the operating system.
#[derive(Debug)]
pub(crate) struct SystemClock {
    started: Instant,
}

impl SystemClock {
    pub(crate) fn new() -> Self {
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
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bytes(&self) -> Result<[u8; 4]> {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes)
            .map_err(|source| Error::Internal { action: "get random bytes".to_owned(), source: Box::new(source) })?;
        Ok(bytes)
    }
}
