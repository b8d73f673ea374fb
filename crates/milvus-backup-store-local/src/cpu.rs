//! Work that keeps a processor busy: on threads of its own, one for each processor.
//!
//! The threads that wait for disks are many. On them, such work would compete with itself, and what it allocates and frees
//! would be spread over the memory of all of them.

use std::sync::OnceLock;

use milvus_backup_core::{Error, Result, Source};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::sync::oneshot;

/// Does `work`, and gives what it gives. When nobody waits for that any more, it is still done to its end.
///
/// # Errors
/// Those of the work, and [`Error::Encoding`] when it panics, or there are no threads to be had.
pub(crate) async fn on_cpu<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (sender, receiver) = oneshot::channel();
    pool()?.spawn(move || drop(sender.send(work())));
    receiver.await.map_err(|source| failed("finish a background task", source))?
}

fn pool() -> Result<&'static ThreadPool> {
    static POOL: OnceLock<std::result::Result<ThreadPool, ThreadPoolBuildError>> = OnceLock::new();
    let built = POOL.get_or_init(|| {
        // The one who waits is told of a panic, because nobody sends an answer.
        ThreadPoolBuilder::new().thread_name(|number| format!("columns-{number}")).panic_handler(drop).build()
    });
    built.as_ref().map_err(|source| failed("start threads", source.to_string()))
}

fn failed(action: &str, source: impl Into<Source>) -> Error {
    Error::Encoding { action: action.to_owned(), source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_and_the_next_work_is_done() {
        assert!(on_cpu(|| -> Result<()> { panic!("on purpose") }).await.is_err());
        assert_eq!(on_cpu(|| Ok(7)).await.unwrap(), 7);
    }
}
