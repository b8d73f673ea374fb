//! The envelope of a log of storage v1: a descriptor, and the header of the event whose payload is a Parquet file.

use milvus_backup_core::Result;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::cursor::Cursor;
use crate::error::LogError;

/// The first bytes of a log of storage v1.
pub(crate) const MAGIC: [u8; 4] = 0x00ff_fabc_u32.to_le_bytes();

/// The types of events.
const DESCRIPTOR: u8 = 0;
const INSERT: u8 = 1;
const DELETE: u8 = 2;

/// Size of the header of an event in bytes.
const EVENT_HEADER: usize = 17;

/// Number of bytes in a descriptor that are the lengths of the headers of other events.
const POST_HEADER_LENGTHS: usize = 8;

/// The largest JSON text of extra options.
const MAX_EXTRA: usize = 1 << 20;

/// The header of a log of storage v1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHeader {
    /// The id of the collection for which the log was written.
    pub collection_id: i64,
    /// The id of the partition for which the log was written.
    pub partition_id: i64,
    /// The id of the segment for which the log was written.
    pub segment_id: i64,
    /// The id of the field: 0 for row ids, 1 for timestamps, 100 and more for the fields of a schema, -1 or 0 for
    /// deletes.
    pub field_id: i64,
    /// The number of the data type in Milvus' protocol.
    pub data_type: i32,
    /// The smallest timestamp of the rows or deletes, as Milvus 2.3 writes it. Compactions of later versions write 0 or
    /// 1, which means nothing.
    pub start_ts: u64,
    /// The greatest timestamp of the rows or deletes; 0 or 1 means nothing, as with [`Self::start_ts`].
    pub end_ts: u64,
    /// Whether the log contains deletes instead of rows.
    pub deletes: bool,
    /// Whether the deletes are two columns, key and timestamp, instead of one text each.
    pub multi_field: bool,
    /// The position of the payload in the file, in bytes.
    pub payload_start: usize,
    /// The position after the payload, which is the end of the file.
    pub payload_end: usize,
}

/// Reads the header of a log of storage v1 from the first bytes of the file `path`, of which 64 KiB always suffice and a
/// few hundred usually do.
///
/// # Errors
/// [`milvus_backup_core::Error::Corrupted`] if the bytes are no such header or end before it does;
/// [`milvus_backup_core::Error::Unsupported`] for an encrypted log, and for files of other forms, which have no header.
pub fn log_header(path: &str, bytes: &[u8]) -> Result<LogHeader> {
    parse_header(bytes).map_err(|error| error.of_file(path))
}

/// Reads the header of a log of storage v1.
pub(crate) fn parse_header(bytes: &[u8]) -> Result<LogHeader, LogError> {
    let mut cursor = Cursor::new(bytes);
    if cursor.array()? != MAGIC {
        return Err(LogError::damaged("does not begin like a log"));
    }
    let descriptor = event_header(&mut cursor)?;
    if descriptor.kind != DESCRIPTOR {
        return Err(LogError::damaged(format_args!("begins with an event of type {}", descriptor.kind)));
    }
    let [collection_id, partition_id, segment_id, field_id] =
        [cursor.i64()?, cursor.i64()?, cursor.i64()?, cursor.i64()?];
    let (start_ts, end_ts, data_type) = (cursor.u64()?, cursor.u64()?, cursor.i32()?);
    cursor.take(POST_HEADER_LENGTHS)?;
    let extra = extra_options(&mut cursor)?;
    if cursor.position() != MAGIC.len() + descriptor.length {
        return Err(LogError::damaged("has a descriptor of another length than it says"));
    }
    let event_start = cursor.position();
    let event = event_header(&mut cursor)?;
    let deletes = match event.kind {
        INSERT => false,
        DELETE => true,
        other => return Err(LogError::unsupported(format_args!("events of type {other}"))),
    };
    // The timestamps of the event repeat those of the descriptor.
    cursor.take(2 * size_of::<u64>())?;
    Ok(LogHeader {
        collection_id,
        partition_id,
        segment_id,
        field_id,
        data_type,
        start_ts,
        end_ts,
        deletes,
        multi_field: extra.version.as_deref() == Some("MULTI_FIELD"),
        payload_start: cursor.position(),
        payload_end: event_start + event.length,
    })
}

