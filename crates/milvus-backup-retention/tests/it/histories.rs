//! What holds over time: backups of every kind are made, and policies are applied again and again.

use std::collections::{BTreeSet, HashSet};

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{BackupId, BackupState, BackupVersion, latest_full_backup};
use milvus_backup_retention::RetentionPolicy;
use proptest::prelude::*;

use crate::fixtures::{Numbers, backup, now, of_partitions, policy};

/// What a nightly run may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A full backup of a collection as it should be: 1000 rows, more or less.
    Good,
    /// A full backup of a collection that was emptied.
    Emptied,
    /// A full backup in which a verification found damage.
    Damaged,
    /// A full backup without some partition.
    Partial,
    /// A backup of partition `p`, and one of `p` and `q`.
    Part,
    Parts,
    /// A backup of partition `p` without it.
    PartialPart,
}

/// One night: what is made of which collection, hours after the night before, and the policy that is applied then.
type Night = (Kind, usize, i64, Numbers);

fn nights() -> impl Strategy<Value = Vec<Night>> {
    use Kind::{Damaged, Emptied, Good, Part, Partial, PartialPart, Parts};
    let kind = prop::sample::select(vec![Good, Good, Emptied, Emptied, Damaged, Partial, Part, Parts, PartialPart]);
    let numbers = (0..4_u32, prop_oneof![Just(0), 1..20_u32], 0..3_u32);
    prop::collection::vec((kind, 0..2_usize, 1..100_i64, numbers), 1..40)
}

fn made(kind: Kind, collection: usize, at: Timestamp, number: u32) -> BackupVersion {
    let state = match kind {
        Kind::Damaged => BackupState::Failed,
        Kind::Partial | Kind::PartialPart => BackupState::PartiallyCompleted,
        _ => BackupState::Completed,
    };
    let mut backup = backup(now().duration_since(at), state, number);
    ["docs", "films"][collection].clone_into(&mut backup.collection_name);
    backup.row_count = if kind == Kind::Emptied { u64::from(number % 100) } else { 900 + u64::from(number) };
    match kind {
        Kind::Part | Kind::PartialPart => of_partitions(&mut backup, "p"),
        Kind::Parts => of_partitions(&mut backup, "p q"),
        _ => {}
    }
    backup
}

/// A repository whose nights have passed, and what was made in them.
#[derive(Default)]
struct Repository {
    backups: Vec<BackupVersion>,
    emptied: HashSet<BackupId>,
}

impl Repository {
    /// Makes a backup, applies a policy, and returns what it deleted.
    fn night(
        &mut self,
        kind: Kind,
        made: BackupVersion,
        policy: &RetentionPolicy,
        at: Timestamp,
    ) -> Vec<BackupVersion> {
        if kind == Kind::Emptied {
            self.emptied.insert(made.backup_id.clone());
        }
        self.backups.push(made);
        let gone: Vec<BackupVersion> = policy.backups_to_delete(&self.backups, at).into_iter().cloned().collect();
        self.backups.retain(|backup| !gone.contains(backup));
        gone
    }

    fn is_good(&self, backup: &BackupVersion) -> bool {
        backup.is_full() && backup.is_complete() && !self.emptied.contains(&backup.backup_id)
    }

    /// The good full backups that are left.
    fn good(&self) -> BTreeSet<BackupId> {
        self.backups.iter().filter(|backup| self.is_good(backup)).map(|backup| backup.backup_id.clone()).collect()
    }

    /// What `latest` means for each collection.
    fn latest(&self) -> Vec<&BackupVersion> {
        let of = |collection: &str| {
            let of: Vec<BackupVersion> =
                self.backups.iter().filter(|backup| backup.collection_name == collection).cloned().collect();
            latest_full_backup(&of, &[]).backup_id
        };
        let chosen: Vec<BackupId> = ["docs", "films"].into_iter().filter_map(of).collect();
        self.backups.iter().filter(|backup| chosen.contains(&backup.backup_id)).collect()
    }
}

/// Whether `backup` was the newest of those of its series that `counts` holds for.
fn was_newest(backup: &BackupVersion, all: &[BackupVersion], counts: impl Fn(&BackupVersion) -> bool) -> bool {
    let newer = |other: &BackupVersion| {
        (&other.collection_name, other.series()) == (&backup.collection_name, backup.series())
            && (other.created_at, &other.backup_id) > (backup.created_at, &backup.backup_id)
    };
    counts(backup) && !all.iter().any(|other| counts(other) && newer(other))
}

proptest! {
    #[test]
    fn the_newest_of_every_series_survives_and_latest_is_whole(
        nights in nights(),
        min_rows_ratio in prop::sample::select(vec![None, Some(0.0), Some(0.5)]),
    ) {
        let mut repository = Repository::default();
        let mut at = now();
        for ((kind, collection, hours, numbers), number) in nights.into_iter().zip(0..) {
            at += SignedDuration::from_hours(hours);
            let policy = RetentionPolicy { min_rows_ratio, ..policy(numbers) };
            let before = [repository.backups.clone(), vec![made(kind, collection, at, number)]].concat();
            let gone = repository.night(kind, before[before.len() - 1].clone(), &policy, at);
            for backup in gone {
                prop_assert!(!was_newest(&backup, &before, BackupVersion::is_complete), "{backup:?}");
                let protects_good = min_rows_ratio == Some(0.5);
                prop_assert!(!(protects_good && was_newest(&backup, &before, |b| repository.is_good(b))), "{backup:?}");
            }
            for latest in repository.latest() {
                prop_assert!(latest.is_full() && !latest.is_partial, "{latest:?}");
            }
            for backup in &repository.backups {
                let all: Vec<String> = backup.partition_names.iter().cloned().collect();
                prop_assert_eq!(backup.is_whole_with(&all), backup.is_full() && !backup.is_partial);
                let some = all.get(1..).unwrap_or_default();
                prop_assert!(all.is_empty() || !backup.is_whole_with(some), "a part replaces a whole: {:?}", backup);
            }
        }
    }

    #[test]
    fn good_backups_survive_as_if_no_collection_had_ever_been_emptied(nights in nights()) {
        let mut repository = Repository::default();
        let mut without = Repository::default();
        let mut at = now();
        for ((kind, collection, hours, numbers), number) in nights.into_iter().zip(0..) {
            at += SignedDuration::from_hours(hours);
            let policy = RetentionPolicy { min_rows_ratio: Some(0.5), ..policy(numbers) };
            let backup = made(kind, collection, at, number);
            repository.night(kind, backup.clone(), &policy, at);
            if kind == Kind::Emptied {
                let gone = policy.backups_to_delete(&without.backups, at).into_iter().cloned().collect::<Vec<_>>();
                without.backups.retain(|backup| !gone.contains(backup));
            } else {
                without.night(kind, backup, &policy, at);
            }
            prop_assert_eq!(repository.good(), without.good());
        }
    }
}
