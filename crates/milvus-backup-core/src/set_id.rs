//! [`SetId`]: the identifier of a set of backups.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::names::BackupId;

/// What distinguishes the identifier of a set from that of a backup.
const PREFIX: &str = "set-";

/// Identifier of a set of backups: `set-20261122T073015Z-4f9c2a7e`.
///
/// Like a [`BackupId`] it sorts by time, is unique, and is safe as a path segment.
///
/// ```
/// use milvus_backup_core::SetId;
///
/// let id = SetId::new("2026-11-22T07:30:15Z".parse()?, [0x4f, 0x9c, 0x2a, 0x7e]);
/// assert_eq!(id.to_string(), "set-20261122T073015Z-4f9c2a7e");
/// assert!("20261122T073015Z-4f9c2a7e".parse::<SetId>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SetId(BackupId);

impl SetId {
    /// Creates the identifier of a set that was started at `time`, made unique by `randomness`.
    pub fn new(time: Timestamp, randomness: [u8; 4]) -> Self {
        Self(BackupId::new(time, randomness))
    }

    /// Returns whether a text begins like the identifier of a set.
    pub fn is_prefix(text: &str) -> bool {
        text.strip_prefix(PREFIX).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    }
}

impl fmt::Display for SetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{PREFIX}{}", self.0))
    }
}

impl FromStr for SetId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let id = text.strip_prefix(PREFIX).and_then(|rest| rest.parse().ok());
        id.map(Self).ok_or_else(|| Error::InvalidParameter {
            field: "set_id".to_owned(),
            value: text.to_owned(),
            limit: "an identifier such as set-20261122T073015Z-4f9c2a7e".to_owned(),
        })
    }
}

impl TryFrom<String> for SetId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<SetId> for String {
    fn from(id: SetId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_identifier_of_a_set_parses() {
        let id = SetId::new("2026-11-22T07:30:15Z".parse().unwrap(), [1, 2, 3, 4]);
        assert_eq!(id.to_string().parse::<SetId>().unwrap(), id);
        for text in ["", "set-", "set-../x", "20261122T073015Z-01020304", "set-20261122T073015Z-0102030g"] {
            assert!(text.parse::<SetId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_that_begins_like_a_word_is_not_the_prefix_of_an_identifier() {
        assert!(SetId::is_prefix("set-2026") && SetId::is_prefix("set-2"));
        assert!(!SetId::is_prefix("set-") && !SetId::is_prefix("set-of-films") && !SetId::is_prefix("2026"));
    }
}
