//! The paths of log files: `insert_log/COLLECTION/PARTITION/SEGMENT/FIELD/LOG` and
//! `delta_log/COLLECTION/PARTITION/SEGMENT/LOG`.

/// The directory of the logs with inserted rows.
pub(super) const INSERT: &str = "insert_log";

/// The directory of the logs with deletes.
pub(super) const DELETE: &str = "delta_log";

/// The position of a log in its collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) partition: i64,
    pub(super) segment: i64,
    pub(super) log: i64,
}

/// The position of an insert log in its collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FieldPosition {
    /// The field or column group.
    pub(super) field: i64,
    pub(super) at: Position,
}

/// The segment of a file that is not a log of a known layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) segment: Option<i64>,
}

/// Parses a path below the directory of the inserted rows of a collection.
pub(super) fn insert_log(path: &str) -> Result<FieldPosition, Foreign> {
    let parts: Vec<Option<i64>> = path.split('/').map(|part| part.parse().ok()).collect();
    match parts.as_slice() {
        [Some(partition), Some(segment), Some(field), Some(log)] => {
            let at = Position { partition: *partition, segment: *segment, log: *log };
            Ok(FieldPosition { field: *field, at })
        }
        parts => Err(Foreign { segment: parts.get(1).copied().flatten() }),
    }
}

/// Parses a path below the directory of the deletes of a collection.
pub(super) fn delete_log(path: &str) -> Result<Position, Foreign> {
    let parts: Vec<Option<i64>> = path.split('/').map(|part| part.parse().ok()).collect();
    match parts.as_slice() {
        [Some(partition), Some(segment), Some(log)] => {
            Ok(Position { partition: *partition, segment: *segment, log: *log })
        }
        parts => Err(Foreign { segment: parts.get(1).copied().flatten() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_logs_are_parsed_and_others_are_of_no_known_layout() {
        let at = Position { partition: 2, segment: 3, log: 4 };
        assert_eq!(insert_log("2/3/100/4"), Ok(FieldPosition { field: 100, at }));
        assert_eq!(delete_log("-1/3/4"), Ok(Position { partition: -1, ..at }));
        for path in ["2/3/_data/0_a.parquet", "2/3/_metadata/manifest-1.avro", "2/3/4"] {
            assert_eq!(insert_log(path), Err(Foreign { segment: Some(3) }), "{path}");
        }
        assert_eq!(insert_log("2/lobs/5/6"), Err(Foreign { segment: None }));
        assert_eq!(delete_log("2/3/4.tmp"), Err(Foreign { segment: Some(3) }));
    }
}
