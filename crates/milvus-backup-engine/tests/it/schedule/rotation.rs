//! Which backups are verified next, and how fresh they are.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{BackupMetadata, VerificationParams, VerificationRecord, VerificationType};
use milvus_backup_engine::{VerificationRound, freshness, unverified};

use crate::world::World;

const DAY: i64 = 86_400;

fn record(depth: VerificationType, verified_at: Timestamp) -> VerificationRecord {
    VerificationRecord {
        verification_type: depth,
        verified_at,
        success: true,
        files_verified: 5,
        files_failed: 0,
        row_groups_verified: 0,
        seed: None,
    }
}

/// Backups of four days, the oldest first, without a verification.
async fn backups() -> (Vec<BackupMetadata>, Timestamp) {
    let (world, films) = World::with_films().await;
    world.backed_up(&films, "a").await;
    let listing = world.reopened().list_backups(None).await.unwrap();
    let first = listing.backups[0].clone();
    let of_day = |day: i64| {
        let mut metadata = first.clone();
        metadata.created_at = first.created_at + SignedDuration::from_secs(day * DAY);
        metadata.backup_id = milvus_backup_core::BackupId::new(metadata.created_at, [0; 4]);
        metadata.set_verifications(Vec::new());
        metadata
    };
    let now = first.created_at + SignedDuration::from_secs(10 * DAY);
    ((0..4).map(of_day).collect(), now)
}

#[tokio::test]
async fn those_never_verified_come_first_and_then_those_that_wait_for_the_longest_time() {
    let (mut backups, now) = backups().await;
    let ago = |days: i64| now - SignedDuration::from_secs(days * DAY);
    backups[0].set_verifications(vec![record(VerificationType::Checksum, ago(8))]);
    backups[1].set_verifications(vec![record(VerificationType::Deep, ago(9))]);
    backups[2].set_verifications(vec![record(VerificationType::Checksum, ago(2))]);
    let ids: Vec<_> = backups.iter().map(|backup| backup.backup_id.clone()).collect();
    let order = |depth, days: u64| -> Vec<_> {
        let found = unverified(&backups, depth, Duration::from_hours(24 * days), now);
        found.into_iter().map(|backup| backup.backup_id).collect()
    };
    let expected = |order: &[usize]| -> Vec<_> { order.iter().map(|at| ids[*at].clone()).collect() };
    assert_eq!(order(VerificationType::Checksum, 7), expected(&[3, 1, 0]));
    assert_eq!(order(VerificationType::Checksum, 1), expected(&[3, 1, 0, 2]));
    // A verification by checksums does not stand for a deep one.
    assert_eq!(order(VerificationType::Deep, 7), expected(&[3, 2, 0, 1]));
    assert_eq!(order(VerificationType::Deep, 30), expected(&[3, 2, 0]));
    // A date in the future does not count.
    backups[3].set_verifications(vec![record(VerificationType::Checksum, ago(-1))]);
    assert_eq!(unverified(&backups, VerificationType::Checksum, Duration::from_hours(24), now)[0].last, None);
}

#[tokio::test]
async fn a_collection_is_stale_without_a_verified_backup_that_is_young_enough() {
    let (mut backups, now) = backups().await;
    let films = backups[0].collection().unwrap();
    let is_stale = |backups: &[BackupMetadata], days: u64| {
        let found = freshness(std::slice::from_ref(&films), backups, Duration::from_hours(24 * days), now);
        (found[0].is_stale, found[0].newest_verified)
    };
    assert_eq!(is_stale(&backups, 30), (true, None), "none is verified");
    backups[1].set_verifications(vec![record(VerificationType::Checksum, now)]);
    assert_eq!(is_stale(&backups, 9), (false, Some(backups[1].created_at)));
    assert_eq!(is_stale(&backups, 8), (true, Some(backups[1].created_at)));
    assert!(freshness(&[], &backups, Duration::from_hours(1), now).is_empty());
}

/// A round that is out of time is continued by the next one.
#[tokio::test]
async fn a_round_stops_at_its_budget_and_the_next_one_continues() {
    let (world, films) = World::with_films().await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(world.backed_up(&films, name).await);
    }
    let repository = world.reopened();
    let round = VerificationRound {
        params: VerificationParams::checksum(),
        older_than: Duration::from_secs(20),
        budget: Some(Duration::ZERO),
    };
    let left = round.run(&repository, None, |_, _| panic!("there is no time")).await.unwrap();
    assert!(left > 0, "they were verified when they were created, many readings of the clock ago");
    let mut verified = Vec::new();
    let round = VerificationRound { budget: None, ..round };
    let left = round.run(&repository, None, |backup, outcome| {
        assert!(outcome.unwrap().success);
        verified.push(backup.backup_id.clone());
    });
    assert_eq!(left.await.unwrap(), 0);
    assert_eq!(verified[0], ids[0], "the one that waits for the longest time");
}
