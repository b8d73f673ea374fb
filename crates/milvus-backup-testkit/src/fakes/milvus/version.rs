//! [`Version`]: which release of Milvus a double is, and what came with which release.
//!
//! "Tag" is a tag of the repository milvus-io/milvus-proto: the first one that has a field or a call.

use std::fmt;

/// A release of Milvus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first of its numbers.
    pub major: u32,
    /// The second of its numbers.
    pub minor: u32,
    /// The third of its numbers.
    pub patch: u32,
}

impl fmt::Display for Version {
    /// Writes the text that `GetVersion` answers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Version {
    /// Returns a release by its numbers.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// Returns whether it is this release or a later one.
    pub fn at_least(self, major: u32, minor: u32, patch: u32) -> bool {
        self >= Self::new(major, minor, patch)
    }

    /// Returns whether it has `QueryResults.session_ts = 5`: tags v2.4.21 and v2.5.0.
    pub(super) fn has_session_ts(self) -> bool {
        self.at_least(2, 4, 21)
    }

    /// Returns whether it has `QueryResults.primary_field_name = 6`: tags v2.4.21 and v2.5.4.
    #[cfg(feature = "double")]
    pub(super) fn names_keys(self) -> bool {
        self.at_least(2, 5, 4) || (self.at_least(2, 4, 21) && self.minor == 4)
    }

    /// Returns whether it has `AlterCollectionRequest.delete_keys = 6`: tag v2.4.18.
    pub(super) fn removes_properties(self) -> bool {
        self.at_least(2, 4, 18)
    }

    /// Returns whether it has `DescribeDatabase`: tag v2.4.3.
    #[cfg(feature = "double")]
    pub(super) fn describes_databases(self) -> bool {
        self.at_least(2, 4, 3)
    }

    /// Returns whether it has `FieldSchema.nullable = 15` and `FieldData.valid_data = 7`: tag v2.5.0.
    pub(super) fn has_nulls(self) -> bool {
        self.at_least(2, 5, 0)
    }

    /// Returns whether vectors may be NULL: release notes of 2.6.18 ("Nullable vector") and the page on added fields.
    /// Another page names 3.0.x (milvus-docs#3630), and a change of 2.6 was reverted (milvus#49838): the sources
    /// conflict.
    pub(super) fn has_null_vectors(self) -> bool {
        self.at_least(2, 6, 18)
    }

    /// Returns whether it has `CollectionSchema.functions = 7`: tag v2.5.0.
    pub(super) fn has_functions(self) -> bool {
        self.at_least(2, 5, 0)
    }

    /// Returns whether it has arrays of structs: `CollectionSchema.struct_array_fields = 9` is in tag v2.6.0; release
    /// notes have it usable from 2.6.4.
    pub(super) fn has_structs(self) -> bool {
        self.at_least(2, 6, 4)
    }

    /// Returns whether it has Geometry and Timestamptz: release notes of 2.6.6, NULLs among them milvus#45522.
    pub(super) fn has_places_and_times(self) -> bool {
        self.at_least(2, 6, 6)
    }

    /// Returns whether generated keys can be supplied: milvus#44424 and milvus#44530, release 2.6.3.
    pub(super) fn takes_generated_keys(self) -> bool {
        self.at_least(2, 6, 3)
    }

    /// Returns whether it has `GetReplicateConfiguration`: tag v2.6.12.
    #[cfg(feature = "double")]
    pub(super) fn reports_replication(self) -> bool {
        self.at_least(2, 6, 12)
    }

    /// Returns whether it has `CreateSnapshot` and the calls around it, with `compaction_protection_seconds`: tag
    /// v3.0.0.
    #[cfg(feature = "double")]
    pub(super) fn has_snapshots(self) -> bool {
        self.at_least(3, 0, 0)
    }

    /// Returns whether an import that is made again under its key is the first one: milvus#52544, releases 2.6.24 and
    /// 3.0.2.
    #[cfg(feature = "double")]
    pub(super) fn knows_import_keys(self) -> bool {
        self.at_least(3, 0, 2) || (self.major == 2 && self.at_least(2, 6, 24))
    }

    /// Returns whether an import can be committed in a second step: the page on bulk import where clusters replicate,
    /// for 3.0.
    #[cfg(feature = "double")]
    pub(super) fn commits_imports(self) -> bool {
        self.at_least(3, 0, 0)
    }

    /// Returns whether it takes inserts under a key, where the server and the collection are set to it: milvus#50007,
    /// after 2026-07-22; its release was not seen, and 3.0.2 is assumed.
    pub(super) fn knows_insert_keys(self) -> bool {
        self.at_least(3, 0, 2)
    }

    /// Returns whether it has row-level security: `QueryRequest.skip_rls = 16` is in no tag, only on the branch
    /// `master` (2026-07-27). 3.1 is assumed.
    #[cfg(feature = "double")]
    pub(super) fn has_row_policies(self) -> bool {
        self.at_least(3, 1, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_decide() {
        assert!(!Version::new(2, 4, 20).has_session_ts() && Version::new(2, 4, 21).has_session_ts());
        assert!(!Version::new(2, 6, 17).has_null_vectors() && Version::new(3, 0, 0).has_null_vectors());
        assert_eq!(Version::new(2, 6, 18).to_string(), "v2.6.18");
    }
}
