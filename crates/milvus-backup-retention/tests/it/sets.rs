//! Sets that are kept whole.

use std::collections::HashSet;

use jiff::SignedDuration;
use milvus_backup_core::{BackupId, BackupState, BackupVersion, DecisionAction, KeepRules, Pin, SetId};
use milvus_backup_retention::RetentionPolicy;
use proptest::prelude::*;

use crate::fixtures::{backup, now};

/// A backup of a collection, so many days old, and of the set of that day if it has one.
fn member(collection: u32, days: i64, in_set: bool) -> BackupVersion {
    let age = SignedDuration::from_hours(24 * days);
    let number = u32::try_from(days).unwrap() * 100 + collection;
    let set_id = in_set.then(|| SetId::new(now() - age, [0; 4]));
    BackupVersion { collection_name: format!("c{collection}"), set_id, ..backup(age, BackupState::Verified, number) }
}

fn policy(whole_sets: bool) -> RetentionPolicy {
    let keep = KeepRules { whole_sets, ..KeepRules::OFF };
    RetentionPolicy { retention_count: 1, keep, ..RetentionPolicy::OFF }
}

fn kept(policy: &RetentionPolicy, backups: &[BackupVersion]) -> HashSet<BackupId> {
    policy.backups_to_keep(backups, now()).into_iter().map(|backup| backup.backup_id.clone()).collect()
}

#[test]
fn a_set_is_kept_as_long_as_a_rule_keeps_one_of_it() {
    // Of the second collection there is no newer backup.
    let backups = [member(1, 1, true), member(1, 2, true), member(2, 2, true), member(1, 3, true), member(3, 3, false)];
    assert_eq!(kept(&policy(false), &backups).len(), 3);
    let decisions = policy(true).decide(&backups, now());
    let by_set = decisions.iter().find(|decision| decision.backup_id == backups[1].backup_id).unwrap();
    assert_eq!(by_set.action, DecisionAction::Keep);
    let set_id = backups[1].set_id.as_ref().unwrap();
    assert_eq!(by_set.reasons, [format!("its set {set_id} is kept whole, of which rules keep 1")]);
    let deleted: Vec<_> = decisions.iter().filter(|decision| decision.action == DecisionAction::Delete).collect();
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0].backup_id, backups[3].backup_id, "no rule keeps anything of the oldest set");
}

#[test]
fn a_pinned_member_keeps_its_set() {
    let mut backups = [member(1, 1, true), member(2, 1, true), member(1, 2, true), member(2, 2, true)];
    assert_eq!(kept(&policy(true), &backups).len(), 2);
    backups[3].pin = Some(Pin::default());
    assert_eq!(kept(&policy(true), &backups).len(), 4);
}

proptest! {
    #[test]
    fn sets_are_kept_whole_or_not_at_all_and_nothing_else_changes(
        shape in proptest::collection::btree_set((1..5_u32, 1..8_i64), 1..25), in_sets in any::<bool>()
    ) {
        let backups: Vec<_> = shape.iter().map(|(collection, days)| member(*collection, *days, in_sets)).collect();
        let (alone, whole) = (kept(&policy(false), &backups), kept(&policy(true), &backups));
        prop_assert!(alone.is_subset(&whole));
        for backup in &backups {
            let of_set = |other: &&BackupVersion| other.set_id.is_some() && other.set_id == backup.set_id;
            let any = backups.iter().filter(of_set).any(|other| alone.contains(&other.backup_id));
            prop_assert_eq!(whole.contains(&backup.backup_id), any || alone.contains(&backup.backup_id));
        }
        let left: Vec<_> = backups.iter().filter(|backup| whole.contains(&backup.backup_id)).cloned().collect();
        prop_assert_eq!(kept(&policy(true), &left), whole, "applying it twice is applying it once");
    }
}
