//! Ten years of hourly backups in a time zone with daylight saving: some fail, some are partial or damaged later, some
//! hours are missed, the clock is wrong at times, and the collection is emptied for a while. Retention runs each night.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::{BackupId, BackupState, BackupVersion, KeepRules};
use milvus_backup_retention::RetentionPolicy;

use crate::fixtures::{backup_at, state};

const NIGHTS: u32 = 3653;

/// A sequence of numbers that look random and are the same in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

struct Years {
    chance: Chance,
    backups: Vec<BackupVersion>,
    number: u32,
}

impl Years {
    /// Makes the backup of an hour, if it is made.
    fn hour(&mut self, at: Timestamp, is_emptied: bool) {
        let (outcome, late) = (self.chance.next(100), self.chance.next(3000));
        let created_at = match outcome {
            0..10 => return,
            // A clock that is wrong by up to half a year.
            10 => at + SignedDuration::from_hours(24 * i64::try_from(self.chance.next(360)).unwrap() - 180 * 24),
            _ => at + SignedDuration::from_secs(i64::try_from(late).unwrap()),
        };
        let letter = match outcome {
            11..18 => 'F',
            18..24 => 'P',
            24..60 => 'V',
            _ => 'C',
        };
        self.number += 1;
        let mut backup = backup_at(created_at, state(letter), self.number);
        backup.row_count = if is_emptied { 3 } else { 1000 };
        self.backups.push(backup);
    }

    /// Finds damage in one of the latest backups, now and then.
    fn damage(&mut self) {
        let which = usize::try_from(self.chance.next(500)).unwrap();
        if let Some(backup) = self.backups.iter_mut().rev().take(50).nth(which) {
            backup.state = BackupState::Failed;
        }
    }

    /// Returns the newest complete backup for which `counts` holds.
    fn newest(&self, now: Timestamp, counts: impl Fn(&BackupVersion) -> bool) -> Option<BackupId> {
        let complete = self.backups.iter().filter(|backup| backup.is_complete() && backup.created_at <= now);
        let newest =
            complete.filter(|backup| counts(backup)).max_by_key(|backup| (backup.created_at, &backup.backup_id));
        newest.map(|backup| backup.backup_id.clone())
    }

    /// Applies the policy as a night does, and checks what it must never do.
    fn prune(&mut self, policy: &RetentionPolicy, now: Timestamp) {
        let newest = [self.newest(now, |_| true), self.newest(now, |backup| backup.row_count > 100)];
        let gone: HashSet<BackupId> =
            policy.backups_to_delete(&self.backups, now).into_iter().map(|backup| backup.backup_id.clone()).collect();
        let before = self.backups.len();
        self.backups.retain(|backup| !gone.contains(&backup.backup_id));
        assert_eq!(before - gone.len(), self.backups.len());
        assert!(newest.iter().flatten().all(|id| !gone.contains(id)), "{now}: the newest good backup was removed");
    }
}

fn policy() -> RetentionPolicy {
    let keep = KeepRules {
        hourly: 24,
        daily: 7,
        weekly: 5,
        monthly: 12,
        yearly: 20,
        within: "6h".parse().unwrap(),
        time_zone: "Europe/Berlin".parse().unwrap(),
        ..KeepRules::OFF
    };
    RetentionPolicy { min_rows_ratio: Some(0.5), keep, ..RetentionPolicy::OFF }
}

#[test]
fn the_newest_good_backup_is_never_removed() {
    let policy = policy();
    let start: Timestamp = "2024-02-20T00:00:00Z".parse().unwrap();
    let mut years = Years { chance: Chance(7), backups: Vec::new(), number: 0 };
    let mut largest = 0;
    for night in 0..NIGHTS {
        // The collection is emptied for three weeks of each year.
        let is_emptied = night % 365 > 340;
        let midnight = start + SignedDuration::from_hours(24 * i64::from(night));
        for hour in 0..24 {
            years.hour(midnight + SignedDuration::from_hours(hour), is_emptied);
        }
        years.damage();
        let now = midnight + SignedDuration::from_hours(24);
        years.prune(&policy, now);
        largest = largest.max(years.backups.len());
        if night % 30 == 0 {
            assert!(policy.backups_to_delete(&years.backups, now).is_empty(), "{now}: a second run");
        }
    }
    // 24 + 7 + 5 + 12 + 10 good ones, as many of the emptied collection, what failed in the last hours, and the future.
    assert!(largest < 250, "{largest} backups at the same time");
    let complete: Vec<_> = years.backups.iter().filter(|backup| backup.is_complete()).collect();
    let of_year =
        |year: i16| complete.iter().filter(|b| policy.keep.time_zone.local(b.created_at).year() == year).count();
    assert!((2024..=2034).all(|year| of_year(year) > 0), "a year without a backup");
    assert!(complete.len() >= 24 + 7 + 12, "{} complete backups are left", complete.len());
}
