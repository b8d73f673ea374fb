//! From a list of backups to a decision on each: collection by collection, newest first.

use std::collections::BTreeMap;

use jiff::Timestamp;
use milvus_backup_core::{BackupVersion, DEFAULT_DATABASE, Decision};

use crate::policy::RetentionPolicy;
use crate::rules::{Position, is_complete, judge};

pub(crate) fn decide<'a>(
    policy: &RetentionPolicy,
    backups: &'a [BackupVersion],
    now: Timestamp,
) -> Vec<(&'a BackupVersion, Decision)> {
    let mut collections: BTreeMap<(&str, &str), Vec<&BackupVersion>> = BTreeMap::new();
    for backup in backups {
        collections.entry((database(backup), &backup.collection_name)).or_default().push(backup);
    }
    collections.into_values().flat_map(|backups| decide_collection(policy, backups, now)).collect()
}

fn decide_collection<'a>(
    policy: &RetentionPolicy,
    mut backups: Vec<&'a BackupVersion>,
    now: Timestamp,
) -> Vec<(&'a BackupVersion, Decision)> {
    backups.sort_by(|a, b| (b.created_at, &b.backup_id).cmp(&(a.created_at, &a.backup_id)));
    let counts = |backup: &BackupVersion| is_complete(backup) && backup.created_at <= now;
    let any_complete = backups.iter().any(|backup| counts(backup));
    let mut newer_complete = 0;
    let mut decided = Vec::with_capacity(backups.len());
    for backup in backups {
        let (action, reasons) = judge(policy, backup, Position { newer_complete, any_complete }, now);
        newer_complete += u64::from(counts(backup));
        let collection_name = backup.collection_label();
        decided.push((backup, Decision { backup_id: backup.backup_id.clone(), collection_name, action, reasons }));
    }
    decided
}

fn database(backup: &BackupVersion) -> &str {
    if backup.database.is_empty() { DEFAULT_DATABASE } else { &backup.database }
}
