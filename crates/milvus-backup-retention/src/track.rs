//! The backups of a series that count, and the periods of the calendar that they are in.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use milvus_backup_core::BackupVersion;

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
    newest: Option<&'a BackupVersion>,
    oldest: Option<&'a BackupVersion>,
    /// The periods that have a backup among those that were examined.
    seen: HashMap<Period, HashSet<String>>,
}

impl<'a> Track<'a> {
    /// Creates the track of `counted`, which are ordered newest first.
    pub(crate) fn new(counted: impl Iterator<Item = &'a BackupVersion> + Clone) -> Self {
        Self { newest: counted.clone().next(), oldest: counted.last(), seen: HashMap::new() }
    }

    /// Returns the places of the next backup in the periods that it is in.
    pub(crate) fn enter(&mut self, periods: &[(Period, String)]) -> Vec<Place> {
        let mut places = Vec::with_capacity(periods.len());
        for (period, containing) in periods {
            let seen = self.seen.entry(*period).or_default();
            let is_newest = seen.insert(containing.clone());
            let number = seen.len() as u64;
            places.push(Place { period: *period, containing: containing.clone(), number, is_newest });
        }
        places
    }

    /// Returns the time of the newest backup.
    pub(crate) fn newest(&self) -> Option<Timestamp> {
        self.newest.map(|newest| newest.created_at)
    }

    /// Returns whether no backup is older.
    pub(crate) fn is_oldest(&self, backup: &BackupVersion) -> bool {
        self.oldest.is_some_and(|oldest| oldest.backup_id == backup.backup_id)
    }
}
