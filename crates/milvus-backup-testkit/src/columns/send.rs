//! The conversion of cells to messages of the protocol.

use milvus::proto::schema::{
    ArrayArray, BoolArray, DoubleArray, FieldData, FloatArray, GeometryWktArray, IntArray, JsonArray, LongArray,
    ScalarField, SparseFloatArray, StringArray, StructArrayField, VectorArray, VectorField, field_data, scalar_field,
    vector_field,
};
use milvus_backup_core::schema::{DYNAMIC_FIELD, DataType, FieldSchema};
use proptest::prelude::*;

use super::cells::{Cell, Column, Kind};
use super::packed;

/// The forms in which servers send a column. Which rows are NULL is in the legacy place of the column, unless the form says
/// otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A placeholder for each NULL, and `$meta` marked by its flag.
    Full,
    /// No values for NULLs, and `$meta` marked only by its name.
    Compact,
    /// Like full, but empty arrays have no data, `$meta` has no name, and dates, times and identifiers are texts.
    Bare,
    /// Like full, but which rows are NULL is beside their values, where newer servers put it.
    Beside,
    /// Like full, but which rows are NULL is in both places.
    Twice,
}

impl Arbitrary for Style {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        prop::sample::select(vec![Self::Full, Self::Compact, Self::Bare, Self::Beside, Self::Twice]).boxed()
    }
}

/// Returns the column as a message.
pub fn send(column: &Column, style: Style) -> FieldData {
    match &column.kind {
        Kind::Field(field) => send_field(field, &column.cells, style),
        Kind::Struct(field) => {
            let member = |index: usize| {
                let member = &field.fields[index];
                let of_row = |cell: &Option<Cell>| cell.as_ref().map(|cell| items(cell)[index].clone());
                let cells: Vec<Option<Cell>> = column.cells.iter().map(of_row).collect();
                FieldData { field_name: format!("structs[{}]", member.name), ..send_field(member, &cells, style) }
            };
            let fields = (0..field.fields.len()).rev().map(member).collect();
            let field_name = field.name.clone();
            let data = field_data::Field::StructArrays(StructArrayField { fields });
            let any_null = column.cells.iter().any(Option::is_none);
            // An array of structs has no other place for the flags than the legacy one, and those of its members.
            let valid_data = column.cells.iter().filter(|_| any_null && style != Style::Beside);
            let valid_data = valid_data.map(Option::is_some).collect();
            FieldData { field_name, field: Some(data), valid_data, ..FieldData::default() }
        }
        Kind::Dynamic => {
            let mut sent = send_field(&FieldSchema::new(DYNAMIC_FIELD, DataType::Json), &column.cells, style);
            sent.is_dynamic = style != Style::Compact;
            if style == Style::Bare {
                sent.field_name.clear();
            }
            sent
        }
    }
}

fn send_field(field: &FieldSchema, cells: &[Option<Cell>], style: Style) -> FieldData {
    let any_null = cells.iter().any(Option::is_none);
    let valid_data = if any_null { cells.iter().map(Option::is_some).collect() } else { Vec::new() };
    let values: Vec<Cell> = match style {
        Style::Compact => cells.iter().flatten().cloned().collect(),
        Style::Full | Style::Bare | Style::Beside | Style::Twice => {
            cells.iter().map(|cell| cell.clone().unwrap_or_else(|| placeholder(field))).collect()
        }
    };
    let data = if field.data_type.is_vector() || field.data_type == DataType::ArrayOfVector {
        field_data::Field::Vectors(vectors(field, &values))
    } else if field.data_type == DataType::Array {
        let rows = values.iter().map(|row| array_row(field, row, style)).collect();
        let data = scalar_field::Data::ArrayData(ArrayArray { data: rows, element_type: element_number(field) });
        field_data::Field::Scalars(ScalarField { data: Some(data), ..ScalarField::default() })
    } else {
        let data = scalars(field.data_type, &values, style);
        field_data::Field::Scalars(ScalarField { data: Some(data), ..ScalarField::default() })
    };
    let (legacy, own) = match style {
        Style::Full | Style::Compact | Style::Bare => (valid_data, Vec::new()),
        Style::Beside => (Vec::new(), valid_data),
        Style::Twice => (valid_data.clone(), valid_data),
    };
    let data = with_flags(data, own);
    FieldData { field_name: field.name.clone(), field: Some(data), valid_data: legacy, ..FieldData::default() }
}

/// Adds the flags of the rows in the place that newer servers fill.
fn with_flags(data: field_data::Field, valid_data: Vec<bool>) -> field_data::Field {
    match data {
        field_data::Field::Scalars(scalars) => field_data::Field::Scalars(ScalarField { valid_data, ..scalars }),
        field_data::Field::Vectors(vectors) => field_data::Field::Vectors(VectorField { valid_data, ..vectors }),
        structs @ field_data::Field::StructArrays(_) => structs,
    }
}

/// Returns the number of the element type in the protocol.
fn element_number(field: &FieldSchema) -> i32 {
    use milvus::proto::schema::DataType as Wire;

    let wire = match field.element_type {
        Some(DataType::Bool) => Wire::Bool,
        Some(DataType::Int8) => Wire::Int8,
        Some(DataType::Int16) => Wire::Int16,
        Some(DataType::Int32) => Wire::Int32,
        Some(DataType::Int64) => Wire::Int64,
        Some(DataType::Float) => Wire::Float,
        Some(DataType::Double) => Wire::Double,
        Some(DataType::Date) => Wire::Date,
        Some(DataType::Time) => Wire::Time,
        Some(DataType::Decimal) => Wire::Decimal,
        Some(DataType::Uuid) => Wire::Uuid,
        _ => Wire::VarChar,
    };
    wire as i32
}

