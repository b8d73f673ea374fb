//! The compression formats, and their detection.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

use crate::error::{Error, Result};

/// A compression format of files and streams.
///
/// ```
/// use milvus_backup_codec::Codec;
///
/// assert_eq!(Codec::from_magic(&[0x1f, 0x8b, 8, 0]), Some(Codec::Gzip));
/// assert_eq!(Codec::from_path("rows.parquet.zst".as_ref()), Some(Codec::Zstd));
/// assert_eq!(Codec::Lz4.extension(), ".lz4");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Codec {
    /// Zstandard: small and fast, the default.
    #[default]
    Zstd,
    /// LZ4 frames: fastest, largest, without levels.
    Lz4,
    /// Gzip, which is supported everywhere.
    Gzip,
}

impl Codec {
    /// Every codec, in declaration order.
    pub const ALL: [Self; 3] = [Self::Zstd, Self::Lz4, Self::Gzip];

    /// Returns the bytes with which every stream of this format starts.
    pub const fn magic(self) -> &'static [u8] {
        match self {
            Self::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
            Self::Lz4 => &[0x04, 0x22, 0x4d, 0x18],
            Self::Gzip => &[0x1f, 0x8b],
        }
    }

    /// Returns the extension of its files, with the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Zstd => ".zst",
            Self::Lz4 => ".lz4",
            Self::Gzip => ".gz",
        }
    }

    /// Returns the format of data that starts with `start`; `None` if it is unknown.
    pub fn from_magic(start: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| start.starts_with(codec.magic()))
    }

    /// Returns the format that the extension of a file names, in any letter case; `None` if it names none.
    pub fn from_path(path: &Path) -> Option<Self> {
        let extension = path.extension().and_then(OsStr::to_str)?;
        Self::ALL.into_iter().find(|codec| codec.extension()[1..].eq_ignore_ascii_case(extension))
    }

    /// Returns the format of data that starts with `start`, or the error that contains `start`.
    pub(crate) fn detect(start: &[u8]) -> Result<Self> {
        Self::from_magic(start).ok_or_else(|| Error::UnknownFormat { start: start.to_owned() })
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
            Self::Gzip => "gzip",
        })
    }
}
