//! The position of a backup in its series, on which the rules decide.

use jiff::Timestamp;
use milvus_backup_core::BackupSeries;

use crate::track::Place;

/// The position of a backup in its series. Complete backups dated in the future do not count.
#[derive(Debug)]
pub(crate) struct Position<'a> {
    /// The series of the backup.
    pub(crate) series: &'a BackupSeries,
    /// Number of newer complete backups, including shrunken ones.
    pub(crate) newer_complete: u64,
    /// Number of shrunken backups among these.
    pub(crate) newer_shrunken: u64,
    /// Whether the backup is itself shrunken.
    pub(crate) is_shrunken: bool,
    /// Whether the series has any complete backup.
    pub(crate) any_complete: bool,
    /// The places of the backup in the calendar, if it counts. Those of a shrunken one are among all that count, those of
    /// others among the ones that have not shrunk.
    pub(crate) places: Vec<Place>,
    /// Time of the newest backup among the same.
    pub(crate) newest: Option<Timestamp>,
    /// Whether the backup is the oldest among the same.
    pub(crate) is_oldest: bool,
}

impl Position<'_> {
    /// Returns the number of complete backups that precede this one in the counts. Shrunken ones precede only other
    /// shrunken ones, so that they never displace a good backup.
    pub(crate) fn rank(&self) -> u64 {
        if self.is_shrunken { self.newer_complete } else { self.newer_complete - self.newer_shrunken }
    }

    /// Returns the noun for the backups that are counted.
    pub(crate) fn counted(&self, adjective: &str) -> String {
        self.series.of(adjective) + self.limit_of_counts()
    }

    /// Returns the noun for several of the backups that are counted.
    pub(crate) fn counted_several(&self, adjective: &str) -> String {
        self.series.of_several(adjective) + self.limit_of_counts()
    }

    fn limit_of_counts(&self) -> &'static str {
        if self.newer_shrunken > 0 && !self.is_shrunken { " that has not shrunk" } else { "" }
    }
}
