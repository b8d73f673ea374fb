//! The units of a scan: runs of log groups of one segment, with the rows of them that are visible.

use arrow_buffer::BooleanBuffer;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{ContentKey, Error, Result, RowOrder, ScanUnit, UnitEstimate, UnitId, UnitSpan};
use xxhash_rust::xxh3::Xxh3;

use crate::frozen::{FrozenPartition, FrozenSegment, LogGroup};

/// Bytes of log files after which a unit ends.
const UNIT_BYTES: u64 = 256 << 20;

/// A log group with its visible rows.
#[derive(Debug, Clone)]
pub(super) struct VisibleGroup {
    pub(super) group: LogGroup,
    pub(super) visible: BooleanBuffer,
}

impl VisibleGroup {
    pub(super) fn count(&self) -> u64 {
        self.visible.count_set_bits() as u64
    }

    /// Returns the bytes of its files, as far as its rows are visible.
    fn bytes(&self) -> u64 {
        let stored: u64 = self.group.files.values().map(|file| file.size_bytes).sum();
        let share = u128::from(stored) * u128::from(self.count()) / (self.visible.len() as u128).max(1);
        u64::try_from(share).unwrap_or(stored)
    }
}

/// A unit with the log groups that have its rows.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) unit: ScanUnit,
    pub(super) groups: Vec<VisibleGroup>,
}

/// Divides the segments of a partition into units. `visible` has the visible rows of each log group in order.
pub(super) fn plan(
    schema: &CollectionSchema,
    partition: &FrozenPartition,
    visible: Vec<BooleanBuffer>,
    first_id: u64,
) -> Result<Vec<Unit>> {
    let mut visible = visible.into_iter();
    let mut units = Vec::new();
    for segment in &partition.segments {
        let groups = segment.groups.iter().zip(&mut visible);
        let groups = groups.map(|(group, visible)| VisibleGroup { group: group.clone(), visible });
        for groups in runs(groups.filter(|group| group.count() > 0)) {
            let id = UnitId(first_id + units.len() as u64);
            units.push(unit(id, schema, partition, segment, groups)?);
        }
    }
    Ok(units)
}

/// Divides log groups into runs of about [`UNIT_BYTES`].
fn runs(groups: impl Iterator<Item = VisibleGroup>) -> Vec<Vec<VisibleGroup>> {
    let mut runs: Vec<Vec<VisibleGroup>> = Vec::new();
    let mut bytes = 0;
    for group in groups {
        let more = group.bytes();
        match runs.last_mut() {
            Some(run) if bytes + more <= UNIT_BYTES => {
                run.push(group);
                bytes += more;
            }
            _ => {
                runs.push(vec![group]);
                bytes = more;
            }
        }
    }
    runs
}

fn unit(
    id: UnitId,
    schema: &CollectionSchema,
    partition: &FrozenPartition,
    segment: &FrozenSegment,
    groups: Vec<VisibleGroup>,
) -> Result<Unit> {
    let unit = ScanUnit {
        id,
        partition: partition.name.clone(),
        span: UnitSpan::Segment(segment.id),
        order: RowOrder::Unordered,
        estimate: Some(UnitEstimate {
            rows: groups.iter().map(VisibleGroup::count).sum(),
            bytes: Some(groups.iter().map(VisibleGroup::bytes).sum()),
        }),
        parts: 1,
        content: Some(content_key(schema, segment.id, &groups)?),
    };
    Ok(Unit { unit, groups })
}

/// Returns the key that determines the rows of a unit: their schema, the files, which are never written again, and which
/// of their rows are visible.
fn content_key(schema: &CollectionSchema, segment: i64, groups: &[VisibleGroup]) -> Result<ContentKey> {
    let failed = |source| Error::Encoding { action: "describe a unit".to_owned(), source: Box::new(source) };
    let mut hash = Xxh3::new();
    hash.update(&serde_json::to_vec(&(&schema.fields, schema.enable_dynamic_field)).map_err(failed)?);
    for VisibleGroup { group, visible } in groups {
        for (id, file) in &group.files {
            hash.update(format!("{id} {} {} {}\n", file.path.len(), file.path, file.size_bytes).as_bytes());
        }
        hash.update(&visible.len().to_le_bytes());
        for (start, end) in visible.set_slices() {
            hash.update(&start.to_le_bytes());
            hash.update(&end.to_le_bytes());
        }
    }
    Ok(ContentKey(format!("segment-{segment}-{:032x}", hash.digest128())))
}
