//! What a log file contains, and where: its form by its first bytes, and its columns by the footer of its Parquet part.

use std::ops::Range;

use parquet::basic::{Compression, Type};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::schema::types::ColumnDescriptor;

use super::header::{LogHeader, MAGIC, parse_header};
use super::page::ColumnForm;
use crate::error::LogError;

/// The first and the last bytes of a Parquet file.
const PARQUET: &[u8] = b"PAR1";
const ENCRYPTED_PARQUET: &[u8] = b"PARE";

/// Size of the length of a footer and of the bytes after it.
pub(crate) const FOOTER_END: usize = 8;

/// The largest footer in bytes.
const MAX_FOOTER: usize = 16 << 20;

/// The envelope of the Parquet part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// The events of storage v1.
    Events(LogHeader),
    /// Storage v2: the file is Parquet as a whole.
    None,
}

impl Envelope {
    /// Recognises a file by its first bytes, and refuses by their names the forms that are not read.
    pub(crate) fn recognise(head: &[u8], size_bytes: u64) -> Result<Self, LogError> {
        match head.get(..MAGIC.len()) {
            Some(first) if first == MAGIC => {
                let header = parse_header(head)?;
                match u64::try_from(header.payload_end).unwrap_or(u64::MAX) {
                    end if end == size_bytes => Ok(Self::Events(header)),
                    end if end > size_bytes => {
                        Err(LogError::damaged(format_args!("has {size_bytes} bytes, not {end} as it says")))
                    }
                    _ => Err(LogError::unsupported("a log with several events")),
                }
            }
            Some(PARQUET) => Ok(Self::None),
            Some(ENCRYPTED_PARQUET) => Err(LogError::unsupported("encrypted Parquet")),
            Some(b"VTXF") => Err(LogError::unsupported("the Vortex format")),
            Some(b"VLIM" | b"MILV" | b"Obj\x01") => Err(LogError::unsupported("a manifest of storage v3")),
            _ => Err(LogError::damaged("does not begin like a log of any version")),
        }
    }

    /// Returns the position of the Parquet part in the file.
    pub(crate) fn payload_start(&self) -> u64 {
        match self {
            Self::Events(header) => header.payload_start as u64,
            Self::None => 0,
        }
    }

    /// Returns the header of storage v1; `None` for other storage.
    pub(crate) fn header(&self) -> Option<&LogHeader> {
        match self {
            Self::Events(header) => Some(header),
            Self::None => None,
        }
    }
}

/// Returns the size of the footer from the last bytes of a file, including those, which are the last 8.
pub(crate) fn footer_bytes(tail: &[u8]) -> Result<usize, LogError> {
    let Some((length, end)) = tail.last_chunk::<FOOTER_END>().and_then(|end| end.split_first_chunk::<4>()) else {
        return Err(LogError::ended());
    };
    if end == ENCRYPTED_PARQUET {
        return Err(LogError::unsupported("encrypted Parquet"));
    }
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    if end != PARQUET || length > MAX_FOOTER {
        return Err(LogError::damaged("does not end like a Parquet file"));
    }
    Ok(length + FOOTER_END)
}

/// A column of a log file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogColumn {
    /// The id of the field, if the file says it.
    pub(crate) field_id: Option<i64>,
    pub(crate) name: String,
    pub(crate) form: ColumnForm,
    pub(crate) compression: Compression,
    /// The parts of the column, in the order of their rows.
    pub(crate) chunks: Vec<Chunk>,
}

/// A part of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// The place of its pages in the file.
    pub(crate) range: Range<u64>,
    pub(crate) rows: usize,
    /// Size of the pages after decompression, as far as the footer can be trusted.
    pub(crate) page_bytes: u64,
}

impl LogColumn {
    pub(crate) fn rows(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.rows).sum()
    }

    /// Returns about the number of bytes of all values.
    pub(crate) fn value_bytes(&self) -> u64 {
        let pages = self.chunks.iter().fold(0_u64, |sum, chunk| sum.saturating_add(chunk.page_bytes));
        let fixed = self.form.width.unwrap_or(0).saturating_mul(self.rows()) as u64;
        pages.max(fixed).max(self.rows() as u64)
    }

    /// Returns the number of bytes that the column takes in the file.
    pub(crate) fn stored_bytes(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.range.end - chunk.range.start).sum()
    }
}

/// Reads the columns from a footer, whose last bytes are the end of the Parquet part. The parser may panic.
pub(crate) fn columns(footer: &[u8], payload: Range<u64>) -> Result<Vec<LogColumn>, LogError> {
    let metadata = footer.get(..footer.len().saturating_sub(FOOTER_END)).ok_or_else(LogError::ended)?;
    let metadata = ParquetMetaDataReader::decode_metadata(metadata)
        .map_err(|error| LogError::damaged(format_args!("has a footer that cannot be read: {error}")))?;
    let schema = metadata.file_metadata().schema_descr();
    (0..schema.num_columns()).map(|index| column(&metadata, index, &payload)).collect()
}

