//! One scale of levels for all codecs.

use crate::error::{Error, Result};

/// The compression level: 1 is fast, 9 is small, 6 is the default.
///
/// | codec | meaning of the level |
/// |---|---|
/// | zstd | zstd's own level of that number, of 22; memory for compressing grows to about 30 MB at 9 |
/// | gzip | gzip's own level of that number |
/// | lz4 | none: the encoder has a single level |
///
/// ```
/// use milvus_backup_codec::Level;
///
/// assert_eq!(Level::new(9)?, Level::SMALLEST);
/// assert_eq!(Level::default().get(), 6);
/// assert!(Level::new(10).is_err());
/// # Ok::<(), milvus_backup_codec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// Level 1, which is the fastest.
    pub const FASTEST: Self = Self(1);
    /// Level 9, which compresses best.
    pub const SMALLEST: Self = Self(9);

    /// Creates the level with that number.
    ///
    /// # Errors
    /// [`Error::InvalidLevel`] for a number outside 1 to 9.
    pub fn new(level: u8) -> Result<Self> {
        if (1..=9).contains(&level) { Ok(Self(level)) } else { Err(Error::InvalidLevel { level }) }
    }

    /// Returns the number of the level.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Level {
    fn default() -> Self {
        Self(6)
    }
}

impl TryFrom<u8> for Level {
    type Error = Error;

    fn try_from(level: u8) -> Result<Self> {
        Self::new(level)
    }
}
