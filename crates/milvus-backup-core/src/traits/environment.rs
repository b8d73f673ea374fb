//! The environment of the engine: time, randomness and interrupts.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{BoxFuture, Either, Shared, select};
use jiff::Timestamp;

use crate::error::{Error, Result};

/// A source of time, supplied by the caller.
pub trait Clock: Send + Sync + Debug {
    /// Returns the current time (UTC), which may jump.
    fn now(&self) -> Timestamp;

    /// Returns the time since a fixed moment. Never decreases.
    fn elapsed(&self) -> Duration;

    /// Waits for the duration. Cancel-safe.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// A source of randomness, supplied by the caller.
pub trait Entropy: Send + Sync + Debug {
    /// Returns four random bytes.
    ///
    /// # Errors
    /// [`crate::Error::Internal`] if the operating system provides none.
    fn bytes(&self) -> Result<[u8; 4]>;
}

/// A request from outside that running operations end soon and cleanly.
///
/// ```
/// use milvus_backup_core::Interrupt;
///
/// let (handle, interrupt) = Interrupt::new();
/// assert!(!interrupt.is_requested());
/// handle.request();
/// assert!(interrupt.is_requested());
/// ```
#[derive(Debug, Clone)]
pub struct Interrupt {
    requested: Shared<oneshot::Receiver<()>>,
}

/// Requests the end of the operations that hold the matching [`Interrupt`].
#[derive(Debug)]
pub struct InterruptHandle {
    sender: oneshot::Sender<()>,
}

impl InterruptHandle {
    /// Requests that the operations end.
    pub fn request(self) {
        // The receiver is gone if no operation is left to interrupt.
        let _ = self.sender.send(());
    }
}

impl Interrupt {
    /// Creates a handle and the interrupt it triggers. Dropping the handle requests nothing.
    pub fn new() -> (InterruptHandle, Self) {
        let (sender, receiver) = oneshot::channel();
        (InterruptHandle { sender }, Self { requested: receiver.shared() })
    }

    /// Returns an interrupt that is never requested.
    pub fn never() -> Self {
        Self::new().1
    }

    /// Returns whether the end was requested.
    pub fn is_requested(&self) -> bool {
        matches!(self.requested.clone().now_or_never(), Some(Ok(())))
    }

    /// Waits until the end is requested; forever if the handle was dropped.
    pub async fn wait(&self) {
        if self.requested.clone().await.is_err() {
            futures::future::pending::<()>().await;
        }
    }
}

/// Time, randomness and the interrupt of an operation.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The source of time.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The interrupt of the operations.
    pub interrupt: Interrupt,
}

impl Environment {
    /// Returns the time since a fixed moment, which never decreases.
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Waits for the duration. Cancel-safe.
    pub async fn sleep(&self, duration: Duration) {
        self.clock.sleep(duration).await;
    }

    /// Waits for an operation for at most `limit`. Returns `None` if it takes longer: the operation is then dropped at
    /// its current await point.
    pub async fn within<T>(&self, limit: Duration, operation: impl Future<Output = T>) -> Option<T> {
        match select(std::pin::pin!(operation), self.clock.sleep(limit)).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(_) => None,
        }
    }

    /// Returns a random fraction from 0 to 1, which spreads actions that must not all happen simultaneously. It is
    /// constant if no randomness is available.
    pub fn jitter(&self) -> f64 {
        let random = self.entropy.bytes().map_or(u32::MAX / 2, u32::from_le_bytes);
        f64::from(random) / f64::from(u32::MAX)
    }

    /// Runs `operation` until it ends, the deadline passes, or an interrupt is requested.
    ///
    /// In the last two cases the operation is dropped at its current await point, and the caller has to clean up after
    /// it.
    ///
    /// # Errors
    /// Those of the operation, [`Error::DeadlineExceeded`] and [`Error::Interrupted`].
    pub async fn bounded<T>(&self, deadline: Duration, operation: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let stop = async {
            let interrupted = std::pin::pin!(self.interrupt.wait());
            match select(interrupted, self.clock.sleep(deadline)).await {
                Either::Left(_) => Error::Interrupted,
                // A part of the last second may already have been used.
                Either::Right(_) => {
                    let seconds = deadline.saturating_add(Duration::from_millis(500)).as_secs();
                    Error::DeadlineExceeded { seconds }
                }
            }
        };
        match select(std::pin::pin!(operation), std::pin::pin!(stop)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right((error, _)) => Err(error),
        }
    }
}
