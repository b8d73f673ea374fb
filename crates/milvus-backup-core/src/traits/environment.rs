//! What the engine takes from the outside world: time, randomness and the wish to stop.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{BoxFuture, Either, Shared, select};
use jiff::Timestamp;

use crate::error::{Error, Result};

/// A source of time, which comes from outside.
pub trait Clock: Send + Sync + Debug {
    /// The present (UTC). May jump.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment. Never goes back.
    fn elapsed(&self) -> Duration;

    /// Waits for so long. Cancel-safe.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// A source of randomness, which comes from outside.
pub trait Entropy: Send + Sync + Debug {
    /// Four random bytes.
    ///
    /// # Errors
    /// When the operating system has none to give.
    fn bytes(&self) -> Result<[u8; 4]>;
}

/// The wish of someone outside that running operations end: cleanly, and soon.
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
        // The receiver is gone when no operation is left to interrupt.
        let _ = self.sender.send(());
    }
}

impl Interrupt {
    /// A handle and the interrupt it triggers. Dropping the handle requests nothing.
    pub fn new() -> (InterruptHandle, Self) {
        let (sender, receiver) = oneshot::channel();
        (InterruptHandle { sender }, Self { requested: receiver.shared() })
    }

    /// An interrupt that nobody requests.
    pub fn never() -> Self {
        Self::new().1
    }

    /// Whether the end was requested.
    pub fn is_requested(&self) -> bool {
        matches!(self.requested.clone().now_or_never(), Some(Ok(())))
    }

    /// Returns once the end was requested; never, when the handle was dropped.
    pub async fn wait(&self) {
        if self.requested.clone().await.is_err() {
            futures::future::pending::<()>().await;
        }
    }
}

/// Time, randomness and the wish to stop, together.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The source of time.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The wish to stop.
    pub interrupt: Interrupt,
}

impl Environment {
    /// Returns the time since some fixed moment, which never goes back.
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Waits for so long. Cancel-safe.
    pub async fn sleep(&self, duration: Duration) {
        self.clock.sleep(duration).await;
    }

    /// Waits for an operation for no longer than `limit`, and returns `None` when it takes longer: it is then dropped where it
    /// stands.
    pub async fn within<T>(&self, limit: Duration, operation: impl Future<Output = T>) -> Option<T> {
        match select(std::pin::pin!(operation), self.clock.sleep(limit)).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(_) => None,
        }
    }

    /// Returns a random fraction from 0 to 1, for those who must not all do the same at the same moment. Without randomness it is
    /// always the same.
    pub fn jitter(&self) -> f64 {
        let random = self.entropy.bytes().map_or(u32::MAX / 2, u32::from_le_bytes);
        f64::from(random) / f64::from(u32::MAX)
    }

    /// Runs `operation` until it ends, the deadline passes, or an interrupt is requested.
    ///
    /// In the last two cases the operation is dropped where it stands, and what it left is the caller's to remove.
    ///
    /// # Errors
    /// Those of the operation, [`Error::DeadlineExceeded`] and [`Error::Interrupted`].
    pub async fn bounded<T>(&self, deadline: Duration, operation: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let stop = async {
            let interrupted = std::pin::pin!(self.interrupt.wait());
            match select(interrupted, self.clock.sleep(deadline)).await {
                Either::Left(_) => Error::Interrupted,
                // Part of a second may have been used up before.
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
