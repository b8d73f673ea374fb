//! Parquet pages that are built without copying their values.

use std::collections::VecDeque;
use std::io::Read;

use bytes::{Buf, Bytes};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// Values of enumerations in the Parquet format.
const DATA_PAGE: i32 = 0;
const PLAIN: i32 = 0;
const RLE: i32 = 3;

/// Parts of the compact protocol of Thrift: the next field, of type `i32`; the field after the next, a structure; the
/// end of a structure.
const NEXT_I32: u8 = 0x15;
const SECOND_NEXT_STRUCT: u8 = 0x2C;
const STOP: u8 = 0;

/// Returns the `PageHeader` of a data page of version 1, with plain values after levels in runs, without compression,
/// checksum and statistics. `bytes` is the size of levels and values together.
pub(super) fn page_header(bytes: usize, values: usize) -> Result<Bytes> {
    let (bytes, values) = (page_number(bytes)?, page_number(values)?);
    let mut header = Vec::with_capacity(32);
    numbers(&mut header, &[DATA_PAGE, bytes, bytes]);
    header.push(SECOND_NEXT_STRUCT);
    numbers(&mut header, &[values, PLAIN, RLE, RLE]);
    header.extend_from_slice(&[STOP; 2]);
    Ok(header.into())
}

fn page_number(number: usize) -> Result<i32> {
    i32::try_from(number).map_err(|_| ParquetError::General(format!("{number} in a page")))
}

/// Writes the next fields of a structure, none of which is negative.
fn numbers(header: &mut Vec<u8>, numbers: &[i32]) {
    for number in numbers {
        header.push(NEXT_I32);
        varint(header, u64::from(number.unsigned_abs()) << 1);
    }
}

/// Writes an unsigned number, seven bits per byte, the lowest first.
pub(super) fn varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// The bytes of a column chunk, in their original buffers.
#[derive(Debug, Clone, Default)]
pub(super) struct Segments {
    segments: VecDeque<Bytes>,
    bytes: usize,
}

impl Segments {
    pub(super) fn push(&mut self, segment: Bytes) {
        self.bytes += segment.len();
        self.segments.push_back(segment);
    }
}

impl Read for Segments {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while let Some(segment) = self.segments.front_mut() {
            if segment.is_empty() {
                self.segments.pop_front();
                continue;
            }
            let taken = segment.len().min(into.len());
            segment.copy_to_slice(&mut into[..taken]);
            self.bytes -= taken;
            return Ok(taken);
        }
        Ok(0)
    }
}

impl Length for Segments {
    fn len(&self) -> u64 {
        self.bytes as u64
    }
}

impl ChunkReader for Segments {
    type T = Self;

    fn get_read(&self, start: u64) -> Result<Self> {
        let mut rest = self.clone();
        std::io::copy(&mut (&mut rest).take(start), &mut std::io::sink())?;
        Ok(rest)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let mut bytes = vec![0; length];
        self.get_read(start)?.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use parquet::basic::Encoding;
    use parquet::column::page::{CompressedPage, Page, PageWriter};
    use parquet::file::writer::{SerializedPageWriter, TrackedWrite};

    use super::*;

    /// Returns the header that the `parquet` crate writes.
    fn their_header(bytes: usize, values: u32) -> Vec<u8> {
        let page = Page::DataPage {
            buf: vec![0; bytes].into(),
            num_values: values,
            encoding: Encoding::PLAIN,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let mut sink = TrackedWrite::new(Vec::new());
        SerializedPageWriter::new(&mut sink).write_page(CompressedPage::new(page, bytes)).unwrap();
        let mut written = sink.into_inner().unwrap();
        written.truncate(written.len() - bytes);
        written
    }

    #[test]
    fn headers_are_those_of_the_parquet_crate() {
        for (bytes, values) in [(0, 0), (1, 1), (63, 64), (127, 128), (16_383, 16_384), (1_050_000, 261_888)] {
            assert_eq!(page_header(bytes, values).unwrap(), their_header(bytes, u32::try_from(values).unwrap()));
        }
        assert!(page_header(usize::MAX, 1).is_err());
    }

    #[test]
    fn segments_are_read_from_anywhere() {
        let mut segments = Segments::default();
        for segment in [&b"abc"[..], b"", b"defg", b"h"] {
            segments.push(Bytes::from_static(segment));
        }
        assert_eq!(segments.len(), 8);
        for start in 0..=8 {
            let mut rest = String::new();
            segments.get_read(start).unwrap().read_to_string(&mut rest).unwrap();
            assert_eq!(rest, "abcdefgh"[usize::try_from(start).unwrap()..]);
        }
        assert_eq!(segments.get_bytes(2, 4).unwrap(), "cdef");
        assert!(segments.get_bytes(7, 2).is_err());
    }
}
