//! An environment whose clock is that of the system.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use milvus_backup_core::{Clock, Entropy, Environment, Interrupt, Result};

#[derive(Debug)]
struct SystemTime;

impl Clock for SystemTime {
    #[expect(clippy::disallowed_methods, reason = "the probe compares the clock of a server with it")]
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed()
    }
}

#[derive(Debug)]
struct ProcessId;

impl Entropy for ProcessId {
    fn bytes(&self) -> Result<[u8; 4]> {
        Ok(std::process::id().to_be_bytes())
    }
}

/// Returns an environment for a single test.
pub(crate) fn environment() -> Environment {
    Environment { clock: Arc::new(SystemTime), entropy: Arc::new(ProcessId), interrupt: Interrupt::never() }
}
