//! [`TagSet`]: tags of which a backup must have all.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::config::invalid;
use crate::error::{Error, Result};

/// Tags of which a backup must have all, separated by commas: `release,audited`.
///
/// ```
/// use milvus_backup_core::TagSet;
///
/// let tags: TagSet = "release,audited".parse()?;
/// assert!(tags.is_subset_of(&["audited".to_owned(), "nightly".to_owned(), "release".to_owned()]));
/// assert!(!tags.is_subset_of(&["release".to_owned()]));
/// # Ok::<(), milvus_backup_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "String"))]
#[serde(try_from = "String", into = "String")]
pub struct TagSet(BTreeSet<String>);

impl TagSet {
    /// Returns whether each of them is among `tags`.
    pub fn is_subset_of(&self, tags: &[String]) -> bool {
        self.0.iter().all(|tag| tags.contains(tag))
    }
}

impl FromStr for TagSet {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let tags: BTreeSet<String> = text.split(',').map(|tag| tag.trim().to_owned()).collect();
        if tags.iter().any(String::is_empty) {
            return Err(invalid("tags", text, "a tag, or several separated by commas, none of them empty"));
        }
        Ok(Self(tags))
    }
}

impl fmt::Display for TagSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.iter().map(String::as_str).collect::<Vec<_>>().join(","))
    }
}

impl TryFrom<String> for TagSet {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<TagSet> for String {
    fn from(tags: TagSet) -> Self {
        tags.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tag_is_empty() {
        assert_eq!("b, a,b".parse::<TagSet>().unwrap().to_string(), "a,b");
        for text in ["", " ", "a,", ",a", "a,,b"] {
            let error = text.parse::<TagSet>().unwrap_err().to_string();
            assert!(error.contains("separated by commas"), "{error}");
        }
    }
}
