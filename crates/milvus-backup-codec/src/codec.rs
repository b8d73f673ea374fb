//! The formats, and how to tell them apart.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

use crate::error::{Error, Result};

/// A compression format.
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
    /// LZ4 frames: fastest, largest, has no levels.
    Lz4,
    /// Gzip: read everywhere.
    Gzip,
}

impl Codec {
    /// Every codec.
    pub const ALL: [Self; 3] = [Self::Zstd, Self::Lz4, Self::Gzip];

    /// The bytes that every stream of this format begins with.
    pub const fn magic(self) -> &'static [u8] {
        match self {
            Self::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
            Self::Lz4 => &[0x04, 0x22, 0x4d, 0x18],
            Self::Gzip => &[0x1f, 0x8b],
        }
    }

    /// The end of the names of its files, with the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Zstd => ".zst",
            Self::Lz4 => ".lz4",
            Self::Gzip => ".gz",
        }
    }

    /// The format that data beginning with `start` is in.
    pub fn from_magic(start: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| start.starts_with(codec.magic()))
    }

    /// The format that the name of a file stands for, in any letter case.
    pub fn from_path(path: &Path) -> Option<Self> {
        let extension = path.extension().and_then(OsStr::to_str)?;
        Self::ALL.into_iter().find(|codec| codec.extension()[1..].eq_ignore_ascii_case(extension))
    }

    /// [`Codec::from_magic`], or the error that shows `start`.
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
