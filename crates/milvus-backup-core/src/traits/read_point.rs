//! The point in time at which rows are read.

use crate::model::Consistency;

/// The point in time at which the rows of a scan are read.
///
/// Timestamps are hybrid timestamps of the server: physical milliseconds, shifted left by 18 bits, and a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadPoint {
    /// Every row as it was at exactly this moment.
    Snapshot(u64),
    /// Every row as it was at this moment or later: the server does not support snapshots.
    AtLeast(u64),
    /// Each row as it is when it is read: the server reports no timestamps.
    Unknown,
}

impl ReadPoint {
    /// Returns the read point that a document records: [`ReadPoint::Unknown`] for a snapshot without a timestamp.
    pub fn new(timestamp: Option<u64>, consistency: Consistency) -> Self {
        match (timestamp, consistency) {
            (Some(timestamp), Consistency::Snapshot) => Self::Snapshot(timestamp),
            (Some(timestamp), _) => Self::AtLeast(timestamp),
            (None, _) => Self::Unknown,
        }
    }

    /// Returns the timestamp of the server; `None` if it reported none.
    pub fn timestamp(self) -> Option<u64> {
        match self {
            Self::Snapshot(timestamp) | Self::AtLeast(timestamp) => Some(timestamp),
            Self::Unknown => None,
        }
    }

    /// Returns the consistency that is guaranteed for rows read at this point.
    pub fn consistency(self) -> Consistency {
        match self {
            Self::Snapshot(_) => Consistency::Snapshot,
            Self::AtLeast(_) | Self::Unknown => Consistency::Fuzzy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_has_a_timestamp() {
        for point in [ReadPoint::Snapshot(7), ReadPoint::AtLeast(7), ReadPoint::Unknown] {
            assert_eq!(ReadPoint::new(point.timestamp(), point.consistency()), point);
        }
        assert_eq!(ReadPoint::new(None, Consistency::Snapshot), ReadPoint::Unknown);
    }
}
