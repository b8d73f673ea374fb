//! Parquet pages: as they are stored, and with their values.

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type};
use zstd::bulk::Decompressor;

use super::buffers::Buffers;
use super::cursor::Cursor;
use super::other_encodings::plain;
use super::page_header::{PageHeader, PageKind};
use super::runs::numbers;
use super::values::{Dictionary, PageValues};
use crate::error::LogError;

/// A page as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredPage {
    pub(crate) header: PageHeader,
    pub(crate) body: Bytes,
}

impl StoredPage {
    /// Returns the number of rows whose values are in the page.
    pub(crate) fn rows(&self) -> usize {
        match self.header.kind {
            PageKind::Data | PageKind::DataV2 { .. } => self.header.values,
            PageKind::Dictionary | PageKind::Index => 0,
        }
    }
}

/// The form of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColumnForm {
    pub(crate) physical: Type,
    /// Bytes of each value, where all have the same; 0 for bits.
    pub(crate) width: Option<usize>,
    /// Whether the pages say which values are NULL.
    pub(crate) optional: bool,
}

/// The codec of a column, with its state.
pub(crate) enum Codec {
    Uncompressed,
    Zstd(Decompressor<'static>),
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Uncompressed => "Uncompressed",
            Self::Zstd(_) => "Zstd",
        })
    }
}

impl Codec {
    pub(super) fn new(compression: Compression) -> Result<Self, LogError> {
        match compression {
            Compression::UNCOMPRESSED => Ok(Self::Uncompressed),
            Compression::ZSTD(_) => {
                Decompressor::new().map(Self::Zstd).map_err(|error| LogError::damaged(format_args!("needs {error}")))
            }
            other => Err(LogError::unsupported(format_args!("compression {other}"))),
        }
    }

    /// Decompresses to a buffer that has exactly the size of the result.
    fn decompress(&mut self, stored: &[u8], into: &mut [u8]) -> Result<(), LogError> {
        let length = match self {
            Self::Uncompressed if stored.len() == into.len() => {
                into.copy_from_slice(stored);
                stored.len()
            }
            Self::Uncompressed => stored.len(),
            Self::Zstd(zstd) => zstd
                .decompress_to_buffer(stored, into)
                .map_err(|error| LogError::damaged(format_args!("has a page that cannot be decompressed: {error}")))?,
        };
        if length == into.len() {
            return Ok(());
        }
        Err(LogError::damaged(format_args!("has a page of {length} bytes that should have {}", into.len())))
    }
}

/// The values of a page that was opened, and what of them was not read yet.
#[derive(Debug)]
pub(super) struct OpenPage {
    pub(super) rows_left: usize,
    /// One for each row that is not NULL; `None` if none is.
    pub(super) validity: Option<std::vec::IntoIter<u32>>,
    pub(super) values: PageValues,
}

impl OpenPage {
    /// Decompresses a data page.
    pub(super) fn new(
        page: &StoredPage,
        form: ColumnForm,
        codec: &mut Codec,
        dictionary: Option<&Dictionary>,
        buffers: &Buffers,
    ) -> Result<Self, LogError> {
        let header = &page.header;
        let rows = header.values;
        let (levels, body) = split_levels(page, form, codec, buffers)?;
        let validity = levels.map(|levels| numbers(&levels, 1, rows)).transpose()?;
        let present = validity.as_ref().map_or(rows, |valid| valid.iter().filter(|valid| **valid == 1).count());
        let values = match header.encoding {
            Encoding::PLAIN => PageValues::plain(body, form, present)?,
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                let dictionary = dictionary.ok_or_else(|| LogError::damaged("has no dictionary"))?;
                PageValues::references(&body, dictionary, present)?
            }
            other => PageValues::plain(plain(other, body, form, present)?, form, present)?,
        };
        let validity = validity.filter(|_| present < rows).map(Vec::into_iter);
        Ok(Self { rows_left: rows, validity, values })
    }
}

/// Decompresses a page, and returns its definition levels and its values.
fn split_levels(
    page: &StoredPage,
    form: ColumnForm,
    codec: &mut Codec,
    buffers: &Buffers,
) -> Result<(Option<Bytes>, Bytes), LogError> {
    if let PageKind::DataV2 { levels, compressed } = page.header.kind {
        let (levels, stored) = (page.body.slice(..levels), page.body.slice(levels..));
        let length = page.header.bytes - levels.len();
        let body = if compressed && length > 0 { decompressed(&stored, length, codec, buffers)? } else { stored };
        return Ok((form.optional.then_some(levels), body));
    }
    let mut body = decompressed(&page.body, page.header.bytes, codec, buffers)?;
    if !form.optional {
        return Ok((None, body));
    }
    let mut cursor = Cursor::new(&body);
    let length = usize::try_from(cursor.i32()?).map_err(|_| LogError::ended())?;
    let start = cursor.position();
    cursor.take(length)?;
    let levels = body.slice(start..start + length);
    Ok((Some(levels), body.split_off(start + length)))
}

/// Returns the decompressed bytes of a page.
pub(super) fn decompressed(
    stored: &Bytes,
    length: usize,
    codec: &mut Codec,
    buffers: &Buffers,
) -> Result<Bytes, LogError> {
    if matches!(codec, Codec::Uncompressed) && stored.len() == length {
        return Ok(stored.clone());
    }
    let mut bytes = buffers.get(length);
    codec.decompress(stored, bytes.room(length))?;
    Ok(Bytes::from_owner(bytes.freeze()))
}

/// Decompresses a page without levels, whose values are plain, to a buffer of its size.
pub(super) fn decompress_into(page: &StoredPage, codec: &mut Codec, into: &mut [u8]) -> Result<(), LogError> {
    let raw = matches!(page.header.kind, PageKind::DataV2 { compressed: false, .. });
    if raw { Codec::Uncompressed.decompress(&page.body, into) } else { codec.decompress(&page.body, into) }
}
