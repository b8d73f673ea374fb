//! Operations that take too long, and those that no longer move anything.

use std::time::Duration;

use milvus_backup_core::{BackupParams, Error, Interrupt, RestoreParams, Result, VerificationParams, VerificationType};
use milvus_backup_engine::BackupManager;
use milvus_backup_testkit::fakes::faults::{Fault, Faults, Gate, Point};

use crate::world::{World, cause, with};

/// Less than the time after which a transfer that moves nothing is ended.
const DEADLINE: Duration = Duration::from_mins(5);

/// Runs an operation of which one call hangs, and lets so much time pass then.
async fn hanging<T>(
    world: &World,
    call: &'static str,
    passing: Duration,
    operation: impl AsyncFnOnce(BackupManager) -> Result<T>,
) -> Error {
    let (faults, gate) = (Faults::new(), Gate::new());
    faults.inject(Point::call(call).and_all_after(), Fault::hang(&gate));
    let (manager, _) = world.faulty(&faults, Interrupt::never());
    let pass = async {
        gate.reached().await;
        // Whoever waits for the time has begun to.
        tokio::task::yield_now().await;
        world.clock.advance(passing);
    };
    let (outcome, ()) = futures::join!(Box::pin(operation(manager)), pass);
    cause(outcome.err().expect("it does not end"))
}

#[tokio::test]
async fn a_create_keeps_its_deadline_and_leaves_nothing() {
    let (world, films) = World::with_films().await;
    let params = with(BackupParams::full(), |params| params.timeout = Some(DEADLINE));
    for call in ["load_state", "open", "count_rows", "begin", "complete"] {
        let name = films.clone();
        let create = async |manager: BackupManager| manager.create_backup(&name, &params).await;
        let error = hanging(&world, call, DEADLINE, create).await;
        assert!(matches!(error, Error::DeadlineExceeded { seconds: 300 }), "{call}: {error}");
        assert_eq!(world.files().await, Vec::<String>::new(), "{call}");
        world.assert_tidy().await;
    }
}

#[tokio::test]
async fn a_transfer_that_moves_nothing_is_ended() {
    let (world, films) = World::with_films().await;
    let limit = Duration::from_mins(10);
    let create = async |manager: BackupManager| manager.create_backup(&films, &BackupParams::full()).await;
    let error = hanging(&world, "page", limit, create).await;
    assert!(matches!(error, Error::Stalled { seconds: 600 }), "{error}");
    assert_eq!(world.files().await, Vec::<String>::new());
    world.assert_tidy().await;
}

#[tokio::test]
async fn a_restore_and_a_verification_keep_theirs() {
    let (world, films) = World::with_films().await;
    let id = world.backed_up(&films, "b").await;
    let collection = world.reference(&films);
    let params = with(RestoreParams::to("copy".parse().unwrap()), |params| params.timeout = Some(DEADLINE));
    for call in ["create_collection", "flush", "stored_rows"] {
        let restore = async |manager: BackupManager| manager.restore_backup(&collection, &id, &params).await;
        let error = hanging(&world, call, DEADLINE, restore).await;
        assert!(matches!(error, Error::DeadlineExceeded { .. }), "{call}: {error}");
        world.assert_tidy().await;
    }
    for (verification_type, call) in
        [(VerificationType::Checksum, "get"), (VerificationType::Deep, "create_collection")]
    {
        let params = with(VerificationParams::checksum(), |params| {
            params.verification_type = verification_type;
            params.timeout = Some(DEADLINE);
        });
        let verify = async |manager: BackupManager| manager.verify_backup(&collection, &id, &params).await;
        let error = hanging(&world, call, DEADLINE, verify).await;
        assert!(matches!(error, Error::DeadlineExceeded { .. }), "{call}: {error}");
        world.assert_tidy().await;
    }
}
