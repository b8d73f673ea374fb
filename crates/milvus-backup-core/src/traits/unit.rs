//! A unit of a scan: data that says which rows it has, in which order they come, and about how many they are.

use super::keys::KeyRange;
use crate::schema::PrimaryKey;

/// Keys for dividing that a unit must have ahead, so that its halves are worth a stream and a file each.
const MIN_KEYS_AHEAD: usize = 2;

/// A part of the rows of one partition, which is read once, by one worker. Every row of a plan is in exactly one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanUnit {
    /// The unit of the plan that it is, or is a part of.
    pub id: UnitId,
    /// The partition of its rows.
    pub partition: String,
    /// The rows that it has.
    pub span: UnitSpan,
    /// The order in which they come.
    pub order: RowOrder,
    /// About how much it is; `None` where that is not known.
    pub estimate: Option<UnitEstimate>,
    /// Into how many units of about the same size it can be divided, itself counted.
    pub parts: usize,
    /// What its rows depend on; `None` where nothing stable can be named, as with queries.
    pub content: Option<ContentKey>,
}

impl ScanUnit {
    /// Returns the range of keys, where the rows are those of one.
    pub fn keys(&self) -> Option<&KeyRange<PrimaryKey>> {
        match &self.span {
            UnitSpan::Keys(keys) => Some(keys),
            UnitSpan::Segment(_) => None,
        }
    }

    /// Returns the part of it whose keys are in a range; `None` where there is none, and for units that are no ranges.
    #[must_use]
    pub fn within(&self, range: &KeyRange<PrimaryKey>) -> Option<Self> {
        let keys = self.keys()?.intersection(range)?;
        Some(Self { span: UnitSpan::Keys(keys), ..self.clone() })
    }

    /// Divides it in the middle of what is left after `read`, at one of these keys, which ascend: see
    /// [`crate::ScanSession::split`]. `None` where fewer than two of them are left.
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

    /// Returns the rows that it is estimated to have; 0 where nothing is known.
    pub fn estimated_rows(&self) -> u64 {
        self.estimate.map_or(0, |estimate| estimate.rows)
    }
}

/// The number of a unit in the plan of its session. Parts of a unit that was divided have the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub u64);

/// The rows that a unit has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitSpan {
    /// Those whose primary keys are in a range.
    Keys(KeyRange<PrimaryKey>),
    /// Those of a segment of the server.
    Segment(i64),
}

/// The order in which the rows of a unit come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowOrder {
    /// In ascending order of primary key, each key once.
    PrimaryKey,
    /// In no order that means anything, but the same one each time.
    Unordered,
}

/// About how much a unit is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitEstimate {
    /// Its rows.
    pub rows: u64,
    /// Bytes of their values; `None` where only rows are known.
    pub bytes: Option<u64>,
}

/// What the rows of a unit depend on: the same key means the same rows, for ever.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContentKey(pub String);

/// How far a unit was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanPosition {
    /// Before its first row.
    Start,
    /// After the row with this key, and all before it: of a unit in the order of keys.
    AfterKey(PrimaryKey),
    /// After so many rows: of a unit without an order.
    AfterRows(u64),
}

impl ScanPosition {
    /// Returns the last key that was read of a unit: the one before its range where none was.
    pub fn last_key<'a>(&'a self, unit: &'a ScanUnit) -> Option<&'a PrimaryKey> {
        match self {
            Self::AfterKey(key) => Some(key),
            Self::Start | Self::AfterRows(_) => unit.keys().and_then(|keys| keys.after.as_ref()),
        }
    }
}

/// A partition to plan the reading of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanTarget {
    /// Its name.
    pub partition: String,
    /// The rows that were counted in it.
    pub rows: u64,
    /// The number of parts of about the same size that it should be divisible into; 1 when it is read by one worker.
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
