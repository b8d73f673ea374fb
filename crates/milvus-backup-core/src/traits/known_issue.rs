//! Known issues of versions of servers.

use std::fmt;

use serde::Serialize;

/// The operation that a known issue of a server affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AffectedOperation {
    /// Rows are read from a collection.
    Create,
    /// Rows are inserted into a collection.
    Insert,
    /// Files are imported by the server.
    Import,
}

/// A known issue of some versions of a server that affects backups or restores.
///
/// Its `Display` is a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KnownIssue {
    /// The operation that it affects.
    pub affects: AffectedOperation,
    /// The versions that have it, such as `Milvus 2.6.0 to 2.6.10`.
    pub versions: String,
    /// The first version without it; `None` if no such version is known.
    pub fixed_in: Option<String>,
    /// The issue as a human-readable description.
    pub description: String,
    /// Where it is reported.
    pub source: String,
}

impl KnownIssue {
    /// Returns an issue that is not known to be fixed.
    pub fn new(
        affects: AffectedOperation,
        versions: impl Into<String>,
        description: impl Into<String>,
        source: impl Into<String>,
    ) -> Self {
        Self {
            affects,
            versions: versions.into(),
            fixed_in: None,
            description: description.into(),
            source: source.into(),
        }
    }
}

impl fmt::Display for KnownIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { versions, fixed_in, description, source, .. } = self;
        write!(f, "known issue of {versions}: {description} ({source}")?;
        match fixed_in {
            Some(version) => write!(f, "; fixed in {version})"),
            None => f.write_str(")"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_a_sentence() {
        let mut issue = KnownIssue::new(AffectedOperation::Create, "Milvus 2.6.0", "rows are missing", "milvus#1");
        assert_eq!(issue.to_string(), "known issue of Milvus 2.6.0: rows are missing (milvus#1)");
        issue.fixed_in = Some("2.6.1".to_owned());
        assert_eq!(issue.to_string(), "known issue of Milvus 2.6.0: rows are missing (milvus#1; fixed in 2.6.1)");
    }
}
