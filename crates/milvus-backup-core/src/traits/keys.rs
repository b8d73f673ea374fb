//! The primary keys of a collection: ranges of them, and the number of rows that each has.

use std::fmt;

/// A range of primary keys in ascending order. `K` is [`crate::schema::PrimaryKey`] wherever keys are compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyRange<K> {
    /// The last key before the range; `None` if the range starts with the first key of all.
    pub after: Option<K>,
    /// The last key in the range; `None` if the range ends with the last key of all.
    pub up_to: Option<K>,
}

impl<K> Default for KeyRange<K> {
    fn default() -> Self {
        Self { after: None, up_to: None }
    }
}

impl<K: Clone> KeyRange<K> {
    /// Returns the ranges between these ascending keys: every key is in exactly one of them.
    ///
    /// ```
    /// use milvus_backup_core::KeyRange;
    ///
    /// let ranges = KeyRange::between(&[10, 20]);
    /// assert_eq!(ranges.len(), 3);
    /// assert_eq!(ranges[1], KeyRange { after: Some(10), up_to: Some(20) });
    /// assert_eq!(KeyRange::<i64>::between(&[]), [KeyRange::default()]);
    /// ```
    pub fn between(keys: &[K]) -> Vec<Self> {
        let afters = std::iter::once(None).chain(keys.iter().cloned().map(Some));
        let ends = keys.iter().cloned().map(Some).chain(std::iter::once(None));
        afters.zip(ends).map(|(after, up_to)| Self { after, up_to }).collect()
    }
}

impl<K: Clone + Ord> KeyRange<K> {
    /// Returns the keys that are in both ranges; `None` if there are none.
    ///
    /// ```
    /// use milvus_backup_core::KeyRange;
    ///
    /// let range = |after, up_to| KeyRange { after, up_to };
    /// assert_eq!(range(Some(1), None).intersection(&range(None, Some(9))), Some(range(Some(1), Some(9))));
    /// assert_eq!(range(Some(9), None).intersection(&range(None, Some(9))), None);
    /// ```
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        // `None` sorts before every key, which is correct for a start and wrong for an end.
        let after = self.after.clone().max(other.after.clone());
        let ends = [&self.up_to, &other.up_to].into_iter().flatten();
        let up_to = ends.min().cloned();
        let is_empty = after.as_ref().zip(up_to.as_ref()).is_some_and(|(after, up_to)| after >= up_to);
        (!is_empty).then_some(Self { after, up_to })
    }
}

/// The comparison of the keys of a partition with its rows, as [`crate::ScanSession::census`] returns it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyCensus {
    /// Number of keys that queries return.
    pub keys: u64,
    /// Number of rows that are counted.
    pub rows: u64,
    /// Number of keys that more than one row has.
    pub duplicated_keys: u64,
    /// Number of rows beyond the first of each of these keys. A query returns one row per key.
    pub copies: u64,
    /// Number of rows that are counted, and whose keys no query returns.
    pub unreturned: u64,
    /// Number of surplus rows that were not examined, because they are in too many places.
    pub unexamined: u64,
    /// An example of a key that more than one row has.
    pub example: Option<String>,
    /// Examples of keys that no query returns, at most [`KeyCensus::MAX_EXAMPLES`].
    pub unreturned_examples: Vec<UnreturnedKey>,
}

/// A key that is counted, and that no query returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnreturnedKey {
    /// The key itself, where counting narrows it down.
    Key(String),
    /// A key between these two that are returned; `None` before the first and after the last one.
    Between(Option<String>, Option<String>),
}

impl fmt::Display for UnreturnedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "{key:?}"),
            Self::Between(None, None) => f.write_str("one that is not known"),
            Self::Between(Some(after), None) => write!(f, "one after {after:?}"),
            Self::Between(None, Some(before)) => write!(f, "one before {before:?}"),
            Self::Between(Some(after), Some(before)) => write!(f, "one between {after:?} and {before:?}"),
        }
    }
}

impl KeyCensus {
    /// The number of examples of keys that no query returns.
    pub const MAX_EXAMPLES: usize = 3;

    /// Returns whether copies of keys account for every row that is counted and not returned.
    pub fn explains_all(&self) -> bool {
        self.unreturned == 0 && self.unexamined == 0
    }
}
