//! Conversions between Milvus' columns and Arrow, and between its schemas and the models of the backup system, without
//! a network.
//!
//! Every source of rows must produce the same Arrow batches for the same rows, bit for bit: data files, row digests and
//! comparisons rely on it. Therefore the Arrow form of each type is defined in this crate only:
//!
//! - [`decode_columns`] and [`encode_columns`] convert the columns of the protocol (`milvus-backup-client` receives and
//!   sends them).
//! - [`conventions`] builds the same arrays from other sources of values, such as Milvus' segment files.
//! - [`decode_schema`] and [`encode_schema`] convert the definition of a collection.
//! - [`unknown_parts_of_description`] and [`require_known_rows`] find what a newer server sends beyond both.
//!
//! The crate opens no connection. The generated messages come from `milvus-sdk-rust`, which is built with tonic and
//! tokio; nothing here calls them.
//!
//! Rows are never represented as single values, and float vectors remain the bytes that were received ([`WireColumn`]).
//!
//! ```
//! use milvus::proto::schema::{FieldData, LongArray, ScalarField, field_data::Field, scalar_field::Data};
//! use milvus_backup_columns::{decode_columns, encode_columns};
//! use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema};
//!
//! let schema = CollectionSchema::new(vec![FieldSchema::new("year", DataType::Int64)]);
//! let years = ScalarField { data: Some(Data::LongData(LongArray { data: vec![1927, 1949] })), ..Default::default() };
//! let column = FieldData { field_name: "year".to_owned(), field: Some(Field::Scalars(years)), ..Default::default() };
//!
//! let batch = decode_columns(&schema, 2, [column])?;
//! assert_eq!(batch.schema().field(0).name(), "year");
//! let columns = encode_columns(&schema, &batch)?;
//! assert_eq!(columns[0].name(), "year");
//! # Ok::<(), milvus_backup_core::Error>(())
//! ```

pub mod conventions;
mod decode;
mod encode;
mod error;
mod schema;
mod understood;
mod wire;

pub use decode::decode_columns;
pub use encode::encode_columns;
pub use schema::{decode_schema, encode_schema, params_from_wire, params_to_wire, schema_limitations};
pub use understood::{require_known_rows, unknown_parts_of_description};
pub use wire::WireColumn;
