//! What holds for every list of backups and every policy.

use std::collections::HashSet;

use jiff::SignedDuration;
use milvus_backup_core::{BackupId, BackupState, BackupVersion, CalendarDuration, DecisionAction, KeepRules, Pin};
use milvus_backup_retention::RetentionPolicy;
use proptest::prelude::*;

use crate::fixtures::{backup, now, of_partitions, policy};

fn any_policy() -> impl Strategy<Value = RetentionPolicy> {
    let ratio = prop::sample::select(vec![None, Some(0.0), Some(0.5), Some(1.0)]);
    ((0..6_u32, prop_oneof![Just(0), 1..40_u32], 0..5_u32), ratio, any_rules())
        .prop_map(|(numbers, min_rows_ratio, keep)| RetentionPolicy { min_rows_ratio, keep, ..policy(numbers) })
}

/// Rules of which about half are off. Clocks are set back or forward within the time of [`any_backups`] in most zones.
fn any_rules() -> impl Strategy<Value = KeepRules> {
    let number = || prop_oneof![3 => Just(0), 2 => 1..4_u32, 1 => 4..30_u32];
    let numbers = (number(), number(), number(), number(), number(), number());
    let durations = [(); 6].map(|()| any_duration());
    let tags = prop::sample::select(vec!["", "a", "a,b"]);
    let zones = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
    ];
    (numbers, durations, tags, prop::sample::select(zones.to_vec())).prop_map(|(numbers, durations, tags, zone)| {
        let (last, hourly, daily, weekly, monthly, yearly) = numbers;
        let [within, within_hourly, within_daily, within_weekly, within_monthly, within_yearly] = durations;
        let tags = if tags.is_empty() { vec![] } else { vec![tags.parse().unwrap()] };
        let time_zone = zone.parse().unwrap();
        KeepRules {
            last,
            hourly,
            daily,
            weekly,
            monthly,
            yearly,
            within,
            within_hourly,
            within_daily,
            within_weekly,
            within_monthly,
            within_yearly,
            tags,
            whole_sets: false,
            time_zone,
        }
    })
}

fn any_duration() -> impl Strategy<Value = CalendarDuration> {
    let units = (0..2_u32, 0..3_u32, 0..40_u32, 0..50_u32);
    let some = units.prop_map(|(years, months, days, hours)| CalendarDuration { years, months, days, hours });
    prop_oneof![3 => Just(CalendarDuration::ZERO), 2 => some]
}

/// Adds to every rule that is on, and switches others on.
fn raised(rules: &KeepRules, by: &KeepRules) -> KeepRules {
    let longer = |one: &CalendarDuration, other: &CalendarDuration| CalendarDuration {
        years: one.years + other.years,
        months: one.months + other.months,
        days: one.days + other.days,
        hours: one.hours + other.hours,
    };
    KeepRules {
        last: rules.last + by.last,
        hourly: rules.hourly + by.hourly,
        daily: rules.daily + by.daily,
        weekly: rules.weekly + by.weekly,
        monthly: rules.monthly + by.monthly,
        yearly: rules.yearly + by.yearly,
        within: longer(&rules.within, &by.within),
        within_hourly: longer(&rules.within_hourly, &by.within_hourly),
        within_daily: longer(&rules.within_daily, &by.within_daily),
        within_weekly: longer(&rules.within_weekly, &by.within_weekly),
        within_monthly: longer(&rules.within_monthly, &by.within_monthly),
        within_yearly: longer(&rules.within_yearly, &by.within_yearly),
        tags: [rules.tags.clone(), by.tags.clone()].concat(),
        whole_sets: rules.whole_sets || by.whole_sets,
        time_zone: rules.time_zone.clone(),
    }
}

/// Up to 20 backups of three collections and three series, with few or many rows, some with tags and pins, from the near
/// future to hours, weeks or years ago, several at one moment.
fn any_backups() -> impl Strategy<Value = Vec<BackupVersion>> {
    let rows = prop::sample::select(vec![0, 400, 900, 1000]);
    let marks = (prop::sample::select(vec!["", "a", "b", "a b"]), prop::bool::weighted(0.1));
    let one = (-40..240_i64, prop::sample::select(BackupState::ALL), 0..3_usize, 0..3_usize, rows, marks);
    let steps = prop::sample::select(vec![20_i64, 6 * 60, 6 * 60, 5 * 24 * 60]);
    (steps, prop::collection::vec(one, 0..20)).prop_map(|(minutes, all)| {
        let numbered = all.into_iter().zip(0..);
        numbered
            .map(|((steps, state, collection, series, rows, (tags, is_pinned)), number)| {
                let mut backup = backup(SignedDuration::from_mins(steps * minutes), state, number);
                ["a", "b", "a"][collection].clone_into(&mut backup.collection_name);
                ["default", "default", "shop"][collection].clone_into(&mut backup.database);
                backup.row_count = rows;
                backup.tags = tags.split_whitespace().map(str::to_owned).collect();
                backup.pin = is_pinned.then(Pin::default);
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
        more_rules in any_rules(),
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
            keep: raised(&policy.keep, &more_rules),
            ..policy
        };
        prop_assert!(deleted(&raised, &backups).is_subset(&deleted(&policy, &backups)));
    }

    #[test]
    fn another_pin_or_tag_never_deletes_more(policy in any_policy(), backups in any_backups(), which in 0..20_usize) {
        let mut marked = backups.clone();
        if let Some(backup) = marked.get_mut(which) {
            backup.pin = Some(Pin::default());
            backup.tags.push("b".to_owned());
        }
        prop_assert!(deleted(&policy, &marked).is_subset(&deleted(&policy, &backups)));
    }

    #[test]
    fn pinned_and_tagged_backups_stay(policy in any_policy(), backups in any_backups()) {
        let gone = deleted(&policy, &backups);
        for backup in backups.iter().filter(|backup| gone.contains(&backup.backup_id)) {
            prop_assert!(backup.pin.is_none(), "{backup:?}");
            prop_assert!(!policy.keep.tags.iter().any(|tags| tags.is_subset_of(&backup.tags)), "{backup:?}");
        }
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
