//! The enumerations of the product's contract. Their serialized form is their upper-case name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal $(| $alias:literal)*),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The serialized name of this value.
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

            /// Reads a serialized name or one of its aliases, in any letter case.
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
    /// How much of a collection a backup holds.
    BackupType {
        /// Every partition.
        FullCollection = "FULL_COLLECTION" | "full",
        /// The partitions that were named.
        Partition = "PARTITION",
        /// Only what changed. Reserved: asking for it is an error, never a silent full backup.
        Incremental = "INCREMENTAL",
    }
}

named! {
    /// Which backend holds a backup.
    BackupStorageType {
        /// Plain Parquet on any object store root.
        LocalFile = "LOCAL_FILE" | "local",
        /// Made by the `milvus-backup` tool.
        MilvusNative = "MILVUS_NATIVE" | "native",
    }
}

named! {
    /// A digest over bytes.
    ChecksumAlgorithm {
        /// SHA-256, the default.
        Sha256 = "SHA256" | "sha-256",
        /// MD5. Detects accidents only.
        Md5 = "MD5",
        /// BLAKE2b with a 64-byte digest.
        Blake2b = "BLAKE2B" | "blake2b-512",
    }
}

named! {
    /// How deep a verification goes.
    VerificationType {
        /// Presence, size and digest of every file.
        Checksum = "CHECKSUM",
        /// Digests of the small files, all footers, and a sample of the row groups decoded.
        Quick = "QUICK",
        /// A restore into a temporary collection, compared with the backup.
        Deep = "DEEP",
    }
}

named! {
    /// Where a backup stands.
    BackupState {
        /// Not started.
        None = "NONE",
        /// Being written.
        InProgress = "IN_PROGRESS",
        /// Committed.
        Completed = "COMPLETED",
        /// Ended by an error, or the last verification found something wrong; never counted as a good backup.
        Failed = "FAILED",
        /// Being verified.
        Verifying = "VERIFYING",
        /// Committed, and the last verification found nothing wrong.
        Verified = "VERIFIED",
        /// Committed without something that was asked for; never counted as a good backup.
        PartiallyCompleted = "PARTIALLY_COMPLETED",
    }
}

named! {
    /// The compression inside the Parquet files. Only codecs that Milvus' own import reads.
    CompressionCodec {
        /// Zstandard, the default.
        Zstd = "zstd",
        /// Snappy. Has no levels.
        Snappy = "snappy",
        /// Gzip.
        Gzip = "gzip",
        /// Stored as it is.
        None = "none" | "uncompressed",
    }
}

named! {
    /// What the rows of one backup have in common in time.
    Consistency {
        /// All pages were read at one timestamp by multi-version concurrency control (Milvus 2.5 and later).
        Snapshot = "snapshot",
        /// Each page shows at least the state of the read point; writes made meanwhile may be in or out.
        Fuzzy = "fuzzy",
    }
}

impl ChecksumAlgorithm {
    /// Length of the digest in hexadecimal digits.
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
