//! [`BackupVersion`]: the summary of a backup that rules examine, and the series it belongs to.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds::{BackupState, BackupType};
use super::metadata::BackupMetadata;
use super::pin::Pin;
use crate::names::{BackupId, DEFAULT_DATABASE};
use crate::set_id::SetId;

/// Number of partition names that the name of a series lists before it only counts them.
const NAMES_SHOWN: usize = 5;

/// The part of a backup's metadata that a retention policy examines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupVersion {
    /// The identifier of the backup.
    pub backup_id: BackupId,
    /// The name of the backup.
    pub backup_name: String,
    /// The database of the collection.
    pub database: String,
    /// The collection that was backed up.
    pub collection_name: String,
    /// Time at which the backup was started (UTC).
    pub created_at: Timestamp,
    /// Whether the backup covers the complete collection or named partitions.
    pub backup_type: BackupType,
    /// The requested partitions: those in the backup and those that failed.
    pub partition_names: BTreeSet<String>,
    /// Whether some of the requested partitions failed and are missing from the backup.
    pub is_partial: bool,
    /// Number of rows in the backup.
    pub row_count: u64,
    /// Bytes of all files of the backup.
    pub size_bytes: u64,
    /// The state of the backup. Only complete backups count towards the numbers that a policy keeps.
    pub state: BackupState,
    /// Whether the last verification found no damage.
    pub is_verified: bool,
    /// Labels chosen by the user.
    pub tags: Vec<String>,
    /// The set that the backup belongs to, if it is one of several that one operation made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_id: Option<SetId>,
    /// The mark that protects the backup from deletion, if it is pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
}

impl From<&BackupMetadata> for BackupVersion {
    fn from(metadata: &BackupMetadata) -> Self {
        let failed = metadata.failed_partitions.iter().map(|partition| &partition.name);
        Self {
            backup_id: metadata.backup_id.clone(),
            backup_name: metadata.backup_name.clone(),
            database: metadata.database.clone(),
            collection_name: metadata.collection_name.to_string(),
            created_at: metadata.created_at,
            backup_type: metadata.backup_type,
            partition_names: metadata.partition_names.iter().chain(failed).cloned().collect(),
            is_partial: metadata.is_partial(),
            row_count: metadata.row_count,
            size_bytes: metadata.size_bytes,
            state: metadata.effective_state(),
            is_verified: metadata.is_verified(),
            tags: metadata.tags.clone(),
            set_id: metadata.set_id.clone(),
            pin: metadata.pin.clone(),
        }
    }
}

impl BackupVersion {
    /// Returns the collection, prefixed with the database unless it is the default one: `db.collection`.
    pub fn collection_label(&self) -> String {
        if self.database_name() == DEFAULT_DATABASE {
            self.collection_name.clone()
        } else {
            format!("{}.{}", self.database, self.collection_name)
        }
    }

    /// Returns the database; an empty name means [`DEFAULT_DATABASE`].
    pub fn database_name(&self) -> &str {
        if self.database.is_empty() { DEFAULT_DATABASE } else { &self.database }
    }

    /// Returns whether the backup holds everything that was requested, and no verification found damage.
    pub fn is_complete(&self) -> bool {
        matches!(self.state, BackupState::Completed | BackupState::Verified) && !self.is_partial
    }

    /// Returns whether every partition of the collection was requested.
    pub fn is_full(&self) -> bool {
        self.backup_type == BackupType::FullCollection
    }

    /// Returns whether a restore of these partitions of the backup restores a complete collection: all partitions of a
    /// full backup in which none is missing. Anything else is a part, and replaces a collection only if that is
    /// explicitly requested.
    pub fn is_whole_with(&self, restored: &[String]) -> bool {
        self.is_full() && !self.is_partial && self.partition_names.iter().all(|name| restored.contains(name))
    }

    /// Returns the series of the backup within its collection.
    pub fn series(&self) -> BackupSeries {
        if self.is_full() { BackupSeries::Full } else { BackupSeries::Partitions(self.partition_names.clone()) }
    }
}

/// A series of backups of one collection that can replace each other, because they cover the same part of it.
///
/// A backup of some partitions never replaces a full one, nor one of other partitions.
///
/// ```
/// use milvus_backup_core::BackupSeries;
///
/// let series = BackupSeries::Partitions(["noun".to_owned(), "verb".to_owned()].into());
/// assert_eq!(series.of("complete"), "complete backup of partitions noun, verb");
/// assert_eq!(BackupSeries::Full.of("complete"), "complete full backup");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BackupSeries {
    /// Backups of the complete collection.
    Full,
    /// Backups of exactly these partitions.
    Partitions(BTreeSet<String>),
}

impl BackupSeries {
    /// Returns the noun for one backup of the series, after an adjective, which may be empty.
    pub fn of(&self, adjective: &str) -> String {
        self.noun(adjective, "backup")
    }

    /// Returns the noun for several backups of the series, after an adjective, which may be empty.
    pub fn of_several(&self, adjective: &str) -> String {
        self.noun(adjective, "backups")
    }

    fn noun(&self, adjective: &str, noun: &str) -> String {
        let text = match self {
            Self::Full => format!("{adjective} full {noun}"),
            Self::Partitions(_) => format!("{adjective} {noun} of {self}"),
        };
        text.trim_start().to_owned()
    }
}

impl fmt::Display for BackupSeries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Partitions(names) = self else { return f.write_str("full") };
        let shown: Vec<&str> = names.iter().take(NAMES_SHOWN).map(String::as_str).collect();
        let word = if names.len() == 1 { "partition" } else { "partitions" };
        write!(f, "{word} {}", shown.join(", "))?;
        match names.len().saturating_sub(NAMES_SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_of_many_partitions_is_named_in_short() {
        let series = BackupSeries::Partitions((0..9).map(|number| format!("p{number}")).collect());
        assert_eq!(series.to_string(), "partitions p0, p1, p2, p3, p4 and 4 more");
        let one = BackupSeries::Partitions(["p".to_owned()].into());
        assert_eq!(one.of_several(""), "backups of partition p");
    }
}
