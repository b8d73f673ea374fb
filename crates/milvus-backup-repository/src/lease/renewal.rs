//! A lease that is renewed in the background, and that reports its loss.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::BoxFuture;
use milvus_backup_core::{Clock, Environment, Lease, Result};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::dead::LIFETIME;
use super::held::Held;

/// Interval between two renewals of a lease.
pub(super) const RENEWAL: Duration = Duration::from_mins(1);

/// A lease that is renewed until it is released or dropped.
#[derive(Debug)]
pub(super) struct RenewedLease {
    held: Arc<Held>,
    lost: watch::Receiver<bool>,
    renewal: JoinHandle<()>,
}

impl RenewedLease {
    pub(super) fn new(held: Arc<Held>, environment: &Environment) -> Self {
        let (sender, lost) = watch::channel(false);
        let renewal = tokio::spawn(renew(Arc::clone(&held), Arc::clone(&environment.clock), sender));
        Self { held, lost, renewal }
    }
}

/// Renews a lease every minute, and reports its loss: if another operation has it, or if it could not be renewed for so
/// long that another machine may take it over.
async fn renew(held: Arc<Held>, clock: Arc<dyn Clock>, lost: watch::Sender<bool>) {
    let limit = LIFETIME.unsigned_abs().saturating_sub(RENEWAL);
    let mut renewed = clock.elapsed();
    loop {
        clock.sleep(RENEWAL).await;
        match held.renew(clock.now()).await {
            Ok(true) => renewed = clock.elapsed(),
            Ok(false) => break,
            Err(error) => {
                tracing::warn!(error = error.full_message(), "cannot renew the lock");
                if clock.elapsed().saturating_sub(renewed) >= limit {
                    break;
                }
            }
        }
    }
    // The receiver is gone if the lease was dropped.
    let _ = lost.send(true);
}

#[async_trait]
impl Lease for RenewedLease {
    async fn check(&self) -> Result<u64> {
        self.held.check().await
    }

    async fn epoch(&self) -> Result<u64> {
        self.held.epoch().await
    }

    fn lost(&self) -> BoxFuture<'static, ()> {
        let mut lost = self.lost.clone();
        async move {
            // A sender that is dropped without a value released the lease: nothing is lost.
            if lost.wait_for(|lost| *lost).await.is_err() {
                futures::future::pending::<()>().await;
            }
        }
        .boxed()
    }

    async fn release(&self) {
        self.held.release().await;
        self.renewal.abort();
    }
}

impl Drop for RenewedLease {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}
