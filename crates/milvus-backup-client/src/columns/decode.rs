//! From the columns of a query's answer to Arrow.

use std::sync::Arc;

use arrow_array::types::{Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, Int8Array, PrimitiveArray, RecordBatch, RecordBatchOptions,
    StringArray, UInt8Array,
};
use arrow_buffer::{BooleanBuffer, ScalarBuffer};
use milvus::proto::schema::{FieldData, ScalarField, VectorField, field_data, scalar_field, vector_field};
use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD, DataType, FieldSchema, arrow_schema, stored_fields};
use milvus_backup_core::{Error, Result};

use super::list::{fixed_width, list};
use super::structs::decode_struct;
use super::validity::Rows;
use super::{mismatch, sparse};
use crate::wire::Column;

/// The columns of an answer as one batch of `rows` rows, in the order of
/// [`milvus_backup_core::schema::arrow_schema`].
///
/// Columns are matched by name, since servers send them in any order; columns that are not asked for are ignored.
///
/// # Errors
/// [`Error::Protocol`] for a column that is missing, has another type, or another number of values.
pub fn decode_columns(schema: &CollectionSchema, rows: usize, columns: Vec<FieldData>) -> Result<RecordBatch> {
    decode_answer(schema, rows, columns.into_iter().map(Column::from).collect())
}

/// The same for columns whose float vectors are the bytes that came: they stay where they are if they are aligned.
pub(crate) fn decode_answer(schema: &CollectionSchema, rows: usize, columns: Vec<Column>) -> Result<RecordBatch> {
    let mut columns = Columns(columns);
    let mut arrays = Vec::with_capacity(schema.fields.len() + 1);
    for field in stored_fields(schema) {
        let column = columns.take(&field.name).ok_or_else(|| mismatch(&field.name, "missing in the answer"))?;
        arrays.push(decode_column(field, rows, column)?);
    }
    for field in &schema.struct_fields {
        let column = columns.take(&field.name).ok_or_else(|| mismatch(&field.name, "missing in the answer"))?;
        arrays.push(decode_struct(field, rows, column.try_into()?)?);
    }
    if schema.enable_dynamic_field {
        arrays.push(decode_dynamic(rows, columns.take_dynamic())?);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(arrow_schema(schema)?), arrays, &options)
        .map_err(|source| Error::Encoding { action: "assemble a batch".to_owned(), source: Box::new(source) })
}

struct Columns(Vec<Column>);

impl Columns {
    fn take(&mut self, name: &str) -> Option<Column> {
        let index = self.0.iter().position(|column| column.field_name == name && !column.is_dynamic)?;
        Some(self.0.swap_remove(index))
    }

    fn take_dynamic(&mut self) -> Option<Column> {
        let index = self.0.iter().position(|column| column.is_dynamic || column.field_name == DYNAMIC_FIELD)?;
        Some(self.0.swap_remove(index))
    }
}

fn decode_dynamic(rows: usize, column: Option<Column>) -> Result<ArrayRef> {
    let Some(column) = column else { return Ok(Arc::new(StringArray::from(vec!["{}"; rows]))) };
    decode_column(&FieldSchema::new(DYNAMIC_FIELD, DataType::Json), rows, column)
}

fn decode_column(field: &FieldSchema, rows: usize, mut column: Column) -> Result<ArrayRef> {
    let Some(floats) = column.take_floats() else { return decode_field(field, rows, column.try_into()?) };
    if field.data_type != DataType::FloatVector {
        return Err(mismatch(&field.name, "float vectors were sent"));
    }
    let rows = Rows::new(&field.name, rows, &column.valid_data, field.nullable)?;
    let values = Arc::new(PrimitiveArray::<Float32Type>::new(floats.try_into()?, None));
    Ok(Arc::new(fixed_width(&field.name, &rows, field.dim()?, values)?))
}

/// One column of `rows` rows.
pub(super) fn decode_field(field: &FieldSchema, rows: usize, column: FieldData) -> Result<ArrayRef> {
    let rows = Rows::new(&field.name, rows, &column.valid_data, field.nullable)?;
    match column.field {
        Some(field_data::Field::Scalars(scalars)) => decode_scalars(field, &rows, scalars),
        Some(field_data::Field::Vectors(vectors)) => decode_vectors(field, &rows, vectors),
        Some(field_data::Field::StructArrays(_)) => Err(mismatch(&field.name, "an array of structs was sent")),
        None if field.data_type.is_vector() => decode_vectors(field, &rows, VectorField::default()),
        None => decode_scalars(field, &rows, ScalarField::default()),
    }
}

fn decode_scalars(field: &FieldSchema, rows: &Rows, scalars: ScalarField) -> Result<ArrayRef> {
    let name = field.name.as_str();
    if field.data_type == DataType::Array {
        return decode_arrays(field, rows, scalars);
    }
    let values = scalar_values(name, field.data_type, scalars.data)?;
    values.into_array(name, rows)
}

