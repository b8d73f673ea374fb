//! The headers of Parquet pages.

use parquet::basic::Encoding;

use super::cursor::Cursor;
use super::thrift::Fields;
use crate::error::LogError;

/// The largest header of a page, whose statistics repeat a smallest and a greatest value.
pub(super) const MAX_HEADER: usize = 1 << 20;

/// The largest page after decompression, in bytes: 1,024 vectors of the highest dimension, and more.
const MAX_PAGE: i32 = 256 << 20;

/// The largest number of values of a page.
const MAX_VALUES: i32 = 1 << 24;

/// The header of a page, without its statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageHeader {
    pub(crate) kind: PageKind,
    /// Number of values, including those that are NULL.
    pub(crate) values: usize,
    pub(crate) encoding: Encoding,
    /// Size in the file, in bytes.
    pub(crate) stored_bytes: usize,
    /// Size after decompression, in bytes.
    pub(crate) bytes: usize,
}

/// The kind of a page, and what only pages of this kind have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageKind {
    /// The values that later pages refer to.
    Dictionary,
    /// Values, after their levels if they can be NULL, all of it compressed.
    Data,
    /// Values after their levels, of which only the values may be compressed.
    DataV2 {
        /// Size of the repetition and definition levels in bytes.
        levels: usize,
        /// Whether the values are compressed, if the column is.
        compressed: bool,
    },
    /// A page without values.
    Index,
}

impl PageHeader {
    /// Reads the header at the start of `bytes`, and returns it with its size. `None` if more bytes are needed.
    pub(crate) fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, LogError> {
        let mut cursor = Cursor::new(bytes);
        match Parts::read(&mut cursor) {
            Ok(parts) => Ok(Some((parts.header()?, cursor.position()))),
            Err(error) if error == LogError::ended() && bytes.len() < MAX_HEADER => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The fields of a page header, as they are read.
#[derive(Debug, Default)]
struct Parts {
    kind: Option<i32>,
    bytes: Option<i32>,
    stored_bytes: Option<i32>,
    values: Option<i32>,
    encoding: Option<i32>,
    levels: [Option<i32>; 2],
    uncompressed: bool,
}

impl Parts {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LogError> {
        let mut parts = Self::default();
        let mut fields = Fields::new(cursor);
        while let Some(field) = fields.next()? {
            match field.id {
                1 => parts.kind = Some(fields.i32(field)?),
                2 => parts.bytes = Some(fields.i32(field)?),
                3 => parts.stored_bytes = Some(fields.i32(field)?),
                5 | 7 => parts.data_header(fields.structure(field)?)?,
                8 => parts.data_header_v2(fields.structure(field)?)?,
                _ => fields.skip(field)?,
            }
        }
        Ok(parts)
    }

    /// Reads the header of a data page or of a dictionary, which begin alike.
    fn data_header(&mut self, mut fields: Fields<'_, '_>) -> Result<(), LogError> {
        while let Some(field) = fields.next()? {
            match field.id {
                1 => self.values = Some(fields.i32(field)?),
                2 => self.encoding = Some(fields.i32(field)?),
                _ => fields.skip(field)?,
            }
        }
        Ok(())
    }

    fn data_header_v2(&mut self, mut fields: Fields<'_, '_>) -> Result<(), LogError> {
        while let Some(field) = fields.next()? {
            match field.id {
                1 => self.values = Some(fields.i32(field)?),
                4 => self.encoding = Some(fields.i32(field)?),
                5 => self.levels[0] = Some(fields.i32(field)?),
                6 => self.levels[1] = Some(fields.i32(field)?),
                7 => self.uncompressed = !field.flag()?,
                _ => fields.skip(field)?,
            }
        }
        Ok(())
    }

    fn header(&self) -> Result<PageHeader, LogError> {
        let stored_bytes = size(self.stored_bytes, MAX_PAGE)?;
        let bytes = size(self.bytes, MAX_PAGE)?;
        let kind = match self.kind {
            Some(0) => PageKind::Data,
            Some(1) => PageKind::Index,
            Some(2) => PageKind::Dictionary,
            Some(3) => {
                let [definition, repetition] = self.levels;
                let levels = size(definition, MAX_PAGE)? + size(repetition, MAX_PAGE)?;
                if levels > bytes || levels > stored_bytes {
                    return Err(LogError::damaged("has a page whose levels are longer than the page"));
                }
                PageKind::DataV2 { levels, compressed: !self.uncompressed }
            }
            _ => return Err(LogError::damaged("has a page of no known kind")),
        };
        if kind == PageKind::Index {
            return Ok(PageHeader { kind, values: 0, encoding: Encoding::PLAIN, stored_bytes, bytes });
        }
        Ok(PageHeader {
            kind,
            values: size(self.values, MAX_VALUES)?,
            encoding: encoding(self.encoding)?,
            stored_bytes,
            bytes,
        })
    }
}

/// Returns a size that must be there, and be possible.
fn size(number: Option<i32>, largest: i32) -> Result<usize, LogError> {
    let possible = number.filter(|number| *number <= largest).and_then(|number| usize::try_from(number).ok());
    possible.ok_or_else(|| LogError::damaged(format_args!("has a page header with a size of {number:?}")))
}

fn encoding(number: Option<i32>) -> Result<Encoding, LogError> {
    Ok(match number {
        Some(0) => Encoding::PLAIN,
        // The former number of the same encoding: where it is the dictionary itself, its values are plain.
        Some(2) => Encoding::PLAIN_DICTIONARY,
        Some(3) => Encoding::RLE,
        Some(5) => Encoding::DELTA_BINARY_PACKED,
        Some(6) => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        Some(7) => Encoding::DELTA_BYTE_ARRAY,
        Some(8) => Encoding::RLE_DICTIONARY,
        Some(9) => Encoding::BYTE_STREAM_SPLIT,
        other => return Err(LogError::unsupported(format_args!("pages with encoding {other:?}"))),
    })
}
