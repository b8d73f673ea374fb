//! The conversion of messages of an insert or a query to cells.

use milvus::proto::schema::{FieldData, ScalarField, VectorField, field_data, scalar_field, vector_field};
use milvus_backup_core::schema::{DYNAMIC_FIELD, DataType, FieldSchema};

use super::cells::{Cell, Kind};
use super::packed;

/// Returns the cells of a column of `rows` rows.
///
/// Accepts full-length and compact values, and any order of the members of a struct.
pub fn receive(kind: &Kind, sent: &FieldData, rows: usize) -> Vec<Option<Cell>> {
    match kind {
        Kind::Field(field) => receive_field(field, sent, rows),
        Kind::Dynamic => receive_field(&FieldSchema::new(DYNAMIC_FIELD, DataType::Json), sent, rows),
        Kind::Struct(field) => {
            let Some(field_data::Field::StructArrays(members)) = &sent.field else { panic!("no structs") };
            let member = |member: &FieldSchema| {
                let is_it = |sent: &&FieldData| sent.field_name.trim_end_matches(']').ends_with(&member.name);
                receive_field(member, members.fields.iter().find(is_it).unwrap(), rows)
            };
            let members: Vec<Vec<Option<Cell>>> = field.fields.iter().map(member).collect();
            let is_null = |row: usize| sent.valid_data.get(row) == Some(&false);
            (0..rows)
                .map(|row| {
                    let members = members.iter().map(|cells| cells[row].clone());
                    if is_null(row) {
                        assert!(members.flatten().next().is_none(), "a member of a NULL");
                        return None;
                    }
                    Some(Cell::List(members.map(Option::unwrap).collect()))
                })
                .collect()
        }
    }
}

/// Returns the cells of all columns of a query's response, matched by name, in the order of `kinds`.
pub fn receive_columns(kinds: &[Kind], sent: &[FieldData], rows: usize) -> Vec<Vec<Option<Cell>>> {
    let column = |kind: &Kind| {
        let of_kind = |sent: &&FieldData| match kind {
            Kind::Dynamic => sent.is_dynamic || sent.field_name == DYNAMIC_FIELD,
            Kind::Field(field) => sent.field_name == field.name,
            Kind::Struct(field) => sent.field_name == field.name,
        };
        receive(kind, sent.iter().find(of_kind).unwrap(), rows)
    };
    kinds.iter().map(column).collect()
}

fn receive_field(field: &FieldSchema, sent: &FieldData, rows: usize) -> Vec<Option<Cell>> {
    let values = match sent.field.as_ref().unwrap() {
        field_data::Field::Scalars(scalars) => scalar_cells(scalars),
        field_data::Field::Vectors(vectors) => vector_cells(field, vectors),
        field_data::Field::StructArrays(_) => panic!("structs"),
    };
    if sent.valid_data.is_empty() {
        assert_eq!(values.len(), rows);
        return values.into_iter().map(Some).collect();
    }
    assert_eq!(sent.valid_data.len(), rows);
    if values.len() == rows {
        return values.into_iter().zip(&sent.valid_data).map(|(value, valid)| valid.then_some(value)).collect();
    }
    let mut values = values.into_iter();
    let cells = sent.valid_data.iter().map(|valid| valid.then(|| values.next().unwrap())).collect();
    assert!(values.next().is_none(), "values for NULLs");
    cells
}

fn scalar_cells(scalars: &ScalarField) -> Vec<Cell> {
    use scalar_field::Data;

    // Some servers omit the data of an empty array, and of a column without rows.
    let Some(data) = &scalars.data else { return Vec::new() };
    match data {
        Data::ArrayData(arrays) => arrays.data.iter().map(|row| Cell::List(scalar_cells(row))).collect(),
        Data::BoolData(values) => values.data.iter().map(|value| Cell::Bool(*value)).collect(),
        Data::IntData(values) => values.data.iter().map(|value| Cell::Int((*value).into())).collect(),
        Data::LongData(values) => values.data.iter().map(|value| Cell::Int(*value)).collect(),
        Data::FloatData(values) => values.data.iter().map(|value| Cell::Float(value.to_bits())).collect(),
        Data::DoubleData(values) => values.data.iter().map(|value| Cell::Double(value.to_bits())).collect(),
        Data::StringData(values) => values.data.iter().cloned().map(Cell::Text).collect(),
        Data::GeometryWktData(values) => values.data.iter().cloned().map(Cell::Text).collect(),
        Data::JsonData(values) => {
            values.data.iter().map(|bytes| Cell::Text(String::from_utf8(bytes.clone()).unwrap())).collect()
        }
        Data::DateData(values) => values.data.iter().map(|value| Cell::Int((*value).into())).collect(),
        Data::TimeData(values) => values.data.iter().map(|value| Cell::Int(*value)).collect(),
        Data::BytesData(values) => values.data.iter().map(|bytes| packed::cell_of(bytes)).collect(),
        other => panic!("unexpected {other:?}"),
    }
}

fn vector_cells(field: &FieldSchema, vectors: &VectorField) -> Vec<Cell> {
    use vector_field::Data;

    let dim = field.dim().unwrap_or(0);
    let cells = |bytes: &[u8], width: usize| {
        bytes.chunks_exact(width).map(|bytes| Cell::Bytes(bytes.to_vec())).collect::<Vec<_>>()
    };
    let bytes_of = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    match vectors.data.as_ref().unwrap() {
        Data::FloatVector(values) => cells(&bytes_of(&values.data), dim * 4),
        Data::BinaryVector(bytes) => cells(bytes, dim / 8),
        Data::Float16Vector(bytes) | Data::Bfloat16Vector(bytes) => cells(bytes, dim * 2),
        Data::Int8Vector(bytes) => cells(bytes, dim),
        Data::SparseFloatVector(sparse) => sparse.contents.iter().cloned().map(Cell::Bytes).collect(),
        Data::VectorArray(array) => array
            .data
            .iter()
            .map(|row| {
                let Some(Data::FloatVector(values)) = &row.data else { panic!("no vectors") };
                Cell::List(cells(&bytes_of(&values.data), dim * 4))
            })
            .collect(),
    }
}
