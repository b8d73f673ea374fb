//! The decisions on a list of backups: series by series, newest first.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use milvus_backup_core::{BackupSeries, BackupVersion, Decision, shrunken_backups};

use crate::calendar::periods;
use crate::policy::RetentionPolicy;
use crate::position::Position;
use crate::rules::judge;
use crate::sets;
use crate::track::Track;

type Decided<'a> = Vec<(&'a BackupVersion, Decision)>;

/// Decides on every backup. The decisions are ordered by collection, and newest first within each.
pub(crate) fn decide<'a>(policy: &RetentionPolicy, backups: &'a [BackupVersion], now: Timestamp) -> Decided<'a> {
    let shrunken: HashSet<Key<'_>> =
        shrunken_backups(backups, policy.rule_ratio(), now).into_iter().map(|found| key(found.backup)).collect();
    let mut collections: BTreeMap<(&str, &str), BTreeMap<BackupSeries, Vec<&BackupVersion>>> = BTreeMap::new();
    for backup in backups {
        let series = collections.entry((backup.database_name(), &backup.collection_name)).or_default();
        series.entry(backup.series()).or_default().push(backup);
    }
    let mut decided = Vec::with_capacity(backups.len());
    for collection in collections.into_values() {
        let start = decided.len();
        for (series, backups) in collection {
            decided.extend(decide_series(policy, &series, backups, &shrunken, now));
        }
        decided[start..].sort_by(|(a, _), (b, _)| newest_first(a, b));
    }
    if policy.keep.whole_sets {
        sets::keep_whole(&mut decided);
    }
    decided
}

fn decide_series<'a>(
    policy: &RetentionPolicy,
    series: &BackupSeries,
    mut backups: Vec<&'a BackupVersion>,
    shrunken: &HashSet<Key<'_>>,
    now: Timestamp,
) -> Decided<'a> {
    backups.sort_by(|a, b| newest_first(a, b));
    let counts = |backup: &BackupVersion| backup.is_complete() && backup.created_at <= now;
    let is_shrunken = |backup: &BackupVersion| shrunken.contains(&key(backup));
    let counted = || backups.iter().copied().filter(|backup| counts(backup));
    let any_complete = counted().next().is_some();
    let mut all = Track::new(counted());
    let mut good = Track::new(counted().filter(|backup| !is_shrunken(backup)));
    let (mut newer_complete, mut newer_shrunken) = (0, 0);
    let mut decided = Vec::with_capacity(backups.len());
    for &backup in &backups {
        let is_shrunken = is_shrunken(backup);
        let mut places = Vec::new();
        if counts(backup) {
            let periods = periods(&policy.keep, backup.created_at);
            places = all.enter(&periods);
            if !is_shrunken {
                places = good.enter(&periods);
            }
        }
        let track = if is_shrunken { &all } else { &good };
        let (newest, is_oldest) = (track.newest(), track.is_oldest(backup));
        let position =
            Position { series, newer_complete, newer_shrunken, is_shrunken, any_complete, places, newest, is_oldest };
        let (action, reasons) = judge(policy, backup, &position, now);
        newer_complete += u64::from(counts(backup));
        newer_shrunken += u64::from(is_shrunken);
        let collection_name = backup.collection_label();
        decided.push((backup, Decision { backup_id: backup.backup_id.clone(), collection_name, action, reasons }));
    }
    decided
}

fn newest_first(a: &BackupVersion, b: &BackupVersion) -> std::cmp::Ordering {
    (b.created_at, &b.backup_id).cmp(&(a.created_at, &a.backup_id))
}

/// The key of a backup: identifiers are unique only within a collection.
type Key<'a> = (&'a str, &'a str, &'a str);

fn key(backup: &BackupVersion) -> Key<'_> {
    (backup.database_name(), &backup.collection_name, backup.backup_id.as_str())
}
