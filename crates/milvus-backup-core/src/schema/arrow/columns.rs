//! The representation of the fields of a collection as Arrow columns, in memory and in the data files.
//!
//! Must always hold: Milvus' own bulk import can read these columns from Parquet. Therefore lists are plain lists
//! (never fixed-size), text is plain UTF-8, and only fields that may be NULL are optional.

use std::sync::Arc;

use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType as Arrow, Field, Fields, Schema, TimeUnit};

use crate::error::{Error, Result};
use crate::schema::collection::{CollectionSchema, DYNAMIC_FIELD};
use crate::schema::data_type::DataType;
use crate::schema::field::{FieldSchema, StructFieldSchema};

/// Name of the child of every list column, as in the Parquet specification.
pub const LIST_ELEMENT: &str = "element";

/// Number of bytes of a `UUID`.
const UUID_BYTES: i32 = 16;

/// Returns the fields whose values are stored: all but the outputs of functions, which the server recomputes.
pub fn stored_fields(schema: &CollectionSchema) -> impl Iterator<Item = &FieldSchema> {
    schema.fields.iter().filter(|field| !field.is_function_output)
}

/// Returns the Arrow schema of the rows of a collection: stored fields in order, arrays of structs, then
/// [`DYNAMIC_FIELD`].
///
/// # Errors
/// [`Error::Unsupported`] naming the field whose type has no column form.
pub fn arrow_schema(schema: &CollectionSchema) -> Result<Schema> {
    let mut columns = stored_fields(schema).map(arrow_field).collect::<Result<Vec<_>>>()?;
    for field in &schema.struct_fields {
        columns.push(struct_field(field)?);
    }
    if schema.enable_dynamic_field {
        columns.push(Field::new(DYNAMIC_FIELD, Arrow::Utf8, false));
    }
    Ok(Schema::new(columns))
}

/// Returns the Arrow column of one field.
///
/// | Milvus | Arrow |
/// |---|---|
/// | `Bool`, integers, `Float`, `Double` | the same |
/// | `VarChar`, `Text`, `JSON`, `Geometry` (WKT), `Timestamptz` (ISO 8601) | `Utf8` |
/// | `Date` | `Date32` |
/// | `Time` | `Time64` of microseconds |
/// | `Decimal` | `Decimal128` of its `precision` and `scale` |
/// | `UUID` | `FixedSizeBinary(16)` |
/// | `Array` | `List` of the element |
/// | `FloatVector` | `List<Float32>`, `dim` elements |
/// | `BinaryVector`, `Float16Vector`, `BFloat16Vector` | `List<UInt8>` of the raw bytes |
/// | `Int8Vector` | `List<Int8>` |
/// | `SparseFloatVector` | `Utf8`: `{"17":0.5}` |
///
/// # Errors
/// [`Error::Unsupported`] for an array without an element type, and [`Error::Protocol`] for a `Decimal` without its
/// parameters.
pub fn arrow_field(field: &FieldSchema) -> Result<Field> {
    Ok(Field::new(&field.name, arrow_type(field, field.data_type)?, field.nullable))
}

fn struct_field(field: &StructFieldSchema) -> Result<Field> {
    let members = field.fields.iter().map(struct_member).collect::<Result<Fields>>()?;
    Ok(Field::new(&field.name, list(Arrow::Struct(members)), field.nullable))
}

/// Returns a member as one element of the array: the list around it belongs to the struct.
fn struct_member(field: &FieldSchema) -> Result<Field> {
    let element = field.element_type.ok_or_else(|| no_column(field, field.data_type))?;
    Ok(Field::new(&field.name, arrow_type(field, element)?, false))
}

fn arrow_type(field: &FieldSchema, data_type: DataType) -> Result<Arrow> {
    Ok(match data_type {
        DataType::Bool => Arrow::Boolean,
        DataType::Int8 => Arrow::Int8,
        DataType::Int16 => Arrow::Int16,
        DataType::Int32 => Arrow::Int32,
        DataType::Int64 => Arrow::Int64,
        DataType::Float => Arrow::Float32,
        DataType::Double => Arrow::Float64,
        DataType::VarChar
        | DataType::Text
        | DataType::Json
        | DataType::Geometry
        | DataType::Timestamptz
        | DataType::SparseFloatVector => Arrow::Utf8,
        DataType::Date => Arrow::Date32,
        DataType::Time => Arrow::Time64(TimeUnit::Microsecond),
        DataType::Decimal => {
            let (precision, scale) = field.decimal_digits()?;
            Arrow::Decimal128(precision, scale)
        }
        DataType::Uuid => Arrow::FixedSizeBinary(UUID_BYTES),
        DataType::FloatVector => list(Arrow::Float32),
        DataType::BinaryVector | DataType::Float16Vector | DataType::BFloat16Vector => list(Arrow::UInt8),
        DataType::Int8Vector => list(Arrow::Int8),
        DataType::Array => match field.element_type {
            Some(element) if element != DataType::Array => list(arrow_type(field, element)?),
            _ => return Err(no_column(field, data_type)),
        },
        DataType::ArrayOfVector => return Err(no_column(field, data_type)),
    })
}

fn list(element: Arrow) -> Arrow {
    Arrow::List(Arc::new(Field::new(LIST_ELEMENT, element, false)))
}

fn no_column(field: &FieldSchema, data_type: DataType) -> Error {
    Error::Unsupported { what: format!("field `{}`: {data_type} of {:?}", field.name, field.element_type) }
}

/// Returns the size of the values of a batch in bytes, without the values outside of a slice, except that the elements
/// of a sliced list column are counted completely.
pub fn value_bytes(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_outputs_are_left_out_and_the_dynamic_field_comes_last() {
        let mut sparse = FieldSchema::new("sparse", DataType::SparseFloatVector);
        sparse.is_function_output = true;
        let mut schema = CollectionSchema::new(vec![FieldSchema::new("id", DataType::Int64), sparse]);
        schema.enable_dynamic_field = true;
        let arrow = arrow_schema(&schema).unwrap();
        let names: Vec<_> = arrow.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(names, ["id", DYNAMIC_FIELD]);
    }

    #[test]
    fn only_nullable_fields_are_optional() {
        let mut field = FieldSchema::new("price", DataType::Double);
        assert!(!arrow_field(&field).unwrap().is_nullable());
        field.nullable = true;
        assert!(arrow_field(&field).unwrap().is_nullable());
    }
}
