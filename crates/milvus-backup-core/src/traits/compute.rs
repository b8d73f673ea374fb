//! CPU-bound work, which runs on a dedicated pool with one thread per processor.
//!
//! The blocking threads that wait for disks are many: CPU-bound work on them would compete with itself, and its
//! allocations would be spread over the arenas of all of them. On the threads of the asynchronous runtime it would
//! delay network I/O.

use std::sync::OnceLock;

use futures::channel::oneshot;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use crate::error::{Error, Result, Source};

/// Runs `work` on the compute pool and returns its result. The work is completed even if the returned future is
/// dropped.
///
/// # Errors
/// Those of the work, and [`Error::Internal`] if it panics, or if no threads can be started.
pub async fn spawn_compute<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (sender, receiver) = oneshot::channel();
    pool()?.spawn(move || drop(sender.send(work())));
    receiver.await.map_err(|_| internal("finish a background task", "it panicked"))?
}

fn pool() -> Result<&'static ThreadPool> {
    static POOL: OnceLock<std::result::Result<ThreadPool, ThreadPoolBuildError>> = OnceLock::new();
    let built = POOL.get_or_init(|| {
        // The caller detects a panic by the closed channel.
        ThreadPoolBuilder::new().thread_name(|number| format!("compute-{number}")).panic_handler(drop).build()
    });
    built.as_ref().map_err(|source| internal("start threads", source.to_string()))
}

fn internal(action: &str, source: impl Into<Source>) -> Error {
    Error::Internal { action: action.to_owned(), source: source.into() }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    #[test]
    fn a_panic_is_an_internal_error_and_the_next_work_is_done() {
        let panicked = block_on(spawn_compute(|| -> Result<()> { panic!("on purpose") }));
        assert!(matches!(panicked, Err(Error::Internal { .. })), "{panicked:?}");
        assert_eq!(block_on(spawn_compute(|| Ok(7))).unwrap(), 7);
    }
}
