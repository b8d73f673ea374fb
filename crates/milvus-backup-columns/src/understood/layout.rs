//! The fields of a message by their numbers, and the search for others.

use milvus_backup_core::{Error, Result};
use prost::bytes::Buf;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// The fields of a message that the definitions of this version have.
#[derive(Debug)]
pub(super) struct Layout {
    /// The name of the message in the definitions.
    pub(super) name: &'static str,
    /// The numbers of its fields, without those in `nested`.
    pub(super) fields: &'static [u32],
    /// The numbers of the fields that are messages, with their layouts.
    pub(super) nested: &'static [(u32, &'static Layout)],
    /// The field that names an instance, such as a field of a schema.
    pub(super) named_by: Option<u32>,
}

/// A field that the definitions of this version do not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnknownField {
    /// The name of the message in the definitions.
    pub(super) message: &'static str,
    /// The number of the field.
    pub(super) number: u32,
    /// The names of the instances that contain it, from the outermost; those without a name are left out.
    pub(super) within: Vec<String>,
}

impl Layout {
    /// Returns the fields of a message that are not in this layout, each once for every instance. Fields with their
    /// default value are none: a server that sends it says nothing by it.
    ///
    /// # Errors
    /// [`Error::Protocol`] for bytes that are no message.
    pub(super) fn unknown_fields(&'static self, message: &[u8]) -> Result<Vec<UnknownField>> {
        let mut found = Vec::new();
        self.search(message, &mut Vec::new(), &mut found)?;
        Ok(found)
    }

    fn search(&'static self, message: &[u8], within: &mut Vec<String>, found: &mut Vec<UnknownField>) -> Result<()> {
        let name = self.instance_name(message)?;
        let depth = within.len();
        within.extend(name);
        let mut rest = message;
        while let Some(field) = Field::next(&mut rest)? {
            if let (Some((_, layout)), Some(content)) = (self.nested_in(field.number), field.content) {
                layout.search(content, within, found)?;
            } else if !self.has(field.number) && !field.is_default {
                let unknown = UnknownField { message: self.name, number: field.number, within: within.clone() };
                if !found.contains(&unknown) {
                    found.push(unknown);
                }
            }
        }
        within.truncate(depth);
        Ok(())
    }

    fn nested_in(&self, number: u32) -> Option<&(u32, &'static Layout)> {
        self.nested.iter().find(|(nested, _)| *nested == number)
    }

    fn has(&self, number: u32) -> bool {
        self.fields.contains(&number) || self.nested_in(number).is_some()
    }

    fn instance_name(&self, message: &[u8]) -> Result<Option<String>> {
        let Some(naming) = self.named_by else { return Ok(None) };
        let (mut rest, mut name) = (message, None);
        while let Some(field) = Field::next(&mut rest)? {
            if field.number == naming {
                name = field.content.map(|content| String::from_utf8_lossy(content).into_owned());
            }
        }
        Ok(name)
    }
}

/// One field of a message.
struct Field<'a> {
    number: u32,
    /// The bytes of a field with a length, such as a text or a message.
    content: Option<&'a [u8]>,
    is_default: bool,
}

impl<'a> Field<'a> {
    fn next(rest: &mut &'a [u8]) -> Result<Option<Self>> {
        if rest.is_empty() {
            return Ok(None);
        }
        let (number, wire_type) = decode_key(rest).map_err(malformed)?;
        if wire_type == WireType::LengthDelimited {
            let length = decode_varint(rest).map_err(malformed)?;
            let length = usize::try_from(length).ok().filter(|length| *length <= rest.len());
            let (content, after) = rest.split_at(length.ok_or_else(|| malformed("a field beyond its message"))?);
            *rest = after;
            return Ok(Some(Self { number, content: Some(content), is_default: content.is_empty() }));
        }
        let before = *rest;
        skip_field(wire_type, number, rest, DecodeContext::default()).map_err(malformed)?;
        let value = &before[..before.remaining() - rest.remaining()];
        Ok(Some(Self { number, content: None, is_default: value.iter().all(|byte| *byte == 0) }))
    }
}

fn malformed(reason: impl std::fmt::Display) -> Error {
    Error::Protocol { message: format!("a message that cannot be read: {reason}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use prost::encoding::{encode_key, encode_varint};

    use super::*;

    static INNER: Layout = Layout { name: "Inner", fields: &[1, 2], nested: &[], named_by: Some(1) };
    static OUTER: Layout = Layout { name: "Outer", fields: &[1], nested: &[(4, &INNER)], named_by: None };

    fn varint(message: &mut Vec<u8>, number: u32, value: u64) {
        encode_key(number, WireType::Varint, message);
        encode_varint(value, message);
    }

    fn bytes(message: &mut Vec<u8>, number: u32, content: &[u8]) {
        encode_key(number, WireType::LengthDelimited, message);
        encode_varint(content.len() as u64, message);
        message.extend_from_slice(content);
    }

    fn outer(inner: &[u8]) -> Vec<u8> {
        let mut message = Vec::new();
        varint(&mut message, 1, 7);
        bytes(&mut message, 4, inner);
        message
    }

    #[test]
    fn a_field_is_found_wherever_it_is() {
        let mut inner = Vec::new();
        varint(&mut inner, 2, 1);
        varint(&mut inner, 9, 1);
        bytes(&mut inner, 1, b"year");
        let mut message = outer(&inner);
        bytes(&mut message, 12, b"x");
        bytes(&mut message, 12, b"y");
        let found = OUTER.unknown_fields(&message).unwrap();
        let expected = [("Inner", 9, vec!["year".to_owned()]), ("Outer", 12, vec![])];
        let expected = expected.map(|(message, number, within)| UnknownField { message, number, within });
        assert_eq!(found, expected);
    }

    #[test]
    fn a_default_value_says_nothing() {
        let mut message = outer(&[]);
        varint(&mut message, 9, 0);
        bytes(&mut message, 10, b"");
        assert_eq!(OUTER.unknown_fields(&message).unwrap(), []);
    }

    #[test]
    fn a_message_that_is_cut_off_is_an_error() {
        let mut message = outer(b"\x0a\x04year");
        assert!(OUTER.unknown_fields(&message).is_ok());
        message.truncate(message.len() - 1);
        assert!(OUTER.unknown_fields(&message).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_are_too_strange(message in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = OUTER.unknown_fields(&message);
        }

        #[test]
        fn every_other_number_is_named(number in 5_u32..536_870_911, value in 1_u64..) {
            let mut inner = Vec::new();
            varint(&mut inner, number, value);
            let found = OUTER.unknown_fields(&outer(&inner)).unwrap();
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!((found[0].message, found[0].number), ("Inner", number));
        }
    }
}
