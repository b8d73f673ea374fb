//! The rows of frozen segments at their moment: which rows are visible, and the reading of those.

mod deletes;
mod drive;
mod duplicates;
mod field_ids;
mod group;
mod key_hash;
mod key_range;
mod living;
#[cfg(test)]
mod random_models;
mod read;
#[cfg(test)]
mod rules;
mod segment_rows;
mod stretches;
mod units;
mod visible;

pub use segment_rows::{SegmentRows, SegmentRowsOptions};