/// The header of an event.
struct EventHeader {
    kind: u8,
    /// The size of the event with its header, in bytes.
    length: usize,
}

fn event_header(cursor: &mut Cursor<'_>) -> Result<EventHeader, LogError> {
    let _timestamp = cursor.u64()?;
    let kind = cursor.byte()?;
    let length = cursor.i32()?;
    let _next_position = cursor.i32()?;
    let length = usize::try_from(length).ok().filter(|length| *length >= EVENT_HEADER);
    Ok(EventHeader { kind, length: length.ok_or_else(|| LogError::damaged("has an event of a negative length"))? })
}

/// The options in a descriptor that change how a log is read.
#[derive(Debug, Default, Deserialize)]
struct Extra<'a> {
    version: Option<String>,
    #[serde(borrow)]
    edek: Option<&'a RawValue>,
    #[serde(borrow, rename = "ezID")]
    encryption_zone: Option<&'a RawValue>,
}

fn extra_options<'a>(cursor: &mut Cursor<'a>) -> Result<Extra<'a>, LogError> {
    let length = usize::try_from(cursor.i32()?).ok().filter(|length| *length <= MAX_EXTRA);
    let text = cursor.take(length.ok_or_else(|| LogError::damaged("has options of an impossible length"))?)?;
    if text.is_empty() {
        return Ok(Extra::default());
    }
    let extra: Extra<'_> = serde_json::from_slice(text)
        .map_err(|error| LogError::damaged(format_args!("has options that cannot be read: {error}")))?;
    if extra.edek.is_some() || extra.encryption_zone.is_some() {
        return Err(LogError::unsupported("encrypted logs"));
    }
    Ok(extra)
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::Error;

    use super::*;
    use crate::fixtures::{LogKind, envelope};

    #[test]
    fn a_header_says_what_the_log_contains() {
        let log = envelope(LogKind::Insert, 102, 101, (5, 9), b"PAR1");
        let header = log_header("log", &log).unwrap();
        assert_eq!((header.collection_id, header.partition_id, header.segment_id), (445, 446, 447));
        assert_eq!((header.field_id, header.data_type, header.start_ts, header.end_ts), (102, 101, 5, 9));
        assert_eq!(&log[header.payload_start..header.payload_end], b"PAR1");
        assert!(!header.deletes && !header.multi_field);
        let header = log_header("log", &envelope(LogKind::DeleteColumns, -1, 5, (0, 0), b"")).unwrap();
        assert!(header.deletes && header.multi_field);
    }

    #[test]
    fn every_prefix_and_an_encrypted_log_are_refused_by_name() {
        let log = envelope(LogKind::Insert, 102, 101, (5, 9), b"");
        for length in 0..log.len() {
            let refused = log_header("insert_log/1", &log[..length]);
            assert!(matches!(refused, Err(Error::Corrupted { failed_files, .. }) if failed_files == ["insert_log/1"]));
        }
        let place = log.windows(15).position(|window| window == b"\"original_size\"").unwrap();
        let mut encrypted = log.clone();
        encrypted[place..place + 15].copy_from_slice(b"\"edek\":\"abcde\",");
        assert!(matches!(parse_header(&encrypted), Err(LogError::Damaged(_))), "what follows is no JSON");
        let text = encrypted[place + 15..].iter().position(|byte| *byte == b'}').unwrap();
        encrypted[place + 14..place + 15 + text].fill(b' ');
        assert!(
            matches!(log_header("log", &encrypted), Err(Error::Unsupported { what }) if what.contains("encrypted"))
        );
    }
}