/// Scalar values as they came, all of one type.
pub(super) enum Values {
    Bool(Vec<bool>),
    Int8(Vec<i8>),
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Text(Vec<String>),
}

impl Values {
    /// No values of a type.
    pub(super) fn empty(name: &str, data_type: DataType) -> Result<Self> {
        scalar_values(name, data_type, None)
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int8(values) => values.len(),
            Self::Int16(values) => values.len(),
            Self::Int32(values) => values.len(),
            Self::Int64(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Double(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    fn append(&mut self, more: Self) {
        match (self, more) {
            (Self::Bool(all), Self::Bool(mut more)) => all.append(&mut more),
            (Self::Int8(all), Self::Int8(mut more)) => all.append(&mut more),
            (Self::Int16(all), Self::Int16(mut more)) => all.append(&mut more),
            (Self::Int32(all), Self::Int32(mut more)) => all.append(&mut more),
            (Self::Int64(all), Self::Int64(mut more)) => all.append(&mut more),
            (Self::Float(all), Self::Float(mut more)) => all.append(&mut more),
            (Self::Double(all), Self::Double(mut more)) => all.append(&mut more),
            (Self::Text(all), Self::Text(mut more)) => all.append(&mut more),
            // Both sides were made by `scalar_values` for one data type.
            _ => {}
        }
    }

    pub(super) fn into_array(self, name: &str, rows: &Rows) -> Result<ArrayRef> {
        match self {
            Self::Bool(values) => {
                let values = BooleanBuffer::from(rows.spread(name, values, &false)?);
                Ok(Arc::new(BooleanArray::new(values, rows.nulls.clone())))
            }
            Self::Int8(values) => primitive::<Int8Type>(name, rows, values),
            Self::Int16(values) => primitive::<Int16Type>(name, rows, values),
            Self::Int32(values) => primitive::<Int32Type>(name, rows, values),
            Self::Int64(values) => primitive::<Int64Type>(name, rows, values),
            Self::Float(values) => primitive::<Float32Type>(name, rows, values),
            Self::Double(values) => primitive::<Float64Type>(name, rows, values),
            Self::Text(values) => {
                let values = rows.spread(name, values, &String::new())?;
                let array = StringArray::from_iter_values(values);
                let (offsets, bytes, _) = array.into_parts();
                StringArray::try_new(offsets, bytes, rows.nulls.clone())
                    .map(|array| Arc::new(array) as ArrayRef)
                    .map_err(|error| mismatch(name, error))
            }
        }
    }
}

fn primitive<T: ArrowPrimitiveType>(name: &str, rows: &Rows, values: Vec<T::Native>) -> Result<ArrayRef> {
    let values = rows.spread(name, values, &T::Native::default())?;
    Ok(Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(values), rows.nulls.clone())))
}

/// The values of a scalar field, checked against the type of the schema. No data is no values.
fn scalar_values(name: &str, data_type: DataType, data: Option<scalar_field::Data>) -> Result<Values> {
    use scalar_field::Data;

    Ok(match (data_type, data) {
        (DataType::Bool, Some(Data::BoolData(values))) => Values::Bool(values.data),
        (DataType::Bool, None) => Values::Bool(Vec::new()),
        (DataType::Int8, Some(Data::IntData(values))) => Values::Int8(narrow(name, values.data)?),
        (DataType::Int8, None) => Values::Int8(Vec::new()),
        (DataType::Int16, Some(Data::IntData(values))) => Values::Int16(narrow(name, values.data)?),
        (DataType::Int16, None) => Values::Int16(Vec::new()),
        (DataType::Int32, Some(Data::IntData(values))) => Values::Int32(values.data),
        (DataType::Int32, None) => Values::Int32(Vec::new()),
        (DataType::Int64, Some(Data::LongData(values))) => Values::Int64(values.data),
        (DataType::Int64, None) => Values::Int64(Vec::new()),
        (DataType::Float, Some(Data::FloatData(values))) => Values::Float(values.data),
        (DataType::Float, None) => Values::Float(Vec::new()),
        (DataType::Double, Some(Data::DoubleData(values))) => Values::Double(values.data),
        (DataType::Double, None) => Values::Double(Vec::new()),
        (
            DataType::VarChar | DataType::Text | DataType::Timestamptz | DataType::Geometry,
            Some(Data::StringData(values)),
        ) => Values::Text(values.data),
        (DataType::Geometry, Some(Data::GeometryWktData(values))) => Values::Text(values.data),
        (DataType::Json, Some(Data::JsonData(values))) => Values::Text(json_texts(name, values.data)?),
        (DataType::VarChar | DataType::Text | DataType::Timestamptz | DataType::Geometry | DataType::Json, None) => {
            Values::Text(Vec::new())
        }
        (expected, Some(_)) => return Err(mismatch(name, format!("values that are not {expected} were sent"))),
        (other, None) => return Err(mismatch(name, format!("{other} is not a scalar type"))),
    })
}

fn narrow<T: TryFrom<i32>>(name: &str, values: Vec<i32>) -> Result<Vec<T>> {
    let convert = |value: i32| T::try_from(value).map_err(|_| mismatch(name, format!("{value} is out of range")));
    values.into_iter().map(convert).collect()
}

/// JSON documents are kept byte for byte, and Parquet text is UTF-8.
fn json_texts(name: &str, documents: Vec<Vec<u8>>) -> Result<Vec<String>> {
    let convert = |bytes| String::from_utf8(bytes).map_err(|_| mismatch(name, "a JSON document that is not UTF-8"));
    documents.into_iter().map(convert).collect()
}

/// Arrays: one scalar field per row. A row without data is an empty array on some servers.
fn decode_arrays(field: &FieldSchema, rows: &Rows, scalars: ScalarField) -> Result<ArrayRef> {
    let name = field.name.as_str();
    let element = field.element_type.ok_or_else(|| mismatch(name, "an Array without element type"))?;
    let arrays = match scalars.data {
        Some(scalar_field::Data::ArrayData(arrays)) => arrays.data,
        None => Vec::new(),
        Some(_) => return Err(mismatch(name, "values that are not arrays were sent")),
    };
    let arrays = rows.spread(name, arrays, &ScalarField::default())?;
    let mut values = Values::empty(name, element)?;
    let mut lengths = Vec::with_capacity(arrays.len());
    for (row, array) in arrays.into_iter().enumerate() {
        let elements = if rows.is_null(row) { None } else { array.data };
        let elements = scalar_values(name, element, elements)?;
        lengths.push(elements.len());
        values.append(elements);
    }
    let elements = Rows { len: values.len(), nulls: None };
    let values = values.into_array(name, &elements)?;
    Ok(Arc::new(list(name, rows, lengths.into_iter(), values)?))
}

fn decode_vectors(field: &FieldSchema, rows: &Rows, vectors: VectorField) -> Result<ArrayRef> {
    use vector_field::Data;

    let name = field.name.as_str();
    if field.data_type == DataType::SparseFloatVector {
        let contents = match vectors.data {
            Some(Data::SparseFloatVector(sparse)) => sparse.contents,
            None => Vec::new(),
            Some(_) => return Err(mismatch(name, "vectors that are not sparse were sent")),
        };
        let texts = contents.iter().map(|bytes| sparse::to_text(name, bytes)).collect::<Result<Vec<_>>>()?;
        return Values::Text(texts).into_array(name, rows);
    }
    let (values, width) = dense_values(field, vectors.data)?;
    Ok(Arc::new(fixed_width(name, rows, width, values)?))
}

/// The elements of dense vectors and how many of them make one vector.
pub(super) fn dense_values(field: &FieldSchema, data: Option<vector_field::Data>) -> Result<(ArrayRef, usize)> {
    use vector_field::Data;

    let dim = field.dim()?;
    let data_type = if field.data_type == DataType::ArrayOfVector { field.element_type } else { Some(field.data_type) };
    let bytes = |values: Vec<u8>| Arc::new(UInt8Array::from(values)) as ArrayRef;
    Ok(match (data_type, data) {
        (Some(DataType::FloatVector), Some(Data::FloatVector(values))) => {
            (Arc::new(PrimitiveArray::<Float32Type>::new(ScalarBuffer::from(values.data), None)), dim)
        }
        (Some(DataType::FloatVector), None) => (Arc::new(PrimitiveArray::<Float32Type>::from(Vec::<f32>::new())), dim),
        (Some(DataType::BinaryVector), Some(Data::BinaryVector(values))) => (bytes(values), dim / 8),
        (Some(DataType::BinaryVector), None) => (bytes(Vec::new()), dim / 8),
        (Some(DataType::Float16Vector), Some(Data::Float16Vector(values)))
        | (Some(DataType::BFloat16Vector), Some(Data::Bfloat16Vector(values))) => (bytes(values), dim * 2),
        (Some(DataType::Float16Vector | DataType::BFloat16Vector), None) => (bytes(Vec::new()), dim * 2),
        (Some(DataType::Int8Vector), Some(Data::Int8Vector(values))) => {
            // The same bits, read as signed.
            (Arc::new(Int8Array::from(values.into_iter().map(u8::cast_signed).collect::<Vec<_>>())), dim)
        }
        (Some(DataType::Int8Vector), None) => (Arc::new(Int8Array::from(Vec::<i8>::new())), dim),
        (other, _) => return Err(mismatch(&field.name, format!("vectors that are not {other:?} were sent"))),
    })
}
