//! Work that keeps a processor busy, on threads of its own: one for each processor.
//!
//! The threads that wait for disks are many. On them, such work would compete with itself, and what it allocates and frees
//! would be spread over the memory of all of them. The threads that wait for the network would not answer meanwhile.

use std::sync::OnceLock;

use futures::channel::oneshot;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use crate::error::{Error, Result, Source};

/// Runs `work` on the compute pool and returns its result. Work that nobody waits for any more is still done to its end.
///
/// # Errors
/// Those of the work, and [`Error::Internal`] when it panics, or when no threads can be started.
pub async fn spawn_compute<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (sender, receiver) = oneshot::channel();
    pool()?.spawn(move || drop(sender.send(work())));
    receiver.await.map_err(|_| internal("finish a background task", "it panicked"))?
}

fn pool() -> Result<&'static ThreadPool> {
    static POOL: OnceLock<std::result::Result<ThreadPool, ThreadPoolBuildError>> = OnceLock::new();
    let built = POOL.get_or_init(|| {
        // The one who waits is told of a panic, because nobody sends an answer.
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
