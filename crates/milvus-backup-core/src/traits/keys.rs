//! Primary keys of a collection: ranges of them, and how many rows each has.

use serde::{Deserialize, Serialize};

/// A range of primary keys. Keys are texts: decimal for `Int64`, the key itself for `VarChar`, ordered by its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeyRange {
    /// The last key before the range; `None` where it begins with the first key of all.
    pub after: Option<String>,
    /// The last key in the range; `None` where it ends with the last key of all.
    pub up_to: Option<String>,
}

impl KeyRange {
    /// The ranges between these keys, which ascend: every key is in exactly one of them.
    ///
    /// ```
    /// use milvus_backup_core::KeyRange;
    ///
    /// let ranges = KeyRange::between(&["10".to_owned(), "20".to_owned()]);
    /// assert_eq!(ranges.len(), 3);
    /// assert_eq!(ranges[1], KeyRange { after: Some("10".to_owned()), up_to: Some("20".to_owned()) });
    /// assert_eq!(KeyRange::between(&[]), [KeyRange::default()]);
    /// ```
    pub fn between(keys: &[String]) -> Vec<Self> {
        let afters = std::iter::once(None).chain(keys.iter().cloned().map(Some));
        let ends = keys.iter().cloned().map(Some).chain(std::iter::once(None));
        afters.zip(ends).map(|(after, up_to)| Self { after, up_to }).collect()
    }
}

/// The keys of a partition, compared with its rows: what [`crate::RowSource::census`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyCensus {
    /// Keys that queries return.
    pub keys: u64,
    /// Rows that are counted.
    pub rows: u64,
    /// Keys that more than one row has.
    pub duplicated_keys: u64,
    /// Rows beyond the first of each of these keys. A query returns one row of a key.
    pub copies: u64,
    /// Rows that are counted, and whose keys no query returns.
    pub unreturned: u64,
    /// Rows too many that were not examined, since there were too many places to look at.
    pub unexamined: u64,
    /// One of the keys that more than one row has.
    pub example: Option<String>,
}

impl KeyCensus {
    /// Whether copies of keys are the reason for every row that is counted and not returned.
    pub fn explains_all(&self) -> bool {
        self.unreturned == 0 && self.unexamined == 0
    }
}
