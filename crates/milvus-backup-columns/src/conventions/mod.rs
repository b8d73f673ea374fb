//! The representation of the values of each Milvus type as Arrow arrays, for every source of rows.
//!
//! The Arrow type of each field is that of [`milvus_backup_core::schema::arrow_field`]. Beyond the types, these hold:
//!
//! - **Validity** ([`Validity`]): a null buffer exists only if a row is NULL. A nullable column without NULLs has none.
//! - **Scalars** ([`scalars`]): NULL rows hold the value that was sent with them, and zero or an empty text otherwise.
//!   JSON documents keep every byte, and must be UTF-8.
//! - **Dates, times of day, decimals, identifiers** ([`scalars`]): of the types `Date32`, `Time64` of microseconds,
//!   `Decimal128` and `FixedSizeBinary(16)`, whether they were sent packed or as texts.
//! - **Lists**: plain lists, never of a fixed size, with the child [`milvus_backup_core::schema::LIST_ELEMENT`], whose
//!   values are never NULL.
//! - **Dense vectors** ([`dense_vectors`]): one list per row with all elements of the vector; binary and 16-bit vectors
//!   are their raw bytes. A NULL row has an empty list, unless elements were sent for it.
//! - **Sparse vectors** ([`sparse_vectors`]): one text per row, `{"17":0.5}`, in the order of the stored pairs. Each
//!   weight is the shortest decimal number that is parsed to the same bits.
//! - **Arrays** ([`arrays`]) and **arrays of structs** ([`structs`]): lists of values and lists of structs. A NULL row
//!   has an empty list.
//! - **Dynamic field** ([`record_batch`]): a last column of JSON texts, which is never NULL: `{}` if a row has no
//!   dynamic keys.
//!
//! ```
//! use std::sync::Arc;
//!
//! use arrow_array::{Array, Float32Array, Int64Array};
//! use milvus_backup_columns::conventions::{Validity, dense_vectors, record_batch};
//! use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema};
//!
//! let vector = FieldSchema::new("vector", DataType::FloatVector).with_param("dim", 2);
//! let schema = CollectionSchema::new(vec![FieldSchema::new("id", DataType::Int64), vector.clone()]);
//!
//! // Elements as a segment file holds them: one vector after the other.
//! let elements = Arc::new(Float32Array::from(vec![0.5, 1.0, -0.0, 2.0]));
//! let vectors = dense_vectors(&vector, &Validity::all_valid(2), elements)?;
//! let batch = record_batch(&schema, 2, vec![Arc::new(Int64Array::from(vec![7, 8])), vectors], None)?;
//! assert_eq!((batch.num_rows(), batch.column(1).null_count()), (2, 0));
//! # Ok::<(), milvus_backup_core::Error>(())
//! ```

mod arrays;
mod batch;
mod list;
mod packed_values;
mod scalar_values;
mod scalars;
mod sparse;
mod structs;
mod validity;
mod vectors;

pub use arrays::arrays;
pub use batch::record_batch;
pub use scalars::scalars;
pub(crate) use sparse::sparse_bytes;
pub use sparse::sparse_vectors;
pub use structs::structs;
pub use validity::Validity;
pub use vectors::{dense_vectors, vector_arrays};
pub(crate) use vectors::{element_type, vector_elements, vector_width};
