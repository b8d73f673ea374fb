//! The first version of Milvus with each feature.
//!
//! The sources are release notes, the tags of the protocol definitions, and issues of `milvus-io/milvus`. Where sources
//! conflict, the earlier version counts: the server then decides, and its refusal is reported.

use std::fmt;

/// A version of Milvus: major, minor and patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

impl Version {
    /// Parses the version that a server reports, such as `v2.6.18` or `2.3.5-lite`. One that cannot be parsed counts as
    /// the newest: the server then rejects what it does not support.
    pub(super) fn parse(version: &str) -> Self {
        let digits =
            |part: &str| part.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
        let mut numbers = version.trim_start_matches('v').split('.').map(digits);
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(major), Some(minor)) => Self(major, minor, numbers.next().flatten().unwrap_or(0)),
            _ => Self(u32::MAX, 0, 0),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Declares the features, each with its first version and the source for it.
macro_rules! features {
    ($($name:ident = $text:literal, since $major:literal . $minor:literal . $patch:literal: $source:literal;)+) => {
        /// What not every version of Milvus has.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Feature {
            $(#[doc = $text] $name,)+
        }

        impl Feature {
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns the first version with this feature.
            pub(super) fn since(self) -> Version {
                match self {
                    $(Self::$name => Version($major, $minor, $patch),)+
                }
            }

            /// Returns its human-readable name, and the source for the version.
            #[cfg(test)]
            fn texts(self) -> [&'static str; 2] {
                match self {
                    $(Self::$name => [$text, $source],)+
                }
            }
        }
    };
}

features! {
    HalfVectors = "Vectors of 16-bit floats", since 2 . 4 . 0: "release notes of 2.4.0";
    SparseVectors = "Sparse vectors", since 2 . 4 . 0: "release notes of 2.4.0";
    ClusteringKey = "Clustering keys", since 2 . 4 . 0: "protocol definitions of 2.4";
    NullableScalars = "Scalar fields that can be NULL", since 2 . 5 . 0: "release notes of 2.5.0";
    Bm25 = "Full-text search (BM25 functions)", since 2 . 5 . 0: "release notes of 2.5.0";
    SessionTimestamp = "One read point for all queries of a scan", since 2 . 4 . 21: "protocol definitions: `session_ts`";
    Int8Vectors = "Vectors of 8-bit integers", since 2 . 6 . 0: "release notes of 2.6.0";
    TextEmbedding = "Text embedding functions", since 2 . 6 . 0: "release notes of 2.6.0";
    Rerank = "Rerank functions", since 2 . 6 . 0: "release notes of 2.6.0";
    SuppliedAutoIds = "Supplied values for generated keys", since 2 . 6 . 3: "milvus#44424, milvus#44530";
    StructArrays = "Arrays of structs, arrays of vectors", since 2 . 6 . 4: "release notes of 2.6.4";
    Geometry = "Geometries", since 2 . 6 . 6: "release notes of 2.6.6, milvus#45522";
    Timestamptz = "Times with a time zone", since 2 . 6 . 6: "release notes of 2.6.6";
    NullableVectors = "Vector fields that can be NULL", since 2 . 6 . 18:
        "release notes of 2.6.18; milvus-docs#3630 says 3.0, so the server decides";
    ReplicationRole = "Report of the clusters that replicate", since 2 . 6 . 12:
        "protocol definitions: `GetReplicateConfiguration`";
    ImportKeys = "Imports under an idempotency key", since 2 . 6 . 24:
        "milvus#52544; of 3.0 from 3.0.2 on; the documentation names the REST interface only";
    InsertKeys = "Inserts under an idempotency key", since 3 . 0 . 2:
        "milvus#50007, in no release notes that were seen; both the server and the collection must be set to it";
    Text = "Texts of any length", since 3 . 0 . 0: "release notes of 3.0.0; the server needs Storage V3 for it";
    PackedScalars = "Dates, times of day, decimals", since 3 . 0 . 1:
        "protocol definitions of the branch 3.0; in no release notes that were seen, so the server decides";
    Identifiers = "UUIDs, also as primary keys", since 3 . 1 . 0:
        "protocol definitions; expected in 3.1 (milvus#51038)";
    CompactionProtection = "Protection of segments from compaction", since 3 . 0 . 1:
        "protocol definitions: `CreateSnapshot`; documentation has backups from 3.0.1 on";
    MinHash = "`MinHash` functions", since 3 . 0 . 0: "release notes of 3.0.0: 2.6 has the index only";
    MolFingerprint = "Molecule fingerprint functions", since 3 . 0 . 0: "protocol definitions of 3.0";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::versions::documented::require_documented;

    #[test]
    fn versions_are_parsed_to_the_patch() {
        for (text, version) in [
            ("v2.3.5-lite", Version(2, 3, 5)),
            ("2.6.18", Version(2, 6, 18)),
            ("v3.0.1-dev.2", Version(3, 0, 1)),
            ("2.5", Version(2, 5, 0)),
            ("2.6-20260101-abcdef", Version(2, 6, 0)),
            ("", Version(u32::MAX, 0, 0)),
            ("nightly", Version(u32::MAX, 0, 0)),
        ] {
            assert_eq!(Version::parse(text), version, "{text}");
        }
    }

    #[test]
    fn the_documentation_has_these_versions() {
        let lines = Feature::ALL.iter().map(|feature| {
            let [text, source] = feature.texts();
            format!("| {text} | {} | {source} |", feature.since())
        });
        require_documented("features", &["| Feature | Since | Source |", "| --- | --- | --- |"], lines);
    }
}
