//! The progress of a program that reports none: what grows while it runs.

use futures::future::{Either, select};

/// Runs `operation` to its end, and `watch` meanwhile.
pub(crate) async fn while_running<T>(operation: impl Future<Output = T>, watch: impl Future<Output = ()>) -> T {
    match select(std::pin::pin!(operation), std::pin::pin!(watch)).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), operation)) => operation.await,
    }
}
