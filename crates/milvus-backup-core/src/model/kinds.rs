//! The enumerations of the product's contract. Their serialized form is their upper-case name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal $(| $alias:literal)*),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the serialized name of this value.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// Parses a serialized name or one of its aliases, in any letter case.
            fn from_str(text: &str) -> Result<Self, Error> {
                $(if [$text $(, $alias)*].iter().any(|name| name.eq_ignore_ascii_case(text)) {
                    return Ok(Self::$variant);
                })+
                Err(Error::InvalidParameter {
                    field: stringify!($name).to_owned(),
                    value: text.to_owned(),
                    limit: format!("one of {}", Self::ALL.iter().map(|v| v.as_str()).collect::<Vec<_>>().join(", ")),
                })
            }
        }
    };
}

named! {
    /// The part of a collection that a backup covers.
    BackupType {
        /// Every partition of the collection.
        FullCollection = "FULL_COLLECTION" | "full",
        /// The partitions that were requested by name.
        Partition = "PARTITION",
        /// Only the changes. Reserved: requesting it is an error, and never results in a full backup.
        Incremental = "INCREMENTAL",
    }
}

named! {
    /// The backend that holds a backup.
    BackupStorageType {
        /// Plain Parquet files below any object store root.
        LocalFile = "LOCAL_FILE" | "local",
        /// Files of the `milvus-backup` tool.
        MilvusNative = "MILVUS_NATIVE" | "native",
    }
}

named! {
    /// The algorithm of a digest over bytes.
    ChecksumAlgorithm {
        /// SHA-256, which is the default.
        Sha256 = "SHA256" | "sha-256",
        /// MD5, which detects only accidental damage.
        Md5 = "MD5",
        /// BLAKE2b with a 64-byte digest.
        Blake2b = "BLAKE2B" | "blake2b-512",
    }
}

named! {
    /// The depth of a verification.
    VerificationType {
        /// Presence, size and digest of every file.
        Checksum = "CHECKSUM",
        /// Digests of the small files, all footers, and a decoded sample of the row groups.
        Quick = "QUICK",
        /// A restore into a temporary collection, which is compared with the backup.
        Deep = "DEEP",
    }
}

named! {
    /// The state of a backup.
    BackupState {
        /// The backup is not started.
        None = "NONE",
        /// The backup is being written.
        InProgress = "IN_PROGRESS",
        /// The backup is committed.
        Completed = "COMPLETED",
        /// An error ended the backup, or the last verification found damage; never counted as a good backup.
        Failed = "FAILED",
        /// The backup is being verified.
        Verifying = "VERIFYING",
        /// The backup is committed, and the last verification found no damage.
        Verified = "VERIFIED",
        /// The backup is committed without some requested partitions; never counted as a good backup.
        PartiallyCompleted = "PARTIALLY_COMPLETED",
    }
}

named! {
    /// The compression inside the Parquet files: only codecs that Milvus' own import can read.
    CompressionCodec {
        /// Zstandard, which is the default.
        Zstd = "zstd",
        /// Snappy, which has no levels.
        Snappy = "snappy",
        /// Gzip, at levels 1 to 9.
        Gzip = "gzip",
        /// Values are stored without compression.
        None = "none" | "uncompressed",
    }
}

named! {
    /// The source that the rows of a backup were read from.
    SourceKind {
        /// Queries of the server.
        Query = "query",
        /// The segment files of the server.
        Segments = "segments",
    }
}

named! {
    /// The temporal consistency of the rows of one backup.
    Consistency {
        /// All rows were read as they were at one timestamp: by multi-version concurrency control (Milvus 2.5 and later),
        /// or from segment files.
        Snapshot = "snapshot",
        /// Each page reflects at least the state of the read point; later writes may or may not be included.
        Fuzzy = "fuzzy",
    }
}

impl ChecksumAlgorithm {
    /// Returns the length of the digest in hexadecimal digits.
    pub const fn hex_len(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Md5 => 32,
            Self::Blake2b => 128,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_through_text_and_serde() {
        for value in BackupState::ALL {
            assert_eq!(value.as_str().parse::<BackupState>().unwrap(), *value);
            let json = serde_json::to_string(value).unwrap();
            assert_eq!(json, format!("\"{value}\""));
        }
        assert_eq!("native".parse::<BackupStorageType>().unwrap(), BackupStorageType::MilvusNative);
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = "crc32".parse::<ChecksumAlgorithm>().unwrap_err().to_string();
        assert!(error.contains("SHA256, MD5, BLAKE2B"), "{error}");
    }
}
