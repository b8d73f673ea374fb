//! What the responses of a server have beyond the definitions of this version, in words.

use milvus_backup_core::{Error, Result};

use super::layout::UnknownField;
use super::messages::{DESCRIPTION, ROWS};

/// Returns, for a response of `DescribeCollection` as it was received, one sentence for each of its fields that the
/// definitions of this version do not have. They are not part of a backup.
///
/// # Errors
/// [`Error::Protocol`] for bytes that are no message.
pub fn unknown_parts_of_description(message: &[u8]) -> Result<Vec<String>> {
    let unknown = DESCRIPTION.unknown_fields(message)?;
    Ok(unknown.iter().map(|field| format!("{}: it is not in the backup", describe(field))).collect())
}

/// Checks that a response of `Query`, as it was received, has only fields that the definitions of this version have.
///
/// # Errors
/// [`Error::Protocol`] for any other field, which could change what the values of a column mean, and for bytes that are
/// no message.
pub fn require_known_rows(message: &[u8]) -> Result<()> {
    match ROWS.unknown_fields(message)?.first() {
        None => Ok(()),
        Some(field) => {
            Err(Error::Protocol { message: format!("{}: the rows cannot be read without it", describe(field)) })
        }
    }
}

fn describe(field: &UnknownField) -> String {
    let UnknownField { message, number, within } = field;
    let place = match within.as_slice() {
        [] => String::new(),
        names => format!("`{}`: ", names.join(".")),
    };
    format!("{place}the server sends field {number} of {message}, which this version does not know")
}

#[cfg(test)]
mod tests {
    use milvus::proto::milvus as pb;
    use milvus::proto::schema::{CollectionSchema, FieldSchema};
    use milvus_backup_testkit::columns::{Profile, Style, send, table};
    use proptest::prelude::*;
    use prost::Message;
    use prost::encoding::{WireType, encode_key, encode_varint};

    use super::*;

    /// A message with one more field, of this number.
    fn with_field(mut message: Vec<u8>, number: u32) -> Vec<u8> {
        encode_key(number, WireType::Varint, &mut message);
        encode_varint(1, &mut message);
        message
    }

    /// A field of a message, or an item of a repeated one.
    fn nested(number: u32, content: &[u8]) -> Vec<u8> {
        let mut message = Vec::new();
        encode_key(number, WireType::LengthDelimited, &mut message);
        encode_varint(content.len() as u64, &mut message);
        message.extend_from_slice(content);
        message
    }

    #[test]
    fn an_unknown_attribute_of_a_field_is_named() {
        let field = FieldSchema { name: "year".to_owned(), ..FieldSchema::default() };
        let field = nested(4, &with_field(field.encode_to_vec(), 20));
        let found = unknown_parts_of_description(&nested(2, &field)).unwrap();
        assert_eq!(
            found,
            [
                "`year`: the server sends field 20 of FieldSchema, which this version does not know: it is not in the backup"
            ]
        );
    }

    #[test]
    fn a_description_of_this_version_has_nothing_unknown() {
        let schema = CollectionSchema {
            name: "films".to_owned(),
            version: 3,
            file_resource_ids: vec![1, 2],
            enable_namespace: true,
            external_source: "s3://films".to_owned(),
            ..CollectionSchema::default()
        };
        let answer = pb::DescribeCollectionResponse {
            schema: Some(schema),
            routing_modulus: 4,
            shard_by: "hash(id)".to_owned(),
            ..Default::default()
        };
        assert_eq!(unknown_parts_of_description(&answer.encode_to_vec()).unwrap(), Vec::<String>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Every column that is known passes, and none with one more field.
        #[test]
        fn rows_with_more_than_is_known_are_refused(
            table in table(Profile::everything()),
            style: Style,
            number in 18_u32..100_000,
        ) {
            let columns: Vec<_> = table.columns.iter().map(|column| send(column, style)).collect();
            let answer = pb::QueryResults { fields_data: columns.clone(), session_ts: 9, ..Default::default() };
            require_known_rows(&answer.encode_to_vec()).unwrap();
            prop_assert!(require_known_rows(&with_field(answer.encode_to_vec(), number)).is_err());
            for column in columns {
                let message = nested(2, &with_field(column.encode_to_vec(), number));
                prop_assert!(require_known_rows(&message).is_err());
            }
        }
    }
}
