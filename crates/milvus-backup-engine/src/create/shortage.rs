//! Rows that are stored and not found.

/// A partition of which fewer rows are found than are stored, after all waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shortage {
    pub(super) partition: String,
    pub(super) stored: u64,
    pub(super) counted: u64,
}
