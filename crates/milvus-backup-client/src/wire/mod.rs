//! The two messages that carry rows, with float vectors as the bytes that they are on the wire.
//!
//! The generated messages read and write each float on its own, which takes more time than all the rest of a call. A
//! packed field of floats is their little-endian bytes one after the other (Protocol Buffers, "Encoding"), so a field of
//! bytes with the same number reads and writes the same message. Everything else is that of the generated messages
//! (`milvus.proto` and `schema.proto` of Milvus).

mod buffers;
mod call;
mod convert;
mod floats;
mod receive;
mod rows;

use bytes::Bytes;
use milvus::proto::common;
use milvus::proto::schema::{FieldData, ScalarField, SparseFloatArray, StructArrayField, VectorArray, scalar_field};
use milvus_backup_core::Result;
use prost::{Message, Oneof};

pub(crate) use buffers::MessageBuffers;
pub(crate) use call::{insert, query};

/// `QueryResults`, as far as it is read.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct QueryAnswer {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<common::Status>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) fields_data: Vec<Column>,
    #[prost(uint64, tag = "5")]
    pub(crate) session_ts: u64,
}

impl QueryAnswer {
    /// The columns, in the order of the server.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Protocol`] for float vectors with a part of a float at their end.
    pub(crate) fn into_columns(self) -> Result<Vec<FieldData>> {
        self.fields_data.into_iter().map(FieldData::try_from).collect()
    }
}

/// `InsertRequest`, as far as it is filled.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct InsertRows {
    #[prost(string, tag = "2")]
    pub(crate) db_name: String,
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
    #[prost(string, tag = "4")]
    pub(crate) partition_name: String,
    #[prost(message, repeated, tag = "5")]
    pub(crate) fields_data: Vec<Column>,
    #[prost(uint32, tag = "7")]
    pub(crate) num_rows: u32,
}

/// `FieldData`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Column {
    #[prost(int32, tag = "1")]
    data_type: i32,
    #[prost(string, tag = "2")]
    pub(crate) field_name: String,
    #[prost(int64, tag = "5")]
    field_id: i64,
    #[prost(bool, tag = "6")]
    pub(crate) is_dynamic: bool,
    #[prost(bool, repeated, tag = "7")]
    pub(crate) valid_data: Vec<bool>,
    #[prost(oneof = "Values", tags = "3, 4, 8")]
    values: Option<Values>,
}

impl Column {
    /// Takes the float vectors out, if that is what it has.
    pub(crate) fn take_floats(&mut self) -> Option<Floats> {
        match &mut self.values {
            Some(Values::Vectors(Vectors { elements: elements @ Some(Elements::Float(_)), .. })) => {
                match elements.take() {
                    Some(Elements::Float(floats)) => Some(floats),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The number of scalar values that can be primary keys.
    pub(crate) fn key_count(&self) -> usize {
        match &self.values {
            Some(Values::Scalars(ScalarField { data: Some(scalar_field::Data::LongData(values)), .. })) => {
                values.data.len()
            }
            Some(Values::Scalars(ScalarField { data: Some(scalar_field::Data::StringData(values)), .. })) => {
                values.data.len()
            }
            _ => 0,
        }
    }
}

#[derive(Clone, PartialEq, Oneof)]
enum Values {
    #[prost(message, tag = "3")]
    Scalars(ScalarField),
    #[prost(message, tag = "4")]
    Vectors(Vectors),
    #[prost(message, tag = "8")]
    Structs(StructArrayField),
}

/// `VectorField`.
#[derive(Clone, PartialEq, Message)]
struct Vectors {
    #[prost(int64, tag = "1")]
    dim: i64,
    #[prost(bool, repeated, tag = "9")]
    valid_data: Vec<bool>,
    #[prost(oneof = "Elements", tags = "2, 3, 4, 5, 6, 7, 8")]
    elements: Option<Elements>,
}

#[derive(Clone, PartialEq, Oneof)]
enum Elements {
    #[prost(message, tag = "2")]
    Float(Floats),
    #[prost(bytes, tag = "3")]
    Binary(Vec<u8>),
    #[prost(bytes, tag = "4")]
    Float16(Vec<u8>),
    #[prost(bytes, tag = "5")]
    Bfloat16(Vec<u8>),
    #[prost(message, tag = "6")]
    Sparse(SparseFloatArray),
    #[prost(bytes, tag = "7")]
    Int8(Vec<u8>),
    #[prost(message, tag = "8")]
    Array(VectorArray),
}

/// `FloatArray`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Floats {
    #[prost(bytes = "bytes", tag = "1")]
    little_endian: Bytes,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use milvus::proto::milvus as pb;
    use milvus_backup_testkit::columns::{Profile, Style, send, table};
    use proptest::prelude::*;

    use super::*;
    use crate::columns::{decode_columns, encode_columns};

    #[test]
    fn a_part_of_a_float_is_an_error() {
        let floats = Elements::Float(Floats { little_endian: Bytes::from_static(&[0; 6]) });
        let vectors = Vectors { elements: Some(floats), ..Vectors::default() };
        let column = Column { values: Some(Values::Vectors(vectors)), ..Column::default() };
        let answer = QueryAnswer { fields_data: vec![column], ..QueryAnswer::default() };
        assert!(answer.into_columns().is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The bytes are compared, because a NaN is not equal to itself.
        #[test]
        fn messages_are_those_of_milvus(table in table(Profile::everything()), styles in any::<[Style; 4]>()) {
            let columns: Vec<FieldData> =
                table.columns.iter().zip(styles.iter().cycle()).map(|(column, style)| send(column, *style)).collect();
            let theirs = pb::InsertRequest {
                db_name: "d".to_owned(),
                collection_name: "c".to_owned(),
                partition_name: "p".to_owned(),
                fields_data: columns.clone(),
                num_rows: 7,
                ..Default::default()
            };
            let ours = InsertRows {
                db_name: "d".to_owned(),
                collection_name: "c".to_owned(),
                partition_name: "p".to_owned(),
                fields_data: columns.iter().cloned().map(Column::from).collect(),
                num_rows: 7,
            };
            prop_assert_eq!(ours.encode_to_vec(), theirs.encode_to_vec());

            let answer = pb::QueryResults {
                status: Some(common::Status { code: 3, ..Default::default() }),
                fields_data: columns,
                collection_name: "c".to_owned(),
                output_fields: vec!["f".to_owned()],
                session_ts: 9,
                ..Default::default()
            };
            let read = QueryAnswer::decode(answer.encode_to_vec().as_slice()).unwrap();
            prop_assert_eq!(read.session_ts, 9);
            prop_assert_eq!(&read.status, &answer.status);
            let read = pb::QueryResults { fields_data: read.into_columns().unwrap(), ..answer.clone() };
            prop_assert_eq!(read.encode_to_vec(), answer.encode_to_vec());

            let (schema, collection) = (table.schema(), "c".parse().unwrap());
            let batch = decode_columns(&schema, table.rows, answer.fields_data).unwrap();
            let insert = InsertRows::new("d".to_owned(), &collection, Some("p"), &schema, &batch).unwrap();
            let sent = pb::InsertRequest::decode(insert.encode_to_vec().as_slice()).unwrap();
            let bytes_by_name = |columns: Vec<FieldData>| -> BTreeMap<String, Vec<u8>> {
                columns.into_iter().map(|column| (column.field_name.clone(), column.encode_to_vec())).collect()
            };
            prop_assert_eq!(bytes_by_name(sent.fields_data), bytes_by_name(encode_columns(&schema, &batch).unwrap()));
            prop_assert_eq!(sent.num_rows as usize, table.rows);
        }
    }
}
