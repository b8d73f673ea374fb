//! Messages as bytes, to put fields into them that no definition here has.

use prost::bytes::Buf;
use prost::encoding::{decode_varint, encode_varint};

/// A field that is a message: its tag, and which one of several it is.
pub(super) type Step = (u64, usize);

/// Wire type 2 of Protocol Buffers: bytes with their length before them.
const WITH_LENGTH: u64 = 2;

/// Returns the message with `extra` at the end of the message that `path` leads to; `None` where there is no such
/// message.
pub(super) fn appended(message: &[u8], path: &[Step], extra: &[u8]) -> Option<Vec<u8>> {
    let Some((&(wanted, nth), rest)) = path.split_first() else {
        return Some([message, extra].concat());
    };
    let (mut left, mut written, mut seen, mut found) = (message, Vec::new(), 0, false);
    while left.has_remaining() {
        let start = left;
        let key = decode_varint(&mut left).ok()?;
        let (tag, wire_type) = (key >> 3, key & 7);
        if wire_type != WITH_LENGTH {
            skip(&mut left, wire_type)?;
            written.extend_from_slice(&start[..start.len() - left.len()]);
            continue;
        }
        let length = usize::try_from(decode_varint(&mut left).ok()?).ok()?;
        let (inner, after) = left.split_at_checked(length)?;
        left = after;
        let is_it = tag == wanted && seen == nth;
        seen += usize::from(tag == wanted);
        found |= is_it;
        let changed = if is_it { appended(inner, rest, extra)? } else { inner.to_vec() };
        encode_varint(key, &mut written);
        encode_varint(changed.len() as u64, &mut written);
        written.extend_from_slice(&changed);
    }
    found.then_some(written)
}

/// Skips a value without a length.
fn skip(left: &mut &[u8], wire_type: u64) -> Option<()> {
    match wire_type {
        0 => decode_varint(left).map(drop).ok(),
        1 => left.split_at_checked(8).map(|(_, rest)| *left = rest),
        5 => left.split_at_checked(4).map(|(_, rest)| *left = rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use milvus::proto::schema::{CollectionSchema, FieldSchema};
    use prost::Message;

    use super::*;

    #[test]
    fn a_field_is_put_where_the_path_leads() {
        let field = |name: &str| FieldSchema { name: name.to_owned(), ..FieldSchema::default() };
        let schema = CollectionSchema { fields: vec![field("a"), field("b")], ..CollectionSchema::default() };
        // `description = 4` of the second field.
        let changed = appended(&schema.encode_to_vec(), &[(4, 1)], &[0x22, 1, b'x']).unwrap();
        let read = CollectionSchema::decode(changed.as_slice()).unwrap();
        assert_eq!((read.fields[0].description.as_str(), read.fields[1].description.as_str()), ("", "x"));
        assert_eq!(appended(&schema.encode_to_vec(), &[(4, 2)], &[]), None);
    }
}
