//! The backups of a series that count, and the periods of the calendar that they are in.

use std::collections::HashSet;

use jiff::Timestamp;
use milvus_backup_core::{BackupVersion, KeepRules};

use crate::calendar::Period;

/// The place of a backup among those of its series that count, in the periods of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The kind of the period.
    pub(crate) period: Period,
    /// The period that the backup is in, in words.
    pub(crate) containing: String,
    /// The number of the period among those that have a backup, newest first: 1 for the newest.
    pub(crate) number: u64,
    /// Whether the backup is the newest one in it.
    pub(crate) is_newest: bool,
}

/// Backups of a series that count, examined newest first.
#[derive(Debug)]
pub(crate) struct Track<'a> {
    rules: &'a KeepRules,
    newest: Option<Timestamp>,
    oldest: Option<&'a BackupVersion>,
    seen: [HashSet<String>; Period::ALL.len()],
}

impl<'a> Track<'a> {
    /// Creates the track of `counted`, which are ordered newest first.
    pub(crate) fn new(rules: &'a KeepRules, counted: impl Iterator<Item = &'a BackupVersion> + Clone) -> Self {
        let newest = counted.clone().next().map(|backup| backup.created_at);
        Self { rules, newest, oldest: counted.last(), seen: Default::default() }
    }

    /// Returns the places of the next backup in the periods that rules examine.
    pub(crate) fn enter(&mut self, backup: &BackupVersion) -> Vec<Place> {
        let local = self.rules.time_zone.local(backup.created_at);
        let used = Period::ALL.into_iter().zip(&mut self.seen).filter(|(period, _)| period.is_used(self.rules));
        used.map(|(period, seen)| {
            let containing = period.containing(&local);
            let is_newest = seen.insert(containing.clone());
            Place { period, containing, number: seen.len() as u64, is_newest }
        })
        .collect()
    }

    /// Returns the time of the newest backup.
    pub(crate) fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// Returns whether no backup is older.
    pub(crate) fn is_oldest(&self, backup: &BackupVersion) -> bool {
        self.oldest.is_some_and(|oldest| oldest.backup_id == backup.backup_id)
    }
}
