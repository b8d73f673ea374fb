//! The decoders of the parts of a log file against bytes that mean nothing, and against mutated ones.
//!
//! `PROPTEST_CASES` sets the number of inputs; `cargo xtask fuzz` runs them for minutes. A decoder may reject its input;
//! it must not panic, nor return more than it was given.

use milvus_backup_core::schema::DataType;
use milvus_backup_testkit::mutation::{mutate, mutation};
use proptest::prelude::*;

use super::deletes::parse;
use super::guarded::guarded;
use super::header::parse_header;
use super::layout::{Envelope, columns, footer_bytes};
use super::page_header::PageHeader;
use super::runs::numbers;
use crate::fixtures::{FileColumn, LogKind, Style, envelope, parquet_file};

/// A small log of storage v1.
fn log() -> Vec<u8> {
    let parquet = parquet_file(&[FileColumn::numbers("val", 0..50)], Style { page_rows: 10, ..Style::default() });
    envelope(LogKind::Insert, 100, 5, (1, 2), &parquet)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn untrusted_input_headers(mutations in prop::collection::vec(mutation(), 1..4)) {
        let bytes = mutate(log(), &mutations);
        let size = bytes.len();
        if let Ok(header) = parse_header(&bytes) {
            prop_assert!(header.payload_start <= size);
        }
        if let Ok(Envelope::Events(header)) = Envelope::recognise(&bytes, size as u64) {
            prop_assert_eq!(header.payload_end, size);
        }
    }

    #[test]
    fn untrusted_input_footers(mutations in prop::collection::vec(mutation(), 1..4)) {
        let bytes = mutate(log(), &mutations);
        let size = bytes.len() as u64;
        let Ok(length) = footer_bytes(&bytes) else { return Ok(()) };
        let Some(start) = bytes.len().checked_sub(length) else { return Ok(()) };
        if let Ok(columns) = guarded("log", || columns(&bytes[start..], 0..size)) {
            for chunk in columns.iter().flat_map(|column| &column.chunks) {
                prop_assert!(chunk.range.start <= chunk.range.end && chunk.range.end <= size);
            }
        }
    }

    #[test]
    fn untrusted_input_page_headers(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(Some((_, length))) = PageHeader::read(&bytes) {
            prop_assert!(length <= bytes.len());
        }
    }

    #[test]
    fn untrusted_input_runs(bytes in prop::collection::vec(any::<u8>(), 0..40), width in 0..40_u8, count in 0..2000_usize) {
        if let Ok(found) = numbers(&bytes, width, count) {
            prop_assert_eq!(found.len(), count);
            let bytes = u32::from(width.div_ceil(8)) * 8;
            prop_assert!(found.iter().all(|number| u64::from(*number) >> bytes == 0));
        }
    }

    #[test]
    fn untrusted_input_deletes(mutations in prop::collection::vec(mutation(), 0..4), is_text in any::<bool>()) {
        let text = br#"{"pk":"a\u0000b\"","ts":442959098087473153,"pkType":21}"#.to_vec();
        let text = if is_text { text } else { br#"{"pk":-12,"ts":442959098087473153,"pkType":5}"#.to_vec() };
        let text = mutate(text, &mutations);
        for key_type in [DataType::Int64, DataType::VarChar] {
            let _ = parse(&text, key_type);
        }
    }
}
