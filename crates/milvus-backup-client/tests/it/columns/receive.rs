//! Messages of an insert back to cells: a validity flag per row where there are NULLs, and the valid values only.

use milvus::proto::schema::{FieldData, ScalarField, VectorField, field_data, scalar_field, vector_field};
use milvus_backup_core::schema::{DYNAMIC_FIELD, DataType, FieldSchema};

use super::cells::{Cell, Column, Kind};

/// The cells of a column that was sent as an insert of `rows` rows.
pub(super) fn receive(column: &Column, sent: &FieldData, rows: usize) -> Vec<Option<Cell>> {
    match &column.kind {
        Kind::Field(field) => {
            assert_eq!(sent.valid_data.is_empty(), !field.nullable, "flags exactly where NULL is possible");
            receive_field(field, sent, rows)
        }
        Kind::Dynamic => {
            assert!(sent.is_dynamic);
            receive_field(&FieldSchema::new(DYNAMIC_FIELD, DataType::Json), sent, rows)
        }
        Kind::Struct(field) => {
            let Some(field_data::Field::StructArrays(members)) = &sent.field else { panic!("no structs") };
            let members: Vec<Vec<Option<Cell>>> = field
                .fields
                .iter()
                .zip(&members.fields)
                .map(|(member, sent)| receive_field(member, sent, rows))
                .collect();
            (0..rows)
                .map(|row| Some(Cell::List(members.iter().map(|cells| cells[row].clone().unwrap()).collect())))
                .collect()
        }
    }
}

fn receive_field(field: &FieldSchema, sent: &FieldData, rows: usize) -> Vec<Option<Cell>> {
    let values = match sent.field.as_ref().unwrap() {
        field_data::Field::Scalars(scalars) => scalar_cells(field, scalars),
        field_data::Field::Vectors(vectors) => vector_cells(field, vectors),
        field_data::Field::StructArrays(_) => panic!("structs"),
    };
    if sent.valid_data.is_empty() {
        assert_eq!(values.len(), rows);
        return values.into_iter().map(Some).collect();
    }
    assert_eq!(sent.valid_data.len(), rows);
    let mut values = values.into_iter();
    let cells = sent.valid_data.iter().map(|valid| valid.then(|| values.next().unwrap())).collect();
    assert!(values.next().is_none(), "values for NULLs");
    cells
}

fn scalar_cells(field: &FieldSchema, scalars: &ScalarField) -> Vec<Cell> {
    use scalar_field::Data;

    match scalars.data.as_ref().unwrap() {
        Data::ArrayData(arrays) => {
            assert_ne!(arrays.element_type, 0, "the type of the elements is missing");
            arrays.data.iter().map(|row| Cell::List(scalar_cells(field, row))).collect()
        }
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
        other => panic!("unexpected {other:?}"),
    }
}

fn vector_cells(field: &FieldSchema, vectors: &VectorField) -> Vec<Cell> {
    use vector_field::Data;

    let dim = field.dim().unwrap();
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
