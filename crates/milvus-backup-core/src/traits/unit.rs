//! The units of a scan, as data: their rows, the order of the rows, and an estimate of their size.

use super::keys::KeyRange;
use crate::schema::PrimaryKey;

/// Number of split keys that must lie ahead of the reader, so that both halves justify their own stream and file.
const MIN_KEYS_AHEAD: usize = 2;

/// A part of the rows of one partition that is read once, by one worker. Every row of a plan is in exactly one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanUnit {
    /// The id of the unit in the plan that it equals or is a part of.
    pub id: UnitId,
    /// The partition of its rows.
    pub partition: String,
    /// The rows of the unit.
    pub span: UnitSpan,
    /// The order in which the rows are returned.
    pub order: RowOrder,
    /// The estimated size; `None` if it is unknown.
    pub estimate: Option<UnitEstimate>,
    /// Number of units of about the same size that it can be divided into, including itself.
    pub parts: usize,
    /// The key that determines its rows; `None` if there is no stable one, as with queries.
    pub content: Option<ContentKey>,
}

impl ScanUnit {
    /// Returns the range of keys, if the unit is one.
    pub fn keys(&self) -> Option<&KeyRange<PrimaryKey>> {
        match &self.span {
            UnitSpan::Keys(keys) => Some(keys),
            UnitSpan::Segment(_) => None,
        }
    }

    /// Returns the part of the unit whose keys are in a range; `None` if it is empty, and for units that are not
    /// ranges.
    #[must_use]
    pub fn within(&self, range: &KeyRange<PrimaryKey>) -> Option<Self> {
        let keys = self.keys()?.intersection(range)?;
        Some(Self { span: UnitSpan::Keys(keys), ..self.clone() })
    }

    /// Divides the remainder after `read` in the middle, at one of these ascending keys: see
    /// [`crate::ScanSession::split`]. `None` if fewer than two of them are left.
    pub fn split_at(&self, read: &ScanPosition, keys: &[PrimaryKey]) -> Option<(Self, Self)> {
        let KeyRange { after, up_to } = self.keys()?;
        let ends = |key: &&PrimaryKey| up_to.as_ref().is_none_or(|up_to| *key < up_to);
        let comes_after = |last: Option<&PrimaryKey>, key: &PrimaryKey| last.is_none_or(|last| key > last);
        let read = read.last_key(self);
        let from = keys.partition_point(|key| !comes_after(read, key));
        let to = keys.partition_point(|key| ends(&key));
        let ahead = keys.get(from..to).filter(|ahead| ahead.len() >= MIN_KEYS_AHEAD)?;
        let middle = ahead.get(ahead.len() / 2).filter(|key| ends(key) && comes_after(read, key))?;
        let given = ahead.len().div_ceil(2);
        let estimate = |parts: usize| {
            let share = |all: u64| all.saturating_mul(parts as u64) / self.parts.max(1) as u64;
            self.estimate.map(|all| UnitEstimate { rows: share(all.rows), bytes: all.bytes.map(share) })
        };
        let part = |after: Option<&PrimaryKey>, up_to: Option<&PrimaryKey>, parts: usize| Self {
            span: UnitSpan::Keys(KeyRange { after: after.cloned(), up_to: up_to.cloned() }),
            estimate: estimate(parts),
            parts,
            ..self.clone()
        };
        let kept = self.parts.saturating_sub(given).max(1);
        Some((part(after.as_ref(), Some(middle), kept), part(Some(middle), up_to.as_ref(), given)))
    }

    /// Returns the estimated number of rows; 0 if it is unknown.
    pub fn estimated_rows(&self) -> u64 {
        self.estimate.map_or(0, |estimate| estimate.rows)
    }
}

/// The number of a unit in the plan of its session. All parts of a divided unit have the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub u64);

/// The rows of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitSpan {
    /// The rows whose primary keys are in a range.
    Keys(KeyRange<PrimaryKey>),
    /// The rows of a segment of the server.
    Segment(i64),
}

/// The order of the rows of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowOrder {
    /// Ascending order of primary key, with each key once.
    PrimaryKey,
    /// A meaningless order, which is the same each time.
    Unordered,
}

/// The estimated size of a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitEstimate {
    /// The number of its rows.
    pub rows: u64,
    /// Bytes of their values; `None` if only the number of rows is known.
    pub bytes: Option<u64>,
}

/// The key that determines the rows of a unit: the same key always means the same rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContentKey(pub String);

/// The position up to which a unit was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanPosition {
    /// The position before its first row.
    Start,
    /// The position after the row with this key, in a unit in the order of keys.
    AfterKey(PrimaryKey),
    /// The position after this number of rows, in a unit without an order.
    AfterRows(u64),
}

impl ScanPosition {
    /// Returns the last key of a unit that was read; if none was, the one before its range.
    pub fn last_key<'a>(&'a self, unit: &'a ScanUnit) -> Option<&'a PrimaryKey> {
        match self {
            Self::AfterKey(key) => Some(key),
            Self::Start | Self::AfterRows(_) => unit.keys().and_then(|keys| keys.after.as_ref()),
        }
    }
}

/// A partition whose reading is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanTarget {
    /// The name of the partition.
    pub partition: String,
    /// Number of rows that were counted in it.
    pub rows: u64,
    /// Number of parts of about the same size that it should be divisible into; 1 if it is read by one worker.
    pub parts: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: i64) -> PrimaryKey {
        PrimaryKey::Int64(key)
    }

    fn unit(after: Option<i64>, up_to: Option<i64>) -> ScanUnit {
        ScanUnit {
            id: UnitId(0),
            partition: "p".to_owned(),
            span: UnitSpan::Keys(KeyRange { after: after.map(key), up_to: up_to.map(key) }),
            order: RowOrder::PrimaryKey,
            estimate: Some(UnitEstimate { rows: 160, bytes: None }),
            parts: 16,
            content: None,
        }
    }

    #[test]
    fn a_unit_is_divided_in_the_middle_of_what_is_left() {
        let keys: Vec<PrimaryKey> = (1..16).map(|number| key(number * 10)).collect();
        let (first, second) = unit(None, None).split_at(&ScanPosition::Start, &keys).unwrap();
        assert_eq!(first.keys(), unit(None, Some(80)).keys());
        assert_eq!(second.keys(), unit(Some(80), None).keys());
        assert_eq!((first.estimated_rows(), second.estimated_rows()), (80, 80));
        let (first, second) = unit(None, None).split_at(&ScanPosition::AfterKey(key(100)), &keys).unwrap();
        assert_eq!((first.keys(), second.keys()), (unit(None, Some(130)).keys(), unit(Some(130), None).keys()));
        assert!(first.parts > second.parts);
        assert_eq!(unit(None, None).split_at(&ScanPosition::AfterKey(key(140)), &keys), None);
        assert_eq!(unit(Some(130), Some(150)).split_at(&ScanPosition::Start, &keys), None);
    }

    #[test]
    fn a_unit_is_cut_to_a_range() {
        let range = KeyRange { after: Some(key(5)), up_to: Some(key(7)) };
        assert_eq!(unit(None, Some(6)).within(&range).unwrap().keys(), unit(Some(5), Some(6)).keys());
        assert_eq!(unit(Some(7), None).within(&range), None);
    }
}
