//! [`BackupSet`]: the record of backups that one operation made of several collections.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds::{BackupState, Consistency};
use super::metadata::BackupMetadata;
use crate::config::invalid;
use crate::error::Result;
use crate::names::{BackupId, CollectionName, CollectionRef};
use crate::set_id::SetId;

/// A set of backups: those that one operation made of several collections, and what it failed to back up.
///
/// The members are ordinary backups, and can be deleted one by one. The set records what was made, not what is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupSet {
    /// Version of the repository format, see [`FORMAT_VERSION`](super::FORMAT_VERSION).
    pub format_version: u32,
    /// The identifier, which is sortable and unique.
    pub set_id: SetId,
    /// Name given by the user, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_name: Option<String>,
    /// Time at which the operation was started (UTC), before the first member.
    pub created_at: Timestamp,
    /// Time at which the set was committed (UTC), after the last member.
    pub completed_at: Timestamp,
    /// The names and patterns that selected the collections, as they were given.
    pub selection: Vec<String>,
    /// The patterns that excluded collections, as they were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
    /// The address of the server that was read, without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milvus_uri: Option<String>,
    /// Version string of the server that was read.
    pub milvus_version: String,
    /// Name and version of the program that wrote the set.
    pub created_by: String,
    /// Labels chosen by the user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The backups, in the order in which their collections were selected.
    pub members: Vec<SetMember>,
    /// What was selected and is not in the set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<SetFailure>,
}

/// One backup of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetMember {
    /// The database of the collection.
    pub database: String,
    /// The collection that was backed up, without its database.
    pub collection_name: CollectionName,
    /// The identifier of the backup.
    pub backup_id: BackupId,
    /// The state of the backup when the set was committed.
    pub state: BackupState,
    /// Number of rows in the backup.
    pub row_count: u64,
    /// Bytes of all files of the backup.
    pub size_bytes: u64,
    /// The temporal consistency of the rows.
    pub consistency: Consistency,
    /// The hybrid timestamp of the read point, as a decimal string; absent if the server reports none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_timestamp: Option<String>,
}

/// A collection, or a pattern, that was selected and of which the set has no backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetFailure {
    /// The collection with its database, or what was given if no collection was found.
    pub collection: String,
    /// The kind of the error.
    pub kind: String,
    /// The error with its causes.
    pub error: String,
}

impl SetMember {
    /// Returns the collection with its database.
    ///
    /// # Errors
    /// [`InvalidParameter`](crate::Error::InvalidParameter) for a database that no directory can be named after.
    pub fn collection(&self) -> Result<CollectionRef> {
        CollectionRef::new(&self.database, self.collection_name.clone())
    }
}

impl From<&BackupMetadata> for SetMember {
    fn from(metadata: &BackupMetadata) -> Self {
        Self {
            database: metadata.database.clone(),
            collection_name: metadata.collection_name.clone(),
            backup_id: metadata.backup_id.clone(),
            state: metadata.effective_state(),
            row_count: metadata.row_count,
            size_bytes: metadata.size_bytes,
            consistency: metadata.consistency,
            read_timestamp: metadata.read_timestamp.clone(),
        }
    }
}

impl BackupSet {
    /// Returns whether everything that was selected is in the set, and no member is partial or damaged.
    pub fn is_complete(&self) -> bool {
        let complete = |member: &SetMember| matches!(member.state, BackupState::Completed | BackupState::Verified);
        self.failures.is_empty() && self.members.iter().all(complete)
    }

    /// Returns the number of rows in all members.
    pub fn row_count(&self) -> u64 {
        self.members.iter().fold(0, |sum, member| sum.saturating_add(member.row_count))
    }

    /// Returns the bytes of all members.
    pub fn size_bytes(&self) -> u64 {
        self.members.iter().fold(0, |sum, member| sum.saturating_add(member.size_bytes))
    }

    /// Checks what the types do not: each member is a backup of a collection that can have one, and none occurs twice.
    ///
    /// # Errors
    /// [`InvalidParameter`](crate::Error::InvalidParameter) with the member.
    pub fn validate(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        for member in &self.members {
            let collection = member.collection()?;
            if !seen.insert((collection.clone(), &member.backup_id)) {
                let value = format!("{} of {collection}", member.backup_id);
                return Err(invalid("members", &value, "each backup once"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FORMAT_VERSION;

    fn member(collection: &str, state: BackupState) -> SetMember {
        SetMember {
            database: "shop".to_owned(),
            collection_name: collection.parse().unwrap(),
            backup_id: BackupId::new(Timestamp::UNIX_EPOCH, [0; 4]),
            state,
            row_count: u64::MAX,
            size_bytes: 7,
            consistency: Consistency::Fuzzy,
            read_timestamp: None,
        }
    }

    fn set(members: Vec<SetMember>) -> BackupSet {
        BackupSet {
            format_version: FORMAT_VERSION,
            set_id: SetId::new(Timestamp::UNIX_EPOCH, [0; 4]),
            set_name: None,
            created_at: Timestamp::UNIX_EPOCH,
            completed_at: Timestamp::UNIX_EPOCH,
            selection: vec!["shop.*".to_owned()],
            excluded: Vec::new(),
            milvus_uri: None,
            milvus_version: "v2.3.5".to_owned(),
            created_by: "test".to_owned(),
            tags: Vec::new(),
            members,
            failures: Vec::new(),
        }
    }

    #[test]
    fn a_set_is_complete_if_nothing_failed_and_no_member_is_partial() {
        let mut one = set(vec![member("a", BackupState::Verified), member("b", BackupState::Completed)]);
        assert!(one.is_complete());
        let (kind, error) = ("not_found".to_owned(), "gone".to_owned());
        one.failures.push(SetFailure { collection: "c".to_owned(), kind, error });
        assert!(!one.is_complete());
        assert!(!set(vec![member("a", BackupState::PartiallyCompleted)]).is_complete());
    }

    #[test]
    fn a_member_that_occurs_twice_or_has_no_place_is_refused() {
        let verified = || member("a", BackupState::Verified);
        assert!(set(vec![verified(), member("b", BackupState::Verified)]).validate().is_ok());
        let error = set(vec![verified(), verified()]).validate().unwrap_err().to_string();
        assert!(error.contains("shop.a"), "{error}");
        assert!(set(vec![SetMember { database: "a\nb".to_owned(), ..verified() }]).validate().is_err());
    }

    #[test]
    fn sums_do_not_overflow() {
        let both = set(vec![member("a", BackupState::Verified), member("b", BackupState::Verified)]);
        assert_eq!((both.row_count(), both.size_bytes()), (u64::MAX, 14));
    }
}