fn column(metadata: &ParquetMetaData, index: usize, payload: &Range<u64>) -> Result<LogColumn, LogError> {
    let descriptor = metadata.file_metadata().schema_descr().column(index);
    let info = descriptor.self_type().get_basic_info();
    let groups = metadata.row_groups();
    let first = groups.first().map(|group| column_of(group, index)).transpose()?;
    let compression = first.map_or(Compression::UNCOMPRESSED, ColumnChunkMetaData::compression);
    let chunks = groups.iter().map(|group| {
        let chunk = column_of(group, index)?;
        if chunk.compression() != compression {
            return Err(LogError::unsupported("a column with several compressions"));
        }
        let page_bytes = u64::try_from(chunk.uncompressed_size()).unwrap_or(0);
        Ok(Chunk { range: chunk_range(chunk, payload)?, rows: rows(chunk, group)?, page_bytes })
    });
    Ok(LogColumn {
        field_id: info.has_id().then(|| i64::from(info.id())),
        name: descriptor.path().string(),
        form: form(&descriptor)?,
        compression,
        chunks: chunks.collect::<Result<_, _>>()?,
    })
}

fn column_of(group: &RowGroupMetaData, index: usize) -> Result<&ColumnChunkMetaData, LogError> {
    group.columns().get(index).ok_or_else(|| LogError::damaged("has a row group without one of its columns"))
}

fn rows(chunk: &ColumnChunkMetaData, group: &RowGroupMetaData) -> Result<usize, LogError> {
    /// The largest number of rows of a log file. A segment is at most a few gibibytes.
    const MAX_ROWS: i64 = 1 << 30;
    let rows = group.num_rows();
    if !(0..=MAX_ROWS).contains(&rows) || chunk.num_values() != rows {
        return Err(LogError::damaged(format_args!("has {} values for {rows} rows", chunk.num_values())));
    }
    usize::try_from(rows).map_err(LogError::damaged)
}

/// Returns the place of a column chunk in the file, which must be within the Parquet part.
fn chunk_range(chunk: &ColumnChunkMetaData, payload: &Range<u64>) -> Result<Range<u64>, LogError> {
    let outside = || LogError::damaged("has a column outside of the file");
    let dictionary = chunk.dictionary_page_offset().filter(|offset| *offset > 0);
    let start = dictionary.map_or(chunk.data_page_offset(), |offset| offset.min(chunk.data_page_offset()));
    let start = u64::try_from(start).ok().and_then(|start| start.checked_add(payload.start));
    let length = u64::try_from(chunk.compressed_size()).ok();
    let range = start.zip(length).and_then(|(start, length)| Some(start..start.checked_add(length)?));
    range.filter(|range| range.end <= payload.end).ok_or_else(outside)
}

fn form(column: &ColumnDescriptor) -> Result<ColumnForm, LogError> {
    if column.max_rep_level() > 0 || column.max_def_level() > 1 {
        return Err(LogError::unsupported(format_args!("nested column `{}`", column.path().string())));
    }
    let physical = column.physical_type();
    let width = match physical {
        Type::BOOLEAN => Some(0),
        Type::INT32 | Type::FLOAT => Some(size_of::<u32>()),
        Type::INT64 | Type::DOUBLE => Some(size_of::<u64>()),
        Type::BYTE_ARRAY => None,
        Type::FIXED_LEN_BYTE_ARRAY => {
            let length = usize::try_from(column.type_length()).ok().filter(|length| *length > 0);
            Some(length.ok_or_else(|| LogError::damaged("has values of an impossible length"))?)
        }
        Type::INT96 => return Err(LogError::unsupported("values of 96 bits")),
    };
    Ok(ColumnForm { physical, width, optional: column.max_def_level() == 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{FileColumn, LogKind, Style, envelope, parquet_file};

    #[test]
    fn the_first_bytes_decide() {
        let refused = |head: &[u8]| match Envelope::recognise(head, 100) {
            Err(LogError::Unsupported(what)) => what,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(b"PARE...."), "encrypted Parquet");
        assert_eq!(refused(b"VTXF...."), "the Vortex format");
        assert_eq!(refused(b"VLIM\x05\0\0\0"), "a manifest of storage v3");
        assert_eq!(refused(b"Obj\x01"), "a manifest of storage v3");
        assert!(matches!(Envelope::recognise(b"{\"\"}", 100), Err(LogError::Damaged(_))));
        assert!(matches!(Envelope::recognise(b"PA", 2), Err(LogError::Damaged(_))));
        assert_eq!(Envelope::recognise(b"PAR1", 100).unwrap(), Envelope::None);
    }

    #[test]
    fn a_log_is_as_long_as_it_says() {
        let log = envelope(LogKind::Insert, 100, 5, (1, 2), b"PAR1");
        let size = log.len() as u64;
        assert_eq!(Envelope::recognise(&log, size).unwrap().payload_start(), size - 4);
        assert!(matches!(Envelope::recognise(&log, size - 1), Err(LogError::Damaged(_))));
        assert!(matches!(Envelope::recognise(&log, size + 1), Err(LogError::Unsupported(_))));
    }

    #[test]
    fn columns_are_within_the_payload() {
        let columns_of = vec![FileColumn::numbers("100", 0..500), FileColumn::numbers("1", 0..500)];
        let file = parquet_file(&columns_of, Style { group_rows: 200, ..Style::default() });
        let footer = &file[file.len() - footer_bytes(&file).unwrap()..];
        let found = columns(footer, 50..50 + file.len() as u64).unwrap();
        assert_eq!(found.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["100", "1"]);
        assert_eq!(found[0].chunks.iter().map(|chunk| chunk.rows).collect::<Vec<_>>(), [200, 200, 100]);
        assert_eq!((found[0].rows(), found[0].chunks[0].range.start), (500, 54));
        assert!(columns(footer, 50..500).is_err(), "a column beyond the end");
    }
}
