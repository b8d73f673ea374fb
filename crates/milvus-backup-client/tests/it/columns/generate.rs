//! Random tables with a column of every type and nasty values in them.

use milvus_backup_core::schema::{DataType, FieldSchema, StructFieldSchema};
use proptest::prelude::*;

use super::cells::{Cell, Column, Kind, Table};

const SCALARS: [DataType; 12] = [
    DataType::Bool,
    DataType::Int8,
    DataType::Int16,
    DataType::Int32,
    DataType::Int64,
    DataType::Float,
    DataType::Double,
    DataType::VarChar,
    DataType::Text,
    DataType::Json,
    DataType::Geometry,
    DataType::Timestamptz,
];

const VECTORS: [DataType; 6] = [
    DataType::FloatVector,
    DataType::BinaryVector,
    DataType::Float16Vector,
    DataType::BFloat16Vector,
    DataType::SparseFloatVector,
    DataType::Int8Vector,
];

const ELEMENTS: [DataType; 8] = [
    DataType::Bool,
    DataType::Int8,
    DataType::Int16,
    DataType::Int32,
    DataType::Int64,
    DataType::Float,
    DataType::Double,
    DataType::VarChar,
];

/// A table of 1 to 12 rows with every scalar type, array, vector, an array of structs and the dynamic field.
pub(super) fn table() -> impl Strategy<Value = Table> {
    (1..12_usize, any::<bool>(), prop::sample::select(vec![8_usize, 16, 24])).prop_flat_map(|(rows, nullable, dim)| {
        let mut columns: Vec<BoxedStrategy<Column>> = Vec::new();
        for data_type in SCALARS.into_iter().chain(VECTORS) {
            let mut field = FieldSchema::new(format!("f_{data_type}"), data_type).with_param("dim", dim);
            field.nullable = nullable;
            columns.push(column(field, rows, cell(data_type, dim)));
        }
        for element in ELEMENTS {
            let mut field = FieldSchema::new(format!("a_{element}"), DataType::Array).with_param("max_capacity", 9);
            field.element_type = Some(element);
            field.nullable = nullable;
            columns.push(column(field, rows, prop::collection::vec(cell(element, dim), 0..4).prop_map(Cell::List)));
        }
        columns.push(structs(rows, dim));
        let objects = prop::collection::vec(json_object().prop_map(|text| Some(Cell::Text(text))), rows);
        columns.push(objects.prop_map(|cells| Column { kind: Kind::Dynamic, cells }).boxed());
        columns.prop_map(move |columns| Table { rows, columns })
    })
}

fn column(field: FieldSchema, rows: usize, cell: impl Strategy<Value = Cell> + 'static) -> BoxedStrategy<Column> {
    let cell = if field.nullable { prop::option::weighted(0.6, cell).boxed() } else { cell.prop_map(Some).boxed() };
    let cells = prop::collection::vec(cell, rows);
    cells.prop_map(move |cells| Column { kind: Kind::Field(field.clone()), cells }).boxed()
}

/// An array of structs: each cell holds one list per member, all of one length.
fn structs(rows: usize, dim: usize) -> BoxedStrategy<Column> {
    let mut number = FieldSchema::new("number", DataType::Array);
    number.element_type = Some(DataType::Int64);
    let mut text = FieldSchema::new("text", DataType::Array);
    text.element_type = Some(DataType::VarChar);
    let mut vector = FieldSchema::new("vector", DataType::ArrayOfVector).with_param("dim", dim);
    vector.element_type = Some(DataType::FloatVector);
    let field = StructFieldSchema {
        name: "structs".to_owned(),
        description: String::new(),
        nullable: false,
        fields: vec![number, text, vector],
        type_params: std::collections::BTreeMap::default(),
    };
    let row = (0..4_usize).prop_flat_map(move |length| {
        let member = |data_type| prop::collection::vec(cell(data_type, dim), length).prop_map(Cell::List);
        (member(DataType::Int64), member(DataType::VarChar), member(DataType::FloatVector))
            .prop_map(|(number, text, vector)| Some(Cell::List(vec![number, text, vector])))
    });
    prop::collection::vec(row, rows).prop_map(move |cells| Column { kind: Kind::Struct(field.clone()), cells }).boxed()
}

fn cell(data_type: DataType, dim: usize) -> BoxedStrategy<Cell> {
    match data_type {
        DataType::Bool => any::<bool>().prop_map(Cell::Bool).boxed(),
        DataType::Int8 => any::<i8>().prop_map(|value| Cell::Int(value.into())).boxed(),
        DataType::Int16 => any::<i16>().prop_map(|value| Cell::Int(value.into())).boxed(),
        DataType::Int32 => any::<i32>().prop_map(|value| Cell::Int(value.into())).boxed(),
        DataType::Int64 => {
            prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(0)].prop_map(Cell::Int).boxed()
        }
        DataType::Float => single().prop_map(|value| Cell::Float(value.to_bits())).boxed(),
        DataType::Double => {
            let special =
                [f64::NAN, -0.0, f64::NEG_INFINITY, f64::MIN_POSITIVE / 2.0, f64::from_bits(0x7ff8_dead_beef_0001)];
            prop_oneof![any::<f64>(), prop::sample::select(special.to_vec())]
                .prop_map(|value| Cell::Double(value.to_bits()))
                .boxed()
        }
        DataType::Json => {
            prop_oneof![json_object(), Just("null".to_owned()), Just("[1e400, -0.0,\"\\u0041\"]".to_owned())]
                .prop_map(Cell::Text)
                .boxed()
        }
        DataType::FloatVector => prop::collection::vec(single(), dim)
            .prop_map(|values| Cell::Bytes(values.into_iter().flat_map(f32::to_le_bytes).collect()))
            .boxed(),
        DataType::BinaryVector => bytes(dim / 8),
        DataType::Float16Vector | DataType::BFloat16Vector => bytes(dim * 2),
        DataType::Int8Vector => bytes(dim),
        DataType::SparseFloatVector => sparse(),
        _ => text().prop_map(Cell::Text).boxed(),
    }
}

fn bytes(length: usize) -> BoxedStrategy<Cell> {
    prop::collection::vec(any::<u8>(), length).prop_map(Cell::Bytes).boxed()
}

fn single() -> impl Strategy<Value = f32> {
    let special = [f32::NAN, -0.0, f32::INFINITY, 1.0e-45, f32::from_bits(0x7fc0_1234)];
    prop_oneof![any::<f32>(), prop::sample::select(special.to_vec())]
}

/// Weights are finite: Milvus takes no others. Indexes ascend.
fn sparse() -> BoxedStrategy<Cell> {
    let weight = prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL | prop::num::f32::ZERO | prop::num::f32::NEGATIVE;
    prop::collection::btree_map(any::<u32>(), weight, 0..6)
        .prop_map(|pairs| {
            let pairs = pairs.into_iter().flat_map(|(index, weight)| [index.to_le_bytes(), weight.to_le_bytes()]);
            Cell::Bytes(pairs.flatten().collect())
        })
        .boxed()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![".{0,12}", Just(String::new()), Just("\"quoted\" \\ \n\u{0}é漢".to_owned())]
}

/// JSON text whose spelling must survive: spaces, escapes, order of keys, long numbers.
fn json_object() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("{}".to_owned()),
        Just("{ \"b\" : 1.00, \"a\":12345678901234567890123 }".to_owned()),
        Just("{\"\\u00e9\":\"é\",\"x\":{\"y\":[null,true]}}".to_owned()),
        any::<i64>().prop_map(|value| format!("{{\"n\":{value}}}")),
    ]
}
