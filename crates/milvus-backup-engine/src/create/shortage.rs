//! Rows that are stored, but not found by queries.

/// A partition in which fewer rows are found than are stored, even after waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shortage {
    pub(super) partition: String,
    pub(super) stored: u64,
    pub(super) counted: u64,
}
