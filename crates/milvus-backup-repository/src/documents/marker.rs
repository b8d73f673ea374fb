//! `repository.json`: the kind of the repository, and the features required to read and write it.

use jiff::Timestamp;
use milvus_backup_core::{Error, FORMAT_VERSION, Result};
use serde::{Deserialize, Serialize};

/// Reader features that this version supports: none.
const READER_FEATURES: &[&str] = &[];

/// Writer features that this version supports: none.
const WRITER_FEATURES: &[&str] = &[];

/// The content of `repository.json`, at the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MarkerDocument {
    pub(crate) format_version: u32,
    /// Unique identifier of this repository: 32 hexadecimal digits.
    pub(crate) repository_id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) reader_features: Vec<String>,
    pub(crate) writer_features: Vec<String>,
}

impl MarkerDocument {
    pub(crate) fn new(repository_id: String, created_at: Timestamp) -> Self {
        let features = |known: &[&str]| known.iter().map(|&name| name.to_owned()).collect();
        Self {
            format_version: FORMAT_VERSION,
            repository_id,
            created_at,
            reader_features: features(READER_FEATURES),
            writer_features: features(WRITER_FEATURES),
        }
    }

    /// Checks that this version supports every feature that readers must support.
    pub(crate) fn require_readable(&self, root: &str) -> Result<()> {
        known(root, "read", &self.reader_features, READER_FEATURES)
    }

    /// Checks that this version supports every feature that writers must support.
    pub(crate) fn require_writable(&self, root: &str) -> Result<()> {
        self.require_readable(root)?;
        known(root, "changed", &self.writer_features, WRITER_FEATURES)
    }
}

fn known(root: &str, verb: &str, features: &[String], known: &[&str]) -> Result<()> {
    let unknown: Vec<&str> = features.iter().map(String::as_str).filter(|feature| !known.contains(feature)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Error::Refused {
        reason: format!(
            "the repository `{root}` can be {verb} only by a newer version, which knows: {}",
            unknown.join(", ")
        ),
        hint: "use the version that last wrote to it, or a newer one".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(readers: &[&str], writers: &[&str]) -> MarkerDocument {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let made = MarkerDocument::new("0".repeat(32), "2026-11-25T12:00:00Z".parse().unwrap());
        MarkerDocument { reader_features: owned(readers), writer_features: owned(writers), ..made }
    }

    #[test]
    fn an_unknown_reader_feature_refuses_everything_and_a_writer_feature_only_changes() {
        let plain = marker(&[], &[]);
        assert!(plain.require_readable("r").is_ok() && plain.require_writable("r").is_ok());
        let writer = marker(&[], &["shared-chunks"]);
        assert!(writer.require_readable("r").is_ok());
        let error = writer.require_writable("r").unwrap_err().to_string();
        assert!(error.contains("can be changed only") && error.contains("shared-chunks"), "{error}");
        let reader = marker(&["encryption"], &[]);
        let error = reader.require_readable("r").unwrap_err().to_string();
        assert!(error.contains("can be read only") && error.contains("encryption"), "{error}");
        assert!(reader.require_writable("r").is_err());
    }

    #[test]
    fn the_text_is_the_golden_one() {
        let text = crate::documents::to_bytes(&marker(&[], &[])).unwrap();
        insta::assert_snapshot!(std::str::from_utf8(&text).unwrap());
    }
}
