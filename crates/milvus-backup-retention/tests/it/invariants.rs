//! What holds for every list of backups and every policy.

use std::collections::HashSet;

use jiff::SignedDuration;
use milvus_backup_core::{BackupId, BackupState, BackupVersion, DecisionAction};
use milvus_backup_retention::RetentionPolicy;
use proptest::prelude::*;

use crate::fixtures::{backup, now, of_partitions, policy};

fn any_policy() -> impl Strategy<Value = RetentionPolicy> {
    let ratio = prop::sample::select(vec![None, Some(0.0), Some(0.5), Some(1.0)]);
    ((0..6_u32, prop_oneof![Just(0), 1..40_u32], 0..5_u32), ratio)
        .prop_map(|(numbers, min_rows_ratio)| RetentionPolicy { min_rows_ratio, ..policy(numbers) })
}

/// Up to 20 backups of three collections and three series, with few or many rows, from 10 days ahead to 60 days ago,
/// several at one moment.
fn any_backups() -> impl Strategy<Value = Vec<BackupVersion>> {
    let rows = prop::sample::select(vec![0, 400, 900, 1000]);
    let one = (-40..240_i64, prop::sample::select(BackupState::ALL), 0..3_usize, 0..3_usize, rows);
    prop::collection::vec(one, 0..20).prop_map(|all| {
        let numbered = all.into_iter().zip(0..);
        numbered
            .map(|((quarter_days, state, collection, series, rows), number)| {
                let mut backup = backup(SignedDuration::from_hours(quarter_days * 6), state, number);
                ["a", "b", "a"][collection].clone_into(&mut backup.collection_name);
                ["default", "default", "shop"][collection].clone_into(&mut backup.database);
                backup.row_count = rows;
                if series > 0 {
                    of_partitions(&mut backup, ["p", "p q"][series - 1]);
                }
                backup
            })
            .collect()
    })
}

fn deleted(policy: &RetentionPolicy, backups: &[BackupVersion]) -> HashSet<BackupId> {
    policy.backups_to_delete(backups, now()).into_iter().map(|backup| backup.backup_id.clone()).collect()
}

proptest! {
    #[test]
    fn every_backup_is_decided_once_and_with_reasons(policy in any_policy(), backups in any_backups()) {
        let decisions = policy.decide(&backups, now());
        let mut decided: Vec<_> = decisions.iter().map(|decision| decision.backup_id.clone()).collect();
        let mut given: Vec<_> = backups.iter().map(|backup| backup.backup_id.clone()).collect();
        decided.sort();
        given.sort();
        prop_assert_eq!(decided, given);
        prop_assert!(decisions.iter().all(|decision| !decision.reasons.is_empty()));
    }

    #[test]
    fn order_of_the_input_does_not_matter(
        policy in any_policy(),
        (backups, shuffled) in any_backups().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        prop_assert_eq!(policy.decide(&backups, now()), policy.decide(&shuffled, now()));
    }

    #[test]
    fn another_rule_or_a_larger_number_never_deletes_more(
        policy in any_policy(),
        first_rule in 1..40_u32,
        more in (0..4_u32, 0..20_u32, 0..4_u32),
        backups in any_backups(),
    ) {
        // Without any rule a policy keeps everything, so the first rule may delete.
        let policy = if policy.keeps_everything() {
            RetentionPolicy { retention_days: first_rule, ..policy }
        } else {
            policy
        };
        let raised = RetentionPolicy {
            retention_count: policy.retention_count + more.0,
            retention_days: policy.retention_days + more.1,
            min_backups_to_keep: policy.min_backups_to_keep + more.2,
            ..policy
        };
        prop_assert!(deleted(&raised, &backups).is_subset(&deleted(&policy, &backups)));
    }

    #[test]
    fn applying_twice_is_applying_once(policy in any_policy(), backups in any_backups()) {
        let kept: Vec<_> = policy.backups_to_keep(&backups, now()).into_iter().cloned().collect();
        prop_assert_eq!(deleted(&policy, &kept), HashSet::new());
    }

    #[test]
    fn the_newest_complete_backup_and_the_minimum_of_each_series_stay(policy in any_policy(), backups in any_backups()) {
        let series_of = |backup: &BackupVersion| (backup.collection_label(), backup.series());
        for series in backups.iter().map(series_of).collect::<HashSet<_>>() {
            let of = |backup: &BackupVersion| series_of(backup) == series && backup.is_complete();
            let before = backups.iter().filter(|backup| of(backup)).count();
            let kept: Vec<_> = policy.backups_to_keep(&backups, now()).into_iter().filter(|b| of(b)).collect();
            prop_assert!(kept.len() >= before.min(policy.min_backups_to_keep.max(1) as usize));
            let newest = backups.iter().filter(|b| of(b)).max_by_key(|b| (b.created_at, b.backup_id.clone()));
            prop_assert!(newest.is_none_or(|newest| kept.contains(&newest)));
        }
    }

    #[test]
    fn backups_of_another_series_change_nothing(policy in any_policy(), backups in any_backups()) {
        let full: Vec<_> = backups.iter().filter(|backup| backup.is_full()).cloned().collect();
        let mixed = policy.decide(&backups, now());
        for decision in policy.decide(&full, now()) {
            prop_assert!(mixed.contains(&decision));
        }
    }

    #[test]
    fn the_future_and_work_under_way_stay(policy in any_policy(), backups in any_backups()) {
        let gone = deleted(&policy, &backups);
        for backup in &backups {
            let untouchable = backup.created_at > now()
                || matches!(backup.state, BackupState::InProgress | BackupState::Verifying | BackupState::None);
            prop_assert!(!(untouchable && gone.contains(&backup.backup_id)));
        }
    }

    #[test]
    fn an_incomplete_backup_changes_nothing_for_the_complete_ones(
        policy in any_policy(),
        backups in any_backups(),
    ) {
        let only_complete: Vec<_> = backups.iter().filter(|backup| backup.is_complete()).cloned().collect();
        let mixed = policy.decide(&backups, now());
        for decision in policy.decide(&only_complete, now()) {
            prop_assert!(mixed.contains(&decision));
        }
    }

    #[test]
    fn time_alone_never_saves_a_backup(policy in any_policy(), mut backups in any_backups(), hours in 0..500_i64) {
        for backup in &mut backups {
            backup.created_at = backup.created_at.min(now());
        }
        let later = policy.decide(&backups, now() + SignedDuration::from_hours(hours));
        let gone_later: HashSet<_> =
            later.into_iter().filter(|d| d.action == DecisionAction::Delete).map(|d| d.backup_id).collect();
        prop_assert!(deleted(&policy, &backups).is_subset(&gone_later));
    }
}
