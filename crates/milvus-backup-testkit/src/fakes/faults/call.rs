//! [`Call`]: one call of a Milvus or of an object store.

use std::fmt;

/// One call, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method of a trait of Milvus; of an object store `put`, `begin`, `part`, `complete`, `abort`, `get`, `head`,
    /// `list`, `list_with_delimiter`, `delete` or `copy`. The `read` of a unit of a scan is one call, and so is each of its
    /// pages (`page`).
    pub name: &'static str,
    /// The collection, or the path of the object.
    pub subject: String,
    /// Whether it changes anything.
    pub kind: CallKind,
}

/// Whether a call changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// The call changes nothing.
    Read,
    /// The call is a side effect.
    Effect,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.subject)
    }
}
