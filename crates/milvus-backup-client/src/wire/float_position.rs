//! The position at which the floats of a message start, found while the message arrives: they can then be placed so
//! that Arrow can use them without a copy.

use prost::encoding::{WireType, decode_key, decode_varint};

/// The position of the first float vectors of a message, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FloatPosition {
    /// They start at this byte.
    At(usize),
    /// More of the message must arrive first.
    NotYet,
    /// There are none, or the message cannot be parsed.
    None,
}

/// The path from a `QueryResults` down to the bytes of its floats: `fields_data`, `vectors`, `float_vector`, `data`. A
/// message may have several members of the first kind.
const PATH: [u32; 4] = [2, 4, 2, 1];

/// Searches for the first float vectors in the beginning of a message of `length` bytes.
pub(super) fn find_first_floats(beginning: &[u8], length: usize) -> FloatPosition {
    find(beginning, 0, length, &PATH)
}

/// Searches the message from byte `at` to `end`, of which only the part up to the end of `bytes` has arrived.
fn find(bytes: &[u8], mut at: usize, end: usize, path: &[u32]) -> FloatPosition {
    let Some((&wanted, deeper)) = path.split_first() else { return FloatPosition::At(at) };
    while at < end {
        let Some(mut rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) else { return FloatPosition::NotYet };
        let before = rest.len();
        let Some((tag, size)) = member(&mut rest) else {
            // The maximum length of the start of a member: a key and a length.
            return if before < 20 && bytes.len() < end { FloatPosition::NotYet } else { FloatPosition::None };
        };
        let value = at + before - rest.len();
        let Some(after) = value.checked_add(size).filter(|after| *after <= end) else { return FloatPosition::None };
        if tag == wanted {
            match find(bytes, value, after, deeper) {
                FloatPosition::None => {}
                found => return found,
            }
        }
        at = after;
    }
    FloatPosition::None
}

/// Returns the tag of the member that starts here, and the number of bytes of its value, which follows.
fn member(rest: &mut &[u8]) -> Option<(u32, usize)> {
    let (tag, wire_type) = decode_key(rest).ok()?;
    let size = match wire_type {
        WireType::LengthDelimited => usize::try_from(decode_varint(rest).ok()?).ok()?,
        WireType::Varint => {
            let value = *rest;
            let mut after = value;
            decode_varint(&mut after).ok()?;
            value.len() - after.len()
        }
        WireType::ThirtyTwoBit => 4,
        WireType::SixtyFourBit => 8,
        _ => return None,
    };
    // Only length-delimited members are searched.
    Some((if wire_type == WireType::LengthDelimited { tag } else { 0 }, size))
}

#[cfg(test)]
mod tests {
    use milvus::proto::milvus as pb;
    use milvus::proto::schema::{FieldData, vector_field};
    use milvus_backup_testkit::columns::{Profile, Style, send, table};
    use proptest::prelude::*;
    use prost::Message;

    use super::*;

    fn floats_of(columns: &[FieldData]) -> Option<&[f32]> {
        columns.iter().find_map(|column| match &column.field {
            Some(milvus::proto::schema::field_data::Field::Vectors(vectors)) => match &vectors.data {
                Some(vector_field::Data::FloatVector(floats)) if !floats.data.is_empty() => Some(&floats.data[..]),
                _ => None,
            },
            _ => None,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The position is correct for any prefix of a message.
        #[test]
        fn floats_are_found_where_they_are(table in table(Profile::everything()), style in any::<Style>()) {
            let fields_data: Vec<FieldData> = table.columns.iter().map(|column| send(column, style)).collect();
            let answer = pb::QueryResults { fields_data, session_ts: 9, ..Default::default() };
            let message = answer.encode_to_vec();
            let whole = find_first_floats(&message, message.len());
            match floats_of(&answer.fields_data) {
                None => prop_assert_eq!(whole, FloatPosition::None),
                Some(floats) => {
                    let FloatPosition::At(at) = whole else { panic!("{whole:?}") };
                    let bytes: Vec<u8> = floats.iter().flat_map(|float| float.to_le_bytes()).collect();
                    prop_assert_eq!(&message[at..at + bytes.len()], &bytes[..]);
                    for end in 0..message.len() {
                        let found = find_first_floats(&message[..end], message.len());
                        let expected = if end < at { FloatPosition::NotYet } else { whole };
                        prop_assert_eq!(found, expected, "{} of {} bytes, floats at {}", end, message.len(), at);
                    }
                }
            }
        }

        #[test]
        fn anything_is_looked_at(bytes in prop::collection::vec(any::<u8>(), 0..200), length in any::<usize>()) {
            find_first_floats(&bytes, length);
        }
    }
}
