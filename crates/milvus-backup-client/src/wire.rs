//! The two messages that carry rows, with float vectors as the bytes that they are on the wire.
//!
//! The generated messages read and write each float on its own, which takes more time than all the rest of a call. A
//! packed field of floats is their little-endian bytes one after the other (Protocol Buffers, "Encoding"), so a field of
//! bytes with the same number reads and writes the same message. Everything else is that of the generated messages
//! (`milvus.proto` and `schema.proto` of Milvus).

use arrow_buffer::Buffer;
use bytes::Bytes;
use milvus::proto::common::Status;
use milvus::proto::milvus as pb;
use milvus::proto::schema::{
    FieldData, FloatArray, ScalarField, SparseFloatArray, StructArrayField, VectorArray, VectorField, field_data,
    vector_field,
};
use prost::{Message, Oneof};
use tonic::codec::ProstCodec;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Response};

use crate::connection::Service;

/// `QueryResults`, as far as it is read.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct QueryAnswer {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<Status>,
    #[prost(message, repeated, tag = "2")]
    fields_data: Vec<Column>,
    #[prost(uint64, tag = "5")]
    pub(crate) session_ts: u64,
}

impl QueryAnswer {
    /// The columns, in the order of the server.
    pub(crate) fn into_columns(self) -> Vec<FieldData> {
        self.fields_data.into_iter().map(FieldData::from).collect()
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
    field_name: String,
    #[prost(int64, tag = "5")]
    field_id: i64,
    #[prost(bool, tag = "6")]
    is_dynamic: bool,
    #[prost(bool, repeated, tag = "7")]
    valid_data: Vec<bool>,
    #[prost(oneof = "Values", tags = "3, 4, 8")]
    values: Option<Values>,
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
struct Floats {
    #[prost(bytes = "bytes", tag = "1")]
    little_endian: Bytes,
}

impl From<Floats> for FloatArray {
    fn from(floats: Floats) -> Self {
        let (floats, _) = floats.little_endian.as_chunks::<4>();
        Self { data: floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect() }
    }
}

impl From<FloatArray> for Floats {
    fn from(floats: FloatArray) -> Self {
        let little_endian = if cfg!(target_endian = "little") {
            Bytes::from_owner(Buffer::from_vec(floats.data))
        } else {
            floats.data.iter().flat_map(|float| float.to_le_bytes()).collect()
        };
        Self { little_endian }
    }
}

impl From<Column> for FieldData {
    fn from(column: Column) -> Self {
        let field = column.values.map(|values| match values {
            Values::Scalars(scalars) => field_data::Field::Scalars(scalars),
            Values::Vectors(vectors) => field_data::Field::Vectors(vectors.into()),
            Values::Structs(structs) => field_data::Field::StructArrays(structs),
        });
        Self {
            r#type: column.data_type,
            field_name: column.field_name,
            field_id: column.field_id,
            is_dynamic: column.is_dynamic,
            valid_data: column.valid_data,
            field,
        }
    }
}

impl From<FieldData> for Column {
    fn from(column: FieldData) -> Self {
        let values = column.field.map(|field| match field {
            field_data::Field::Scalars(scalars) => Values::Scalars(scalars),
            field_data::Field::Vectors(vectors) => Values::Vectors(vectors.into()),
            field_data::Field::StructArrays(structs) => Values::Structs(structs),
        });
        Self {
            data_type: column.r#type,
            field_name: column.field_name,
            field_id: column.field_id,
            is_dynamic: column.is_dynamic,
            valid_data: column.valid_data,
            values,
        }
    }
}

impl From<Vectors> for VectorField {
    fn from(vectors: Vectors) -> Self {
        use vector_field::Data;

        let data = vectors.elements.map(|elements| match elements {
            Elements::Float(floats) => Data::FloatVector(floats.into()),
            Elements::Binary(bytes) => Data::BinaryVector(bytes),
            Elements::Float16(bytes) => Data::Float16Vector(bytes),
            Elements::Bfloat16(bytes) => Data::Bfloat16Vector(bytes),
            Elements::Sparse(sparse) => Data::SparseFloatVector(sparse),
            Elements::Int8(bytes) => Data::Int8Vector(bytes),
            Elements::Array(array) => Data::VectorArray(array),
        });
        Self { dim: vectors.dim, valid_data: vectors.valid_data, data }
    }
}

impl From<VectorField> for Vectors {
    fn from(vectors: VectorField) -> Self {
        use vector_field::Data;

        let elements = vectors.data.map(|data| match data {
            Data::FloatVector(floats) => Elements::Float(floats.into()),
            Data::BinaryVector(bytes) => Elements::Binary(bytes),
            Data::Float16Vector(bytes) => Elements::Float16(bytes),
            Data::Bfloat16Vector(bytes) => Elements::Bfloat16(bytes),
            Data::SparseFloatVector(sparse) => Elements::Sparse(sparse),
            Data::Int8Vector(bytes) => Elements::Int8(bytes),
            Data::VectorArray(array) => Elements::Array(array),
        });
        Self { dim: vectors.dim, valid_data: vectors.valid_data, elements }
    }
}

/// The call `Query`.
pub(crate) async fn query(
    service: Service,
    request: Request<pb::QueryRequest>,
) -> Result<Response<QueryAnswer>, tonic::Status> {
    unary(service, request, "/milvus.proto.milvus.MilvusService/Query").await
}

/// The call `Insert`.
pub(crate) async fn insert(
    service: Service,
    request: Request<InsertRows>,
) -> Result<Response<pb::MutationResult>, tonic::Status> {
    unary(service, request, "/milvus.proto.milvus.MilvusService/Insert").await
}

async fn unary<Q, A>(
    mut service: Service,
    request: Request<Q>,
    path: &'static str,
) -> Result<Response<A>, tonic::Status>
where
    Q: Message + Send + Sync + 'static,
    A: Message + Default + Send + Sync + 'static,
{
    service.ready().await.map_err(|error| tonic::Status::from_error(error.into()))?;
    service.unary(request, PathAndQuery::from_static(path), ProstCodec::default()).await
}

#[cfg(test)]
mod tests {
    use milvus_backup_testkit::columns::{Profile, Style, send, table};
    use proptest::prelude::*;

    use super::*;

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
                status: Some(Status { code: 3, ..Status::default() }),
                fields_data: columns,
                collection_name: "c".to_owned(),
                output_fields: vec!["f".to_owned()],
                session_ts: 9,
                ..Default::default()
            };
            let read = QueryAnswer::decode(answer.encode_to_vec().as_slice()).unwrap();
            prop_assert_eq!(read.session_ts, 9);
            prop_assert_eq!(&read.status, &answer.status);
            let read = pb::QueryResults { fields_data: read.into_columns(), ..answer.clone() };
            prop_assert_eq!(read.encode_to_vec(), answer.encode_to_vec());
        }
    }
}
