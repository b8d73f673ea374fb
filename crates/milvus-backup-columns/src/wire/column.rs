//! A column of Milvus' protocol whose float vectors remain in their wire format.
//!
//! The generated messages read and write each float separately, which takes more time than the rest of a call. A packed
//! field of floats consists of their little-endian bytes in sequence (Protocol Buffers, "Encoding"), so a field of
//! bytes with the same number reads and writes the same message. All other parts are those of the generated messages
//! (`schema.proto` of Milvus).

use arrow_buffer::ScalarBuffer;
use milvus::proto::schema::{ScalarField, SparseFloatArray, StructArrayField, VectorArray, scalar_field};
use prost::{Message, Oneof};

use super::float_bytes::FloatBytes;

/// A custom message for `FieldData` of the protocol, whose float vectors are the bytes that were received or will be
/// sent.
///
/// It is a [`Message`], and can replace `FieldData` in other messages. It converts from and to `FieldData`.
#[derive(Clone, PartialEq, Message)]
pub struct WireColumn {
    #[prost(int32, tag = "1")]
    pub(super) data_type: i32,
    #[prost(string, tag = "2")]
    pub(super) field_name: String,
    #[prost(int64, tag = "5")]
    pub(super) field_id: i64,
    #[prost(bool, tag = "6")]
    pub(crate) is_dynamic: bool,
    #[prost(bool, repeated, tag = "7")]
    pub(crate) valid_data: Vec<bool>,
    #[prost(oneof = "WireValues", tags = "3, 4, 8")]
    pub(super) values: Option<WireValues>,
}

impl WireColumn {
    /// Returns the name of the field.
    pub fn name(&self) -> &str {
        &self.field_name
    }

    /// Returns the number of values that can be primary keys; `None` for a column of another type.
    pub fn key_count(&self) -> Option<usize> {
        use scalar_field::Data;

        let scalars = match &self.values {
            Some(WireValues::Scalars(scalars)) => scalars,
            Some(_) => return None,
            None => return Some(0),
        };
        match &scalars.data {
            Some(Data::LongData(values)) => Some(values.data.len()),
            Some(Data::StringData(values)) => Some(values.data.len()),
            Some(Data::BytesData(values)) => Some(values.data.len()),
            Some(_) => None,
            None => Some(0),
        }
    }

    /// Returns a column of float vectors without copying them.
    pub(crate) fn of_float_vectors(
        field_name: String,
        data_type: i32,
        valid_data: Vec<bool>,
        dim: i64,
        elements: ScalarBuffer<f32>,
    ) -> Self {
        let elements = Some(WireElements::Float(elements.into()));
        let values = Some(WireValues::Vectors(WireVectors { dim, elements, ..WireVectors::default() }));
        Self { data_type, field_name, valid_data, values, ..Self::default() }
    }

    /// Returns the flags of the rows that its vectors have; none if it has no vectors.
    pub(crate) fn vector_flags(&self) -> &[bool] {
        match &self.values {
            Some(WireValues::Vectors(vectors)) => &vectors.valid_data,
            _ => &[],
        }
    }

    /// Removes and returns the float vectors; `None` if the column has none.
    pub(crate) fn take_floats(&mut self) -> Option<FloatBytes> {
        match &mut self.values {
            Some(WireValues::Vectors(WireVectors { elements: elements @ Some(WireElements::Float(_)), .. })) => {
                match elements.take() {
                    Some(WireElements::Float(floats)) => Some(floats),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The values of a column.
#[derive(Clone, PartialEq, Oneof)]
pub(super) enum WireValues {
    #[prost(message, tag = "3")]
    Scalars(ScalarField),
    #[prost(message, tag = "4")]
    Vectors(WireVectors),
    #[prost(message, tag = "8")]
    Structs(StructArrayField),
}

/// The message `VectorField` of the protocol.
#[derive(Clone, PartialEq, Message)]
pub(super) struct WireVectors {
    #[prost(int64, tag = "1")]
    pub(super) dim: i64,
    #[prost(bool, repeated, tag = "9")]
    pub(super) valid_data: Vec<bool>,
    #[prost(oneof = "WireElements", tags = "2, 3, 4, 5, 6, 7, 8")]
    pub(super) elements: Option<WireElements>,
}

/// The elements of vectors.
#[derive(Clone, PartialEq, Oneof)]
pub(super) enum WireElements {
    #[prost(message, tag = "2")]
    Float(FloatBytes),
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

#[cfg(test)]
mod tests {
    use milvus::proto::schema::FieldData;
    use milvus_backup_testkit::columns::{Profile, Style, send, table};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_of_a_float_is_an_error() {
        let floats = WireElements::Float(FloatBytes { little_endian: bytes::Bytes::from_static(&[0; 6]) });
        let vectors = WireVectors { elements: Some(floats), ..WireVectors::default() };
        let column = WireColumn { values: Some(WireValues::Vectors(vectors)), ..WireColumn::default() };
        assert!(FieldData::try_from(column).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Compares the encoded bytes, because a NaN does not equal itself.
        #[test]
        fn columns_are_those_of_milvus(table in table(Profile::everything()), styles in any::<[Style; 4]>()) {
            for (column, style) in table.columns.iter().zip(styles.iter().cycle()) {
                let theirs = send(column, *style);
                let ours = WireColumn::from(theirs.clone());
                prop_assert_eq!(ours.encode_to_vec(), theirs.encode_to_vec());
                let read = WireColumn::decode(theirs.encode_to_vec().as_slice()).unwrap();
                prop_assert_eq!(FieldData::try_from(read).unwrap().encode_to_vec(), theirs.encode_to_vec());
            }
        }
    }
}
