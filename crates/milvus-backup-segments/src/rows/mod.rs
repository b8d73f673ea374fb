//! The rows of frozen segments at their moment: which rows are visible, and the reading of those.

mod segment_rows;

pub use segment_rows::{SegmentRows, SegmentRowsOptions};