/// Returns the placeholder for a NULL, which must never be read as a value.
fn placeholder(field: &FieldSchema) -> Cell {
    let dim = field.dim().unwrap_or(0);
    match field.data_type {
        DataType::Bool => Cell::Bool(true),
        DataType::Float => Cell::Float(7.0_f32.to_bits()),
        DataType::Double => Cell::Double(7.0_f64.to_bits()),
        DataType::VarChar | DataType::Text | DataType::Json | DataType::Geometry | DataType::Timestamptz => {
            Cell::Text("null".to_owned())
        }
        DataType::Date | DataType::Time | DataType::Decimal | DataType::Uuid => packed::placeholder(),
        DataType::Array | DataType::ArrayOfVector => Cell::List(Vec::new()),
        DataType::SparseFloatVector => Cell::Bytes(Vec::new()),
        other if other.is_vector() => Cell::Bytes(vec![7; other.fixed_width(dim).unwrap_or(0)]),
        _ => Cell::Int(7),
    }
}

fn array_row(field: &FieldSchema, row: &Cell, style: Style) -> ScalarField {
    let elements = items(row);
    let bare = style == Style::Bare && elements.is_empty();
    let data = (!bare).then(|| scalars(field.element_type.unwrap(), elements, style));
    ScalarField { data, ..ScalarField::default() }
}

fn scalars(data_type: DataType, values: &[Cell], style: Style) -> scalar_field::Data {
    use scalar_field::Data;

    if let Some(packed) = packed::scalars(data_type, values, style == Style::Bare) {
        return packed;
    }
    let ints = || values.iter().map(int);
    let texts = || values.iter().map(text);
    match data_type {
        DataType::Bool => Data::BoolData(BoolArray { data: values.iter().map(|v| *v == Cell::Bool(true)).collect() }),
        DataType::Int8 | DataType::Int16 | DataType::Int32 => {
            Data::IntData(IntArray { data: ints().map(|value| i32::try_from(value).unwrap()).collect() })
        }
        DataType::Int64 => Data::LongData(LongArray { data: ints().collect() }),
        DataType::Float => Data::FloatData(FloatArray { data: values.iter().map(single).collect() }),
        DataType::Double => Data::DoubleData(DoubleArray { data: values.iter().map(double).collect() }),
        DataType::Json => Data::JsonData(JsonArray { data: texts().map(String::into_bytes).collect() }),
        DataType::Geometry => Data::GeometryWktData(GeometryWktArray { data: texts().collect() }),
        _ => Data::StringData(StringArray { data: texts().collect() }),
    }
}

fn vectors(field: &FieldSchema, values: &[Cell]) -> VectorField {
    use vector_field::Data;

    let dim = i64::try_from(field.dim().unwrap_or(0)).unwrap();
    let joined = || values.iter().flat_map(bytes).copied().collect::<Vec<u8>>();
    let data = match field.data_type {
        DataType::FloatVector => Data::FloatVector(FloatArray { data: floats(&joined()) }),
        DataType::BinaryVector => Data::BinaryVector(joined()),
        DataType::Float16Vector => Data::Float16Vector(joined()),
        DataType::BFloat16Vector => Data::Bfloat16Vector(joined()),
        DataType::Int8Vector => Data::Int8Vector(joined()),
        DataType::SparseFloatVector => {
            let contents = values.iter().map(|value| bytes(value).to_vec()).collect();
            Data::SparseFloatVector(SparseFloatArray { contents, dim: 0 })
        }
        _ => {
            let row = |row: &Cell| {
                let elements: Vec<u8> = items(row).iter().flat_map(bytes).copied().collect();
                let data = Data::FloatVector(FloatArray { data: floats(&elements) });
                VectorField { dim, data: Some(data), ..VectorField::default() }
            };
            Data::VectorArray(VectorArray { dim, data: values.iter().map(row).collect(), element_type: 101 })
        }
    };
    VectorField { dim, data: Some(data), ..VectorField::default() }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

fn items(cell: &Cell) -> &[Cell] {
    let Cell::List(items) = cell else { panic!("{cell:?} is not a list") };
    items
}

fn int(cell: &Cell) -> i64 {
    let Cell::Int(value) = cell else { panic!("{cell:?} is not an integer") };
    *value
}

fn single(cell: &Cell) -> f32 {
    let Cell::Float(bits) = cell else { panic!("{cell:?} is not a float") };
    f32::from_bits(*bits)
}

fn double(cell: &Cell) -> f64 {
    let Cell::Double(bits) = cell else { panic!("{cell:?} is not a double") };
    f64::from_bits(*bits)
}

fn text(cell: &Cell) -> String {
    let Cell::Text(text) = cell else { panic!("{cell:?} is not text") };
    text.clone()
}

fn bytes(cell: &Cell) -> &[u8] {
    let Cell::Bytes(bytes) = cell else { panic!("{cell:?} is not bytes") };
    bytes
}
