//! The selection of the backup that `latest` refers to.

use jiff::Timestamp;

use super::version::BackupVersion;
use crate::names::BackupId;

/// The backup that `latest` refers to for one collection, and the candidates that were considered. See
/// [`latest_full_backup`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LatestBackup {
    /// The selected backup, damaged or not; `None` if the collection has no full backup.
    pub backup_id: Option<BackupId>,
    /// Newer backups that were skipped, newest first: backups of partitions, and full ones that lack some partition.
    pub passed_over: Vec<BackupId>,
    /// The newest full backup that is complete and not known to be damaged. Differs from [`LatestBackup::backup_id`] if
    /// that one is damaged.
    pub newest_good: Option<BackupId>,
}

/// Chooses the newest complete full backup of a collection.
///
/// `backups` are the backups of one collection in any order, `unreadable` the identifiers of those whose metadata
/// cannot be read.
///
/// - A backup of some partitions, or one that lacks some partitions, is never chosen: a part does not stand for the
///   complete collection.
/// - A full backup in which a verification found damage is chosen, and so is one whose metadata cannot be read.
///   Choosing an older backup instead would hide the damage; the caller should fail, and may name
///   [`LatestBackup::newest_good`].
///
/// A backup whose metadata cannot be read is treated as the newest one of its second.
pub fn latest_full_backup(backups: &[BackupVersion], unreadable: &[BackupId]) -> LatestBackup {
    let mut all: Vec<Candidate<'_>> = backups.iter().map(Candidate::readable).collect();
    all.extend(unreadable.iter().map(Candidate::unreadable));
    all.sort_by(|a, b| b.age.cmp(&a.age));
    let chosen = all.iter().position(|candidate| candidate.is_eligible);
    let newer = &all[..chosen.unwrap_or(all.len())];
    LatestBackup {
        backup_id: chosen.map(|index| all[index].id().clone()),
        passed_over: newer.iter().map(|candidate| candidate.id().clone()).collect(),
        newest_good: all.iter().find(|candidate| candidate.is_good).map(|candidate| candidate.id().clone()),
    }
}

/// Sorts by time. For a backup that cannot be read, only the second in its identifier is known.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Age<'a> {
    second: i64,
    is_unreadable: bool,
    created_at: Timestamp,
    id: &'a BackupId,
}

struct Candidate<'a> {
    age: Age<'a>,
    is_eligible: bool,
    is_good: bool,
}

impl<'a> Candidate<'a> {
    fn readable(backup: &'a BackupVersion) -> Self {
        let created_at = backup.created_at;
        let age = Age { second: created_at.as_second(), is_unreadable: false, created_at, id: &backup.backup_id };
        let is_eligible = backup.is_full() && !backup.is_partial;
        Self { age, is_eligible, is_good: is_eligible && backup.is_complete() }
    }

    fn unreadable(id: &'a BackupId) -> Self {
        let created_at = id.time().unwrap_or(Timestamp::MAX);
        let age = Age { second: created_at.as_second(), is_unreadable: true, created_at, id };
        Self { age, is_eligible: true, is_good: false }
    }

    fn id(&self) -> &'a BackupId {
        self.age.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kinds::{BackupState, BackupType};

    /// Returns a backup of day `day`: `f` full, `p` of a partition, `i` full but partial, `d` full and damaged, `x`
    /// unreadable.
    fn id(day: i64) -> BackupId {
        BackupId::new(Timestamp::from_second(day * 86_400).unwrap(), [0; 4])
    }

    fn version(day: i64, kind: char) -> BackupVersion {
        BackupVersion {
            backup_id: id(day),
            backup_name: day.to_string(),
            database: "default".to_owned(),
            collection_name: "docs".to_owned(),
            created_at: Timestamp::from_second(day * 86_400).unwrap(),
            backup_type: if kind == 'p' { BackupType::Partition } else { BackupType::FullCollection },
            partition_names: ["a".to_owned()].into(),
            is_partial: kind == 'i',
            row_count: 1,
            size_bytes: 1,
            state: match kind {
                'i' => BackupState::PartiallyCompleted,
                'd' => BackupState::Failed,
                _ => BackupState::Completed,
            },
            is_verified: false,
            tags: vec![],
            set_id: None,
            pin: None,
        }
    }

    /// Chooses among backups of consecutive days, oldest first, and returns the days of the chosen, skipped and good
    /// ones.
    fn choose(kinds: &str) -> (Option<i64>, Vec<i64>, Option<i64>) {
        let numbered: Vec<(i64, char)> = (1..).zip(kinds.chars()).collect();
        let unreadable: Vec<BackupId> =
            numbered.iter().filter(|(_, kind)| *kind == 'x').map(|(day, _)| id(*day)).collect();
        let versions: Vec<BackupVersion> =
            numbered.iter().filter(|(_, kind)| *kind != 'x').map(|(day, kind)| version(*day, *kind)).collect();
        let latest = latest_full_backup(&versions, &unreadable);
        let day = |id: &BackupId| id.time().unwrap().as_second() / 86_400;
        (
            latest.backup_id.as_ref().map(day),
            latest.passed_over.iter().map(day).collect(),
            latest.newest_good.as_ref().map(day),
        )
    }

    #[test]
    fn the_newest_full_backup_is_meant_and_newer_parts_are_named() {
        assert_eq!(choose("ff"), (Some(2), vec![], Some(2)));
        assert_eq!(choose("fpi"), (Some(1), vec![3, 2], Some(1)));
        assert_eq!(choose("pip"), (None, vec![3, 2, 1], None));
        assert_eq!(choose(""), (None, vec![], None));
    }

    #[test]
    fn a_damaged_backup_counts_and_the_newest_good_one_is_known() {
        assert_eq!(choose("ffdp"), (Some(3), vec![4], Some(2)));
        assert_eq!(choose("fpx"), (Some(3), vec![], Some(1)));
        assert_eq!(choose("xf"), (Some(2), vec![], Some(2)));
        assert_eq!(choose("pd"), (Some(2), vec![], None));
    }

    #[test]
    fn a_backup_that_cannot_be_read_is_the_newest_of_its_second() {
        let latest = latest_full_backup(&[version(1, 'f')], &[BackupId::new(version(1, 'f').created_at, [0; 4])]);
        assert_eq!(latest.newest_good, Some(id(1)));
        assert!(latest.passed_over.is_empty());
    }
}
