//! Full backups that hold far fewer rows than earlier ones.
//!
//! A collection that was emptied by mistake is backed up like any other. Its backups must not displace the good ones,
//! and the user should be warned.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::version::BackupVersion;
use crate::wording;

/// The share of the rows of the preceding backup below which a full backup counts as shrunken, unless the configuration
/// sets another one.
pub const DEFAULT_MIN_ROWS_RATIO: f64 = 0.5;

/// A full backup that holds far fewer rows than the last one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shrinkage<'a> {
    /// The backup that is shrunken.
    pub backup: &'a BackupVersion,
    /// The last complete full backup of the collection before it that was not itself shrunken.
    pub before: &'a BackupVersion,
}

/// Returns the shrunken backups of each collection, by collection and then oldest first.
///
/// A complete full backup is shrunken if it holds fewer rows than `min_rows_ratio` times those of the last complete
/// full backup before it that was not itself shrunken. Backups of partitions, incomplete ones and those dated after
/// `now` are ignored. A ratio of 0 finds none.
pub fn shrunken_backups(backups: &[BackupVersion], min_rows_ratio: f64, now: Timestamp) -> Vec<Shrinkage<'_>> {
    let mut collections: BTreeMap<(&str, &str), Vec<&BackupVersion>> = BTreeMap::new();
    for backup in backups.iter().filter(|backup| is_comparable(backup) && backup.created_at <= now) {
        collections.entry((backup.database_name(), &backup.collection_name)).or_default().push(backup);
    }
    let mut found = Vec::new();
    for mut history in collections.into_values() {
        history.sort_by_key(|backup| (backup.created_at, &backup.backup_id));
        let mut before: Option<&BackupVersion> = None;
        for backup in history {
            match before {
                Some(before) if has_shrunk(before.row_count, backup.row_count, min_rows_ratio) => {
                    found.push(Shrinkage { backup, before });
                }
                _ => before = Some(backup),
            }
        }
    }
    found
}

/// Describes the loss of rows in a new full backup of a collection; `None` if there is no significant loss.
///
/// `previous` are the earlier backups of the same collection, in any order; backups of partitions and incomplete ones
/// among them are ignored. `min_rows_ratio` is that of the configuration: `None` means [`DEFAULT_MIN_ROWS_RATIO`], and
/// 0 switches the check off.
///
/// ```
/// assert_eq!(milvus_backup_core::row_loss(&[], 0, None), None);
/// ```
pub fn row_loss(previous: &[BackupVersion], row_count: u64, min_rows_ratio: Option<f64>) -> Option<String> {
    let ratio = min_rows_ratio.unwrap_or(DEFAULT_MIN_ROWS_RATIO);
    let shrunken: Vec<_> = shrunken_backups(previous, ratio, Timestamp::MAX).into_iter().map(|s| s.backup).collect();
    let good = previous.iter().filter(|backup| is_comparable(backup) && !shrunken.contains(backup));
    let before = good.max_by_key(|backup| (backup.created_at, &backup.backup_id))?;
    has_shrunk(before.row_count, row_count, ratio).then(|| {
        let rows = wording::count(row_count, "row");
        format!("the backup has {rows}; the last full backup before it, {}, had {}", before.backup_id, before.row_count)
    })
}

fn is_comparable(backup: &BackupVersion) -> bool {
    backup.is_full() && backup.is_complete()
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of counts needs no more than 52 bits")]
fn has_shrunk(before: u64, after: u64, min_rows_ratio: f64) -> bool {
    (after as f64) < before as f64 * min_rows_ratio
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kinds::{BackupState, BackupType};
    use crate::names::BackupId;

    /// Returns full backups with these numbers of rows, oldest first.
    fn history(rows: &[u64]) -> Vec<BackupVersion> {
        (1..)
            .zip(rows)
            .map(|(day, row_count)| {
                let created_at = Timestamp::from_second(day * 86_400).unwrap();
                BackupVersion {
                    backup_id: BackupId::new(created_at, [0; 4]),
                    backup_name: day.to_string(),
                    database: "default".to_owned(),
                    collection_name: "docs".to_owned(),
                    created_at,
                    backup_type: BackupType::FullCollection,
                    partition_names: ["_default".to_owned()].into(),
                    is_partial: false,
                    row_count: *row_count,
                    size_bytes: 1,
                    state: BackupState::Completed,
                    is_verified: false,
                    tags: vec![],
                    set_id: None,
                    pin: None,
                }
            })
            .collect()
    }

    fn shrunken_rows(rows: &[u64], ratio: f64) -> Vec<u64> {
        let history = history(rows);
        shrunken_backups(&history, ratio, Timestamp::MAX).iter().map(|found| found.backup.row_count).collect()
    }

    #[test]
    fn each_backup_is_compared_with_the_last_one_that_had_not_shrunk() {
        assert_eq!(shrunken_rows(&[100, 10, 11, 60, 29], 0.5), [10, 11, 29]);
        assert_eq!(shrunken_rows(&[100, 50, 25], 0.5), [25; 0], "half is enough, again and again");
        assert_eq!(shrunken_rows(&[0, 0, 5, 0], 0.5), [0]);
        assert_eq!(shrunken_rows(&[100, 99], 1.0), [99]);
        assert_eq!(shrunken_rows(&[100, 0], 0.0), [0; 0]);
    }

    #[test]
    fn parts_and_incomplete_backups_are_not_compared() {
        let mut backups = history(&[100, 1, 2, 0]);
        backups[1].backup_type = BackupType::Partition;
        backups[2].state = BackupState::Failed;
        backups[3].is_partial = true;
        assert_eq!(shrunken_backups(&backups, 0.5, Timestamp::MAX), []);
        assert_eq!(shrunken_backups(&history(&[100, 1]), 0.5, Timestamp::from_second(86_400).unwrap()), []);
    }

    #[test]
    fn the_loss_in_a_new_backup_is_a_sentence() {
        let previous = history(&[2000, 0]);
        assert_eq!(
            row_loss(&previous, 1, None).unwrap(),
            "the backup has 1 row; the last full backup before it, 19700102T000000Z-00000000, had 2000"
        );
        assert_eq!(row_loss(&previous, 1000, None), None);
        assert!(row_loss(&previous, 1000, Some(0.9)).is_some());
        assert_eq!(row_loss(&previous, 0, Some(0.0)), None);
    }
}
