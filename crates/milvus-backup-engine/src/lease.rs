//! Work that is done only as long as a lease is held.

use std::pin::pin;

use futures::future::{Either, select};
use milvus_backup_core::{Error, Lease, Result};

/// Does `work` as long as a lease is held. Once the lease is lost, the work is dropped at its current await point, and the
/// caller has to clean up after it.
///
/// # Errors
/// Those of the work, and [`Error::InProgress`] naming the operation that took the lease over.
pub(crate) async fn while_held<T>(lease: &dyn Lease, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
    match select(pin!(work), lease.lost()).await {
        Either::Left((outcome, _)) => outcome,
        // The check reports which operation has it.
        Either::Right(((), _)) => match lease.check().await {
            Err(lost) => Err(lost),
            Ok(_) => Err(Error::InProgress {
                resource: "backups of the collection".to_owned(),
                holder: "no operation: the lease could not be renewed in time".to_owned(),
            }),
        },
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use futures::FutureExt;
    use futures::future::{BoxFuture, pending, ready};

    use super::*;

    /// A lease that is lost or not, and that another operation has or not.
    #[derive(Debug)]
    struct Fake {
        lost: bool,
        taken_over: bool,
    }

    #[async_trait]
    impl Lease for Fake {
        async fn check(&self) -> Result<u64> {
            let taken = || Error::InProgress { resource: "backups".to_owned(), holder: "delete of another".to_owned() };
            if self.taken_over { Err(taken()) } else { Ok(1) }
        }

        fn lost(&self) -> BoxFuture<'static, ()> {
            if self.lost { ready(()).boxed() } else { pending().boxed() }
        }

        async fn release(&self) {}
    }

    #[tokio::test]
    async fn the_work_is_done_while_the_lease_is_held() {
        let held = Fake { lost: false, taken_over: false };
        assert_eq!(while_held(&held, async { Ok(7) }).await.unwrap(), 7);
        let failed = while_held(&held, async { Err::<(), _>(Error::Interrupted) }).await;
        assert!(matches!(failed, Err(Error::Interrupted)));
    }

    #[tokio::test]
    async fn the_loss_ends_work_that_never_would() {
        for (taken_over, named) in [(true, "delete of another"), (false, "could not be renewed")] {
            let lost = Fake { lost: true, taken_over };
            let error = while_held(&lost, pending::<Result<()>>()).await.unwrap_err();
            assert!(matches!(&error, Error::InProgress { holder, .. } if holder.contains(named)), "{error}");
        }
    }
}
